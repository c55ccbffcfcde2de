// Kills a process of the product without warning, at moments that a seed decides, and starts it again.
import type { Product } from "../../sandbox/product.ts";
import type { Role, Stage } from "./stage.ts";

export type Assassin = {
  kills: () => number;
  /** Lets the one that runs now live. Resolves once it is ready. */
  spare: () => Promise<Product>;
};

export type Plan = {
  random: () => number;
  /** How long one lives once it is ready, and `ripe`: between these, in milliseconds. */
  lifeMs: [number, number];
  /** Resolves when the one that was just born does what it shall be caught at. */
  ripe?: () => Promise<unknown>;
  /** Stops by itself after so many. */
  most: number;
  /** What happens between a death and the next life. */
  between?: () => unknown;
};

/** Starts a process of the product and goes after it until told to spare it. */
export function assassinate(stage: Stage, role: Role, { random, lifeMs: [shortest, longest], ripe, most, between }: Plan): Assassin {
  let kills = 0;
  let spared = false;
  let wake: () => void = () => undefined;
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const hunt = async (): Promise<Product> => {
    for (;;) {
      const product = await stage.start(role);
      if (!spared && kills < most) await ripe?.();
      if (!spared && kills < most) await pause(shortest + random() * (longest - shortest));
      if (spared || kills >= most) return product;
      await product.kill9();
      kills += 1;
      await between?.();
    }
  };
  const survivor = hunt();
  return {
    kills: () => kills,
    spare: () => {
      spared = true;
      wake();
      return survivor;
    },
  };
}
