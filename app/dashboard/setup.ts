// What a new shop has still to do, in the order that makes sense.

export type SetupStep = "sender" | "audience" | "test-mail" | "switch-on";
export type Setup = { steps: { key: SetupStep; done: boolean }[]; done: number; complete: boolean };

type Facts = {
  shop: { senderName: string | null; senderAddress: string | null; postalAddress: string | null };
  flow: { testMailAt: Date | null; enabledAt: Date | null };
  /** Null where whoever hosts the app has set no ad platform up: then nobody is asked to connect one. */
  ads: { connected: boolean; live: boolean } | null;
};

/** Each step with whether it is done, by what is really so and not by what was clicked. */
export function setupOf({ shop, flow, ads }: Facts): Setup {
  const steps: Setup["steps"] = [
    { key: "sender", done: shop.senderName !== null && shop.senderAddress !== null && shop.postalAddress !== null },
    ...(ads === null ? [] : [{ key: "audience" as const, done: ads.connected && ads.live }]),
    { key: "test-mail", done: flow.testMailAt !== null },
    { key: "switch-on", done: flow.enabledAt !== null },
  ];
  const done = steps.filter((step) => step.done).length;
  return { steps, done, complete: done === steps.length };
}
