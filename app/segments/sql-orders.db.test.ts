// The law of what is asked of orders: however often somebody ordered, before, within and after what is looked at, and with more given back than paid, a query finds
// whom the plain meaning finds. Each person has more orders here than the law of all rules gives her.
import fc from "fast-check";
import { expect, test } from "vitest";
import { crowdOf, foundAsMeant, treesOf } from "../../test/found-as-meant.ts";
import { after, day, hour } from "../lib/time.ts";
import { nothingDone, type History } from "./history.ts";
import type { Node } from "./rule.ts";

const first = new Date("2026-10-01T00:00:00Z");
const now = after(first, 30 * day);

/** On few different moments, so that they meet the ends of windows; some ahead of our clock. */
const placedAt = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 30 }).map((days) => after(first, days * day)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }).map((hours) => after(now, hours * hour)) },
);
// Less than nothing: an order that was free, with something given back all the same.
const order = fc.record({ placedAt, netMinor: fc.constantFrom(0, 5, 10, 25, -7) });
const history: fc.Arbitrary<History> = fc.oneof(fc.array(order, { maxLength: 3 }), fc.array(order, { minLength: 4, maxLength: 14 })).map((orders) => ({
  ...nothingDone,
  orders: orders.map((one, index) => ({ ...one, orderId: `o${index}`, items: [], cartToken: null, checkoutToken: null })),
}));

const length = (amount: number, unit: "days" | "hours" = "days") => ({ amount, unit });
const when = fc.constantFrom(
  { kind: "ever" as const },
  ...[1, 7, 20].map((days) => ({ kind: "last" as const, length: length(days) })),
  { kind: "ago" as const, atLeast: length(3), lessThan: length(15) },
  { kind: "ago" as const, atLeast: length(1, "hours") },
  { kind: "dates" as const, from: "2026-10-08", before: "2026-10-22" },
  { kind: "dates" as const, from: "2026-10-15" },
);
const is = fc.constantFrom("at-least" as const, "at-most" as const, "exactly" as const);
const condition: fc.Arbitrary<Node> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant("did" as const), did: fc.constant("ordered" as const), where: fc.constant({}), onDays: fc.constant(false), when },
    times: fc.record({ is, n: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 2 }) }, { weight: 2, arbitrary: fc.integer({ min: 3, max: 12 }) }) }),
  }),
  fc.record({
    ...{ kind: fc.constant("orders" as const), measure: fc.constantFrom("number" as const, "spent" as const, "average" as const), is },
    ...{ value: fc.constantFrom(0, 1, 2, 10, 11, 25, 60), where: fc.constant({}), when },
  }),
  fc.record({ kind: fc.constant("order-date" as const), which: fc.constantFrom("first" as const, "last" as const), where: fc.constant({}), when }),
);

test("whoever is found ordered as it is asked", async () => {
  const { someone, everybody } = await foundAsMeant(await crowdOf(history, "UTC", now), treesOf(condition));
  expect(someone).toBeGreaterThan(everybody + 20);
}, 120_000);
