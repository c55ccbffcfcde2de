// Two people at once turn out to be a third: what each room holds of them.
import { expect, test } from "vitest";
import * as attribution from "../attribution/attribute.server.ts";
import * as consent from "../consent/record.server.ts";
import { db } from "../db.server.ts";
import { idOf } from "../lib/id.server.ts";
import { after, day } from "../lib/time.ts";
import { installed } from "../shops/refresh.server.ts";
import { queue } from "../queue.server.ts";
import { transaction } from "../tx.server.ts";
import { followPeople } from "./same-person.server.ts";

const now = new Date("2026-10-10T10:00:00Z");
const id = (name: string) => idOf(now, "same-person", name);
const [ada, bea, survivor, other] = [id("ada"), id("bea"), id("survivor"), id("other")];

test("rows of all of them go to the one who stays, and nobody else's", async () => {
  await queue();
  const shop = await installed("same-person.myshopify.com", ["read_orders"], now);
  const shopId = shop.id;
  const everybody = [ada, bea, survivor, other];
  const run = (profileId: string, state: string, startedAt: Date) => ({
    ...{ shopId, id: id(`run ${profileId}`), flowKey: "abandoned-checkout", profileId, subject: profileId, arm: "treated", state },
    ...{ stepIndex: 0, dueAt: state === "active" ? after(now, day) : null, startedAt },
  });
  await db.flowRun.createMany({
    data: [run(ada, "active", now), run(bea, "done", now), run(survivor, "active", after(now, -day)), run(other, "active", now)],
  });
  const message = (profileId: string) => ({
    ...{ shopId, id: id(`message ${profileId}`), flowKey: "abandoned-checkout", runId: id(`run ${profileId}`), stepKey: "reminder", profileId },
    ...{ channel: "email", state: "sent", createdAt: now },
  });
  await db.message.createMany({ data: everybody.map(message) });
  const member = (audience: string, profileId: string, state: string, hash: string) => ({
    ...{ shopId, audienceId: id(audience), profileId, state, identifiers: { hash }, changedAt: now },
  });
  await db.audienceMember.createMany({
    data: [
      ...[member("one", ada, "held", "same"), member("one", bea, "held", "bea"), member("one", survivor, "held", "same"), member("one", other, "held", "o")],
      ...[member("two", bea, "held", "leaving"), member("two", survivor, "removing", "leaving")],
    ],
  });
  await db.consentRecord.createMany({
    data: everybody.map((profileId) => ({
      ...{ shopId, sourceId: profileId, profileId, key: null, channel: "email", state: "single", source: "checkout", occurredAt: now, recordedAt: now },
    })),
  });
  await db.credit.createMany({
    data: everybody.map((profileId) => ({
      ...{ shopId, orderId: profileId, messageId: id(`message ${profileId}`), flowKey: "abandoned-checkout", channel: "email", profileId, by: "click" },
      ...{ touchedAt: now, orderAt: now, recovered: false },
    })),
  });
  // Only Bea was in an experiment; Ada brings nothing.
  await db.assignment.create({ data: { shopId, experiment: "global", profileId: bea, arm: "holdout", percent: 5, at: now } });

  const moves = { merges: [ada, bea].map((loserId) => ({ loserId, survivorId: survivor })), revived: [], moved: [] };
  await transaction(async (tx) => {
    await followPeople(shop, moves, after(now, day), tx);
    await consent.follow(shop, moves, tx);
    await attribution.attribute(shop, [], moves, tx);
  });

  const all = { where: { shopId } };
  const owners = (rows: { profileId: string }[]) => rows.map((row) => everybody.indexOf(row.profileId)).sort();
  const moved = [2, 2, 2, 3];
  expect(owners(await db.flowRun.findMany(all))).toEqual(moved);
  expect(owners(await db.message.findMany(all))).toEqual(moved);
  expect(owners(await db.consentRecord.findMany(all))).toEqual(moved);
  expect(owners(await db.credit.findMany(all))).toEqual(moved);
  expect(await db.flowRun.findMany({ where: { shopId, before: { not: null } }, select: { before: true }, orderBy: { before: "asc" } })).toEqual(
    [ada, bea].sort().map((before) => ({ before })),
  );
  // Of her two runs that were under way the one that began last goes on.
  expect(await db.flowRun.findMany({ where: { shopId, profileId: survivor, state: "active" }, select: { id: true } })).toEqual([{ id: id(`run ${ada}`) }]);
  const members = await db.audienceMember.findMany({ ...all, select: { audienceId: true, profileId: true, state: true } });
  expect(members.map((one) => `${one.audienceId === id("one") ? "one" : "two"} ${everybody.indexOf(one.profileId)} ${one.state}`).sort()).toEqual([
    "one 1 removing",
    "one 2 held",
    "one 3 held",
    "two 1 removing",
    "two 2 removing",
  ]);
  expect(await db.assignment.findMany({ ...all, select: { profileId: true, arm: true } })).toEqual([{ profileId: survivor, arm: "holdout" }]);
  expect(await db.assignmentBefore.findMany({ ...all, select: { loserId: true, profileId: true } })).toEqual([{ loserId: bea, profileId: bea }]);
});
