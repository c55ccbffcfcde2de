// The law of a query beside the plain meaning of its rule, over a crowd of people with random histories: it finds exactly those of whom the rule is true.
import fc from "fast-check";
import { expect } from "vitest";
import { db } from "../app/db.server.ts";
import { after, day } from "../app/lib/time.ts";
import { decide, type World } from "../app/segments/evaluate.ts";
import type { History } from "../app/segments/history.ts";
import type { Node } from "../app/segments/rule.ts";
import { asked, idsOf } from "../app/segments/sql-store.server.ts";
import { compile } from "../app/segments/sql.ts";
import { shopByDomain } from "../app/shops/load.server.ts";
import { installed } from "../app/shops/refresh.server.ts";
import type { Shop } from "../app/shops/shop.ts";
import { tellable, writeHistories, type Person } from "./histories.ts";

/** Conditions, turned around and put together. */
export function treesOf(condition: fc.Arbitrary<Node>): fc.Arbitrary<Node> {
  return fc.letrec<{ rule: Node }>((tie) => ({
    rule: fc.oneof(
      { depthSize: "small" },
      condition,
      fc.record({ kind: fc.constant("not" as const), of: tie("rule") }),
      fc.record({ kind: fc.constantFrom("all" as const, "any" as const), of: fc.array(tie("rule"), { minLength: 2, maxLength: 3 }) }),
    ),
  })).rule;
}

export type Crowd = { shop: Shop; people: Person[]; timezone: string; now: Date };

const idOf = (index: number) => `00000000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;

/** A shop of 300 people, written as the tables hold them; nothing of theirs lies further back than 90 days. */
export async function crowdOf(history: fc.Arbitrary<History>, timezone: string, now: Date): Promise<Crowd> {
  for (const ago of [90, 60, 30, 0, -30]) await db.$executeRaw`SELECT make_event_partition(${after(now, -ago * day)})`;
  const domain = "crowd.myshopify.com";
  await installed(domain, ["read_orders"], after(now, -90 * day));
  const shop = (await shopByDomain(domain)) ?? expect.unreachable();
  const people = fc.sample(history, { numRuns: 300 }).map((one, index) => ({ id: idOf(index), history: tellable(one, idOf(index)) }));
  await writeHistories(shop, people, timezone);
  await db.$executeRaw`ANALYZE`;
  return { shop, people, timezone, now };
}

/** Holds random rules against it. Returns how many found somebody, found everybody, and read the log. */
export async function foundAsMeant(
  { shop, people, timezone, now }: Crowd,
  rule: fc.Arbitrary<Node>,
): Promise<{ someone: number; everybody: number; log: number }> {
  const world: World = { timezone, catalogue: new Map(), rfm: null, predictions: null, rules: new Map() };
  const seen = { someone: 0, everybody: 0, log: 0 };
  await fc.assert(
    fc.asyncProperty(rule, async (one) => {
      const compiled = compile(one, { shopId: shop.id, countOffline: shop.countOffline, world, now });
      if (!compiled.ok) throw new Error(compiled.reason);
      const found = await asked(20_000, (reader) => idsOf(compiled.query, null, null, reader), compiled);
      const members = people.filter(({ history }) => decide(one, history, world, now).member).map(({ id }) => id);
      expect(found).toEqual({ ok: true, answer: members });
      seen.someone += members.length > 0 ? 1 : 0;
      seen.everybody += members.length === people.length ? 1 : 0;
      seen.log += compiled.log ? 1 : 0;
    }),
    { numRuns: Number(process.env["SQL_RUNS"] ?? 300) },
  );
  return seen;
}
