// What is read to decide who is in is less than what is kept, and comes to the same.
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { eventsOf, type Happening } from "../../test/happenings.ts";
import { db } from "../db.server.ts";
import { append, ensurePartitions } from "../events/append.server.ts";
import { after, day, hour } from "../lib/time.ts";
import { processBatch } from "../pipeline/process-event.server.ts";
import { queue } from "../queue.server.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import { transaction } from "../tx.server.ts";
import { decide } from "./evaluate.ts";
import { historiesOf, historyOf } from "./history.server.ts";
import { nothingDone } from "./history.ts";
import { needsOf } from "./needs.ts";
import type { Node } from "./rule.ts";
import { worldOf } from "./world.server.ts";

const now = new Date("2026-10-25T10:00:00Z");
let shops = 0;

beforeAll(async () => {
  await queue();
  await ensurePartitions([now]);
  await ensurePartitions([after(now, -30 * day), now], "pixel");
});

type Did = Extract<Node, { kind: "did" }>;
const looked = (n: number, when: Did["when"]): Did => ({ kind: "did", did: "viewed-product", where: {}, times: { is: "at-least", n }, onDays: false, when });
const days = (amount: number): Did["when"] => ({ kind: "last", length: { amount, unit: "days" } });
const sinceCart: Did["when"] = { kind: "since", deed: { did: "added-to-cart", where: {} } };
const rules: Node[] = [
  ...[1, 2, 3].flatMap((n) => [days(1), days(7), { kind: "ever" } as const, sinceCart].map((when) => looked(n, when))),
  { ...looked(2, days(7)), times: { is: "at-most", n: 2 } },
  { kind: "all", of: [looked(2, { kind: "ever" }), { kind: "not", of: { ...looked(1, days(1)), did: "added-to-cart" } }] },
];

/** Few moments, so that several fall together, and some of them ahead of our clock. */
const browsed = fc.record({
  visitor: fc.integer({ min: 1, max: 3 }),
  name: fc.constantFrom("product.viewed", "product.viewed", "product.viewed", "product.added-to-cart", "page.viewed"),
  product: fc.option(fc.constantFrom("1", "2", "3"), { freq: 4 }),
  at: fc.constantFrom(-9 * day, -2 * day, -hour, -hour, 0, hour).map((ms) => after(now, ms)),
  // The first two browsers are one person's, once both have had her cart.
  cart: fc.constantFrom(null, 1),
});

test("of looks at products only the newest is read with what it was at, whatever lies ahead, falls together or is not named", async () => {
  const seen = { subjects: 0, ahead: 0, unnamed: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(browsed, { minLength: 3, maxLength: 14 }), async (all) => {
      await installed(`reading-${(shops += 1)}.myshopify.com`, ["read_orders"], now);
      const shop = (await shopByDomain(`reading-${shops}.myshopify.com`)) ?? expect.unreachable();
      const happened = all.map((one) => ({
        ...{ kind: "browse", source: null, medium: null, collection: null, form: "a" },
        ...one,
        cart: one.visitor === 3 ? null : one.cart,
      }));
      const events = eventsOf(happened as Happening[]);
      await transaction((tx) => append(events.map((event) => ({ shopId: shop.id, event })), tx)); // prettier-ignore
      while ((await processBatch(shop, now)) > 0);
      const ids = (await db.profile.findMany({ where: { shopId: shop.id, mergedInto: null } })).map((one) => one.id);
      const { world } = await worldOf(shop);
      for (const rule of rules) {
        const needs = needsOf(rule, new Map(), "UTC", now);
        expect(needs.speed).toBe("hot");
        const whole = await historyOf(shop, ids, [needs]);
        const least = await historiesOf(shop, new Map(ids.map((id) => [id, [needs]])), now);
        for (const id of ids) {
          const decided = decide(rule, least(id), world, now);
          expect(decided, JSON.stringify({ rule, all })).toEqual(decide(rule, whole.get(id) ?? nothingDone, world, now));
          seen.subjects += decided.subject === null ? 0 : 1;
        }
      }
      const visits = await db.visit.findMany({ where: { shopId: shop.id } });
      seen.ahead += visits.filter(({ productViewedAt }) => productViewedAt !== null && productViewedAt > now).length;
      seen.unnamed += visits.filter(({ productViewedAt, productId }) => productViewedAt !== null && productId === null).length;
    }),
    { numRuns: Number(process.env["RUNS"] ?? 30), endOnFailure: true },
  );
  expect(Math.min(seen.subjects, seen.ahead, seen.unnamed)).toBeGreaterThan(3);
}, 60_000);
