// A segment's members become those whom a query finds: whatever they were before.
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { db } from "../db.server.ts";
import { newId } from "../lib/id.server.ts";
import { sql } from "../lib/sql-text.ts";
import { after, minute } from "../lib/time.ts";
import { installed } from "../shops/refresh.server.ts";
import { transaction } from "../tx.server.ts";
import { lockWriter } from "./update.server.ts";
import { makeMembers } from "./whole-store.server.ts";

const start = new Date("2026-10-25T10:00:00Z");
const people = Array.from({ length: 200 }, (_, index) => newId(after(start, index * minute))).sort();
let shopId: number;
let segments = 0;

beforeAll(async () => {
  shopId = (await installed("whole.myshopify.com", ["read_orders"], start)).id;
});

/** Makes these the members; returns what the change log says of it. */
async function become(key: string, ids: readonly string[], at: Date): Promise<{ entered: string[]; left: string[] }> {
  const found = sql`SELECT unnest(${[...ids]}::uuid[]) AS id`;
  const moved = await transaction(async (tx) => {
    await lockWriter(shopId, tx);
    return makeMembers({ shopId, key, sequence: "whole", at, because: null }, found, tx, 100);
  });
  const lines = await db.membershipChange.findMany({ where: { shopId, segmentKey: key, at } });
  const of = (change: string) => lines.filter((one) => one.change === change).flatMap((one) => one.profileIds).sort(); // prettier-ignore
  expect(moved).toBe(of("entered").length + of("left").length);
  return { entered: of("entered"), left: of("left") };
}

async function members(key: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`SELECT profile_id AS id FROM member WHERE shop_id = ${shopId} AND segment_key = ${key} ORDER BY 1`;
  return rows.map((one) => one.id);
}

const without = (some: readonly string[], others: readonly string[]) => some.filter((id) => !others.includes(id));

test("whoever is found is in afterwards and nobody else, and those who moved are told, in rows of their own or not", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.subarray(people), { minLength: 2, maxLength: 4 }), async (steps) => {
      const key = `s${(segments += 1)}`;
      let before: string[] = [];
      for (const [index, found] of steps.entries()) {
        const told = await become(key, found, after(start, index * minute));
        expect(told).toEqual({ entered: without(found, before), left: without(before, found) });
        expect(await members(key)).toEqual(found);
        before = found;
      }
    }),
    { numRuns: 25 },
  );
});

test("one in the place of another is seen, and nothing is written where nobody moves", async () => {
  const [one, other] = [newId(start), newId(start)];
  const key = `s${(segments += 1)}`;
  await become(key, [...people, one], start);
  expect(await become(key, [...people, other], after(start, minute))).toEqual({ entered: [other], left: [one] });
  const lines = () => db.membershipChange.count({ where: { shopId, segmentKey: key } });
  const before = await lines();
  expect(await become(key, [...people, other], after(start, 2 * minute))).toEqual({ entered: [], left: [] });
  expect(await lines()).toBe(before);
});
