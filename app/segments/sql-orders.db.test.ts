// The law of what is asked of orders: however often somebody ordered, before, within and after what is looked at, and with more given back than paid, a query finds
// whom the plain meaning finds. Each person has more orders here than the law of all rules gives her.
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { tellable, writeHistories, type Person } from "../../test/histories.ts";
import { db } from "../db.server.ts";
import { after, day, hour } from "../lib/time.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { decide, type World } from "./evaluate.ts";
import { nothingDone, type History } from "./history.ts";
import type { Node } from "./rule.ts";
import { idsOf, limited } from "./sql-store.server.ts";
import { compile } from "./sql.ts";

const first = new Date("2026-10-01T00:00:00Z");
const now = after(first, 30 * day);
const world: World = { timezone: "UTC", catalogue: new Map(), rfm: null, predictions: null, rules: new Map() };
const idOf = (index: number) => `00000000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;

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
const { rule } = fc.letrec<{ rule: Node }>((tie) => ({
  rule: fc.oneof(
    { depthSize: "small" },
    condition,
    fc.record({ kind: fc.constant("not" as const), of: tie("rule") }),
    fc.record({ kind: fc.constantFrom("all" as const, "any" as const), of: fc.array(tie("rule"), { minLength: 2, maxLength: 3 }) }),
  ),
}));

let shop: Shop;
let people: Person[];

beforeAll(async () => {
  for (const month of [8, 9, 10, 11]) await db.$executeRaw`SELECT make_event_partition(${new Date(Date.UTC(2026, month, 15))})`;
  await installed("orders.myshopify.com", ["read_orders"], first);
  shop = (await shopByDomain("orders.myshopify.com")) ?? expect.unreachable();
  people = fc.sample(history, { numRuns: 300 }).map((one, index) => ({ id: idOf(index), history: tellable(one, idOf(index)) }));
  await writeHistories(shop, people, world.timezone);
  await db.$executeRaw`ANALYZE`;
});

test("whoever is found ordered as it is asked", async () => {
  let [someone, everybody] = [0, 0];
  await fc.assert(
    fc.asyncProperty(rule, async (rule) => {
      const compiled = compile(rule, { shopId: shop.id, countOffline: shop.countOffline, world, now });
      if (!compiled.ok) throw new Error(compiled.reason);
      const found = await limited(20_000, (tx) => idsOf(compiled.query, null, null, tx));
      const members = people.filter((one) => decide(rule, one.history, world, now).member).map((one) => one.id);
      expect(found).toEqual({ ok: true, answer: members });
      someone += members.length > 0 ? 1 : 0;
      everybody += members.length === people.length ? 1 : 0;
    }),
    { numRuns: Number(process.env["SQL_RUNS"] ?? 300) },
  );
  expect(someone).toBeGreaterThan(everybody + 20);
}, 120_000);
