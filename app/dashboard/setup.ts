// What a new shop has still to do, in the order that makes sense.

export type SetupStep = "pixel" | "embed" | "counted" | "sender" | "test-mail" | "switch-on" | "audience";
/** Whether the theme's app embed is on. Only the merchant's own browser can ask Shopify; until it has, it is `asking`. */
export type Embed = "on" | "off" | "asking" | "unknown";
export type Setup = { steps: { key: SetupStep; done: boolean }[]; done: number; complete: boolean };

export type SetupFacts = {
  shop: { senderName: string | null; senderAddress: string | null; postalAddress: string | null; senderConfirmedAt: Date | string | null };
  /** Whether the pixel was seen to run and to send here. */
  pixel: boolean;
  flow: { testMailAt: Date | string | null; enabledAt: Date | string | null };
  /** Null where whoever hosts the app has set no ad platform up: then nobody is asked to connect one. */
  ads: { connected: boolean; live: boolean } | null;
  /** Whether anybody is in any segment now. */
  counted: boolean;
};

/** Each step with whether it is done, by what is really so and not by what was clicked. */
export function setupOf({ shop, pixel, flow, ads, counted }: SetupFacts, embed: Embed): Setup {
  const said = shop.senderName !== null && shop.senderAddress !== null && shop.postalAddress !== null;
  const steps: Setup["steps"] = [
    { key: "pixel", done: pixel },
    { key: "embed", done: embed === "on" },
    { key: "sender", done: said && shop.senderConfirmedAt !== null },
    { key: "test-mail", done: flow.testMailAt !== null },
    { key: "switch-on", done: flow.enabledAt !== null },
    { key: "counted", done: counted },
    ...(ads === null ? [] : [{ key: "audience" as const, done: ads.connected && ads.live }]),
  ];
  const done = steps.filter((step) => step.done).length;
  return { steps, done, complete: done === steps.length };
}
