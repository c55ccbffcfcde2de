import { afterAll, beforeAll, expect, test } from "vitest";
import type { World } from "../sandbox/world.ts";
import { enterWorld } from "./in-world.ts";

let world: World;
beforeAll(async () => {
  world = await enterWorld();
});
afterAll(() => world.close());

test("when a test has let time pass, it has passed for the product, too", () => {
  for (let turn = 0; turn < 20; turn += 1) {
    // Somebody always looks at the time just before.
    const before = Date.now();
    world.clock.move({ advance: "PT6H" });
    expect(Date.now() - before).toBeGreaterThanOrEqual(6 * 3_600_000);
    expect(Math.abs(Date.now() - world.clock.now().getTime())).toBeLessThan(60_000);
  }
});
