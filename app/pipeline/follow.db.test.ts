// Who follows the change log, and what of it is passed over.
import { beforeAll, beforeEach, expect, test } from "vitest";
import { receive } from "../capture/receive.server.ts";
import { db } from "../db.server.ts";
import { linesForAudiences, audiencesCursor } from "../destinations/plan.server.ts";
import { lockCursor, skipOthers } from "../events/load.server.ts";
import { linesForFlows } from "../flows/settings.server.ts";
import { flowsCursor } from "../flows/start.server.ts";
import { after, hour, minute } from "../lib/time.ts";
import { queue } from "../queue.server.ts";
import { changeSequence } from "../segments/update.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { inside, transaction } from "../tx.server.ts";
import { checkout, webhook } from "../../test/factories/webhooks.ts";
import { follow } from "./follow.server.ts";
import { processBatch } from "./process-event.server.ts";
import { sweep } from "./sweep.server.ts";

let shop: Shop;
let now = new Date("2026-10-01T10:00:00Z");
let number = 0;
const clock = () => now;
const both = { [audiencesCursor]: linesForAudiences(), [flowsCursor]: linesForFlows() };
const skip = async () => [...(await skipOthers(shop.id, changeSequence, both))].sort();

/** Somebody leaves a checkout, and an hour later that is a line of the change log. */
async function leave() {
  const token = `f-${(number += 1)}`;
  await receive(webhook(shop.domain, "checkouts/create", checkout(token, `${token}@example.com`, now), now));
  while ((await processBatch(shop, now)) > 0);
  now = after(now, hour + minute);
  await sweep(now);
}

async function cursors(): Promise<Record<string, number>> {
  const rows = await db.cursor.findMany({ where: { shopId: shop.id, name: { in: [audiencesCursor, flowsCursor] } } });
  return Object.fromEntries(rows.map((row) => [row.name, Number(row.seq)]));
}

async function lastLine(): Promise<number> {
  const last = await db.membershipChange.findFirst({ where: { shopId: shop.id }, orderBy: { seq: "desc" } });
  return Number(last?.seq ?? 0);
}

const switchFlow = (enabledAt: Date | null) => db.flow.updateMany({ where: { shopId: shop.id }, data: { enabledAt } });

beforeAll(() => queue());

beforeEach(async () => {
  shop = await installed(`follow-${(number += 1)}.myshopify.com`, ["read_orders"], now);
  await db.flow.create({ data: { shopId: shop.id, key: "abandoned-checkout", enabledAt: null, settings: await settings(), updatedAt: now } });
  await leave();
  // The first time makes the cursors.
  await follow(shop, ["audiences", "flows"], clock);
});

async function settings() {
  const { defaultSettings } = await import("../flows/flow.ts");
  return defaultSettings["abandoned-checkout"];
}

test("lines that nobody asks for are passed over to the end", async () => {
  await leave();
  expect((await cursors())[flowsCursor]).toBeLessThan(await lastLine());
  expect(await skip()).toEqual([audiencesCursor, flowsCursor]);
  const end = await lastLine();
  expect(await cursors()).toEqual({ [audiencesCursor]: end, [flowsCursor]: end });
  expect(await skip()).toEqual([]);
});

test("an entry that starts a flow is read, and only by the flows", async () => {
  await switchFlow(after(now, -hour));
  await leave();
  expect(await skip()).toEqual([audiencesCursor]);
  await follow(shop, ["flows"], clock);
  expect(await db.flowRun.count({ where: { shopId: shop.id } })).toBe(1);
  expect((await cursors())[flowsCursor]).toBe(await lastLine());
});

test("who left is looked at while she is in a run, and passed over when she is in none", async () => {
  await switchFlow(after(now, -hour));
  await leave();
  await follow(shop, ["flows"], clock);
  await switchFlow(null);
  const run = await db.flowRun.findFirstOrThrow({ where: { shopId: shop.id, state: "active" } });
  const left = async () => {
    const seq = BigInt((await lastLine()) + 1);
    await db.sequence.updateMany({ where: { shopId: shop.id, name: changeSequence }, data: { next: seq + 1n } });
    await db.membershipChange.create({
      data: { shopId: shop.id, seq, segmentKey: "checkout-abandoners", profileIds: [run.profileId], change: "left", at: now, subject: run.subject },
    });
  };
  await left();
  expect(await skip()).not.toContain(flowsCursor);
  await follow(shop, ["flows"], clock);
  expect(await db.flowRun.findFirst({ where: { shopId: shop.id, id: run.id }, select: { state: true, reason: true } })).toEqual({
    state: "exited",
    reason: "flow switched off",
  });
  await left();
  expect(await skip()).toContain(flowsCursor);
});

test("a line of a segment with an audience is read", async () => {
  await db.audience.create({
    data: { shopId: shop.id, id: crypto.randomUUID(), connector: "meta", segmentKey: "checkout-abandoners", name: "A", state: "live", createdAt: now },
  });
  await leave();
  expect(await skip()).toEqual([flowsCursor]);
});

const server = (process.env["TEST_DATABASE_URL"] ?? "") !== "";
if (!server) process.stdout.write("SKIPPED: a cursor that is held, because the embedded database has one connection; TEST_DATABASE_URL names a server\n");

test.skipIf(!server)("a cursor that its reader holds is left to her", async () => {
  await leave();
  await transaction(async (tx) => {
    await lockCursor(shop.id, flowsCursor, tx);
    expect(await skip()).toEqual([audiencesCursor]);
  });
  expect(await skip()).toEqual([flowsCursor]);
});

test("of a long change log nobody goes through what he has read", async () => {
  const long = 30_000;
  await db.$executeRaw`
    INSERT INTO membership_change (shop_id, seq, segment_key, profile_ids, change, at) SELECT ${shop.id}, -n, 'viewed', ARRAY[gen_random_uuid()], 'entered', ${now} FROM generate_series(1, ${long}::int) n`;
  await db.$executeRaw`ANALYZE membership_change`;
  await leave();
  const read = await transaction(async (tx) => {
    expect((await skipOthers(shop.id, changeSequence, both, tx)).size).toBe(2);
    return inside(tx).$queryRaw<{ rows: number }[]>`SELECT seq_tup_read::int AS rows FROM pg_stat_xact_user_tables WHERE relname = 'membership_change'`;
  });
  expect(read[0]?.rows).toBeLessThan(long);
});
