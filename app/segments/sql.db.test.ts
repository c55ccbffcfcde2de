// The law of the compiler: whoever a query finds is who the plain meaning finds, in this shop and in no other.
import fc from "fast-check";
import { expect, test } from "vitest";
import { tellable, writeHistories, type Person } from "../../test/histories.ts";
import { anyHistory, anyRule, anyWorld, firstMoment } from "../../test/rules.ts";
import { sharedData } from "../../test/shared-data.ts";
import { db } from "../db.server.ts";
import { after, day, hour } from "../lib/time.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { decide, type World } from "./evaluate.ts";
import type { Node } from "./rule.ts";
import { idsOf, limited } from "./sql-store.server.ts";
import { compile } from "./sql.ts";

const known = after(firstMoment, 45 * day);
/** Up to two hours ahead of the earliest clock: what browsers tell is clamped, not exact. */
const moment = fc.integer({ min: 0, max: 45 * 24 * 4 + 8 }).map((quarters) => after(firstMoment, (quarters * hour) / 4));
const clock = fc.integer({ min: 0, max: 20 * 24 * 4 }).map((quarters) => after(known, (quarters * hour) / 4));
const runs = { numRuns: Number(process.env["SQL_RUNS"] ?? 12) };
const people = 24;
const rulesEach = 25;
let shops = 0;

async function newShop(): Promise<Shop> {
  shops += 1;
  await installed(`sql-${shops}.myshopify.com`, ["read_orders"], firstMoment);
  return (await shopByDomain(`sql-${shops}.myshopify.com`)) ?? expect.unreachable();
}

const idOf = (index: number) => `00000000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;

async function found(shop: Shop, rule: Node, world: World, now: Date): Promise<string[]> {
  const compiled = compile(rule, { shopId: shop.id, countOffline: shop.countOffline, world, now });
  if (!compiled.ok) throw new Error(`refused: ${compiled.reason}`);
  const answer = await limited(60_000, (tx) => idsOf(compiled.query, null, null, tx));
  if (!answer.ok) throw new Error(answer.reason);
  return answer.answer;
}

test("whoever is found is a member, for any rule, at any time, in this shop alone", async () => {
  for (const month of [8, 9, 10, 11]) await db.$executeRaw`SELECT make_event_partition(${new Date(Date.UTC(2026, month, 15))})`;
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyHistory(moment), { minLength: people, maxLength: people }),
      anyWorld,
      fc.array(fc.tuple(anyRule, clock), { minLength: rulesEach, maxLength: rulesEach }),
      async (histories, world, asked) => {
        const here = await newShop();
        const there = await newShop();
        // The same ids, browsers and tokens in both shops, with somebody else's deeds.
        const mine: Person[] = histories.map((history, index) => ({ id: idOf(index), history: tellable(history, idOf(index)) }));
        const theirs = mine.map(({ id }, index) => ({ id, history: tellable(histories[(index + 1) % people] as never, id) }));
        for (const [shop, all] of [
          [here, mine],
          [there, theirs],
        ] as const) {
          await writeHistories(shop, all, world.timezone);
          await db.profile.create({ data: { shopId: shop.id, id: idOf(9999), firstSeenAt: firstMoment, mergedInto: idOf(0) } });
        }
        for (const [rule, now] of asked) {
          for (const [shop, all] of [
            [here, mine],
            [there, theirs],
          ] as const) {
            const members = all.filter(({ history }) => decide(rule, history, world, now).member).map(({ id }) => id);
            expect(await found(shop, rule, world, now), JSON.stringify({ rule, now })).toEqual(members);
          }
        }
      },
    ),
    runs,
  );
}, 300_000);
