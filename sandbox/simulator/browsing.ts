// Which pages of the shop somebody looks at before she fills a cart, or leaves again: fixed by the seed.
import { stream } from "./stream.ts";
import type { Intent } from "./plan.ts";

export type Page =
  | { kind: "landing"; afterMs: number; path: string }
  | { kind: "collection"; afterMs: number; place: number }
  | { kind: "search"; afterMs: number; query: string }
  | { kind: "product"; afterMs: number; variantId: number };

const second = 1000;
const queries = ["mug", "candle", "wool", "gift", "lantern", "soap", "linen", "oak"];
/** Where she came from, as the browser tells it. */
export const referrers = { instagram: "https://l.instagram.com/", search: "https://www.google.com/" } as const;

/** The pages of one visit, with the time from its beginning; `shelf` are variants she may come upon. Whoever shops sees at least what she buys. */
export function pagesOf(seed: string, intent: Intent, shelf: readonly number[]): Page[] {
  const chance = stream(seed, intent.key, "browse");
  const pages: Page[] = [{ kind: "landing", afterMs: 0, path: intent.landing }];
  let afterMs = 0;
  const next = (): number => (afterMs += Math.round(chance.between(6, 28)) * second);
  // Half of those who only look leave where they came in.
  const more = intent.reach === "look" ? (chance.chance(0.5) ? 0 : chance.whole(1, 4)) : chance.whole(0, 1);
  for (let page = 0; page < more; page += 1) {
    const kind = chance.weighted([
      ["product", 62],
      ["collection", 28],
      ["search", 10],
    ] as const);
    if (kind === "product") pages.push({ kind, afterMs: next(), variantId: chance.pick(shelf) });
    else if (kind === "collection") pages.push({ kind, afterMs: next(), place: chance.whole(0, 4) });
    else pages.push({ kind, afterMs: next(), query: chance.pick(queries) });
  }
  if (intent.reach !== "look") for (const { variantId } of intent.lines) pages.push({ kind: "product", afterMs: next(), variantId });
  // Before a minute is over nobody has a cart.
  return pages.filter((page) => page.afterMs < Math.max(55 * second, intent.reach === "look" ? Infinity : intent.paceMs.cart));
}
