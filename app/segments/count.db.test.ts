// Segments whose members are worked out in one statement: filled so at first; slow ones for good, now and then. And what of it an edit did.
import { beforeAll, expect, test } from "vitest";
import { db } from "../db.server.ts";
import { append, ensurePartitions } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import { newId } from "../lib/id.server.ts";
import { sql } from "../lib/sql-text.ts";
import { after, day, hour, minute } from "../lib/time.ts";
import { processBatch } from "../pipeline/process-event.server.ts";
import { oldestDue } from "../pipeline/health.server.ts";
import { sweep } from "../pipeline/sweep.server.ts";
import { run } from "../pipeline/tasks.server.ts";
import { queue } from "../queue.server.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction, whichShops } from "../tx.server.ts";
import { claimCount } from "./count-store.server.ts";
import { count, countEvery, countNext, shopsToCount } from "./count.server.ts";
import { fillPage } from "./fill.server.ts";
import type { Node } from "./rule.ts";
import { deleteSegment, findSegment, growth, saveSegment } from "./saved.server.ts";
import { changeSequence, changesAfter, lockWriter, lookAgain } from "./update.server.ts";
import { gather, makeMembers } from "./whole-store.server.ts";

const start = new Date("2026-10-25T10:00:00Z");
let shops = 0;

async function newShop(): Promise<Shop> {
  const domain = `counted-${(shops += 1)}.myshopify.com`;
  await installed(domain, ["read_orders"], start);
  return (await shopByDomain(domain)) ?? expect.unreachable();
}

beforeAll(async () => {
  await queue();
  await ensurePartitions([start, after(start, 60 * day)]);
  await ensurePartitions([start, after(start, 60 * day)], "pixel");
});

let number = 0;
/** `source`: where she says she came from. */
async function land(shop: Shop, visitor: string, at: Date, source = "google"): Promise<void> {
  const data = { cartToken: null, checkoutToken: null, path: "/", query: null, source, medium: null, campaign: null, clickIds: {} };
  const event = { name: "landing.arrived", sourceId: `pixel/e${(number += 1)}`, sourceAt: at, occurredAt: at, subject: `visitor:${visitor}`, data };
  await transaction((tx) => append([{ shopId: shop.id, event: event as unknown as NewEvent }], tx));
  while ((await processBatch(shop, at)) > 0);
}

const landed = (source: string | null, when: object = { kind: "ever" }): Node =>
  ({
    ...{ kind: "did", did: "landed", where: source === null ? {} : { sources: [source] }, times: { is: "at-least", n: 1 }, onDays: false, when },
  }) as Node;
const lastWeek = { kind: "last", length: { amount: 7, unit: "days" } };

async function save(shop: Shop, name: string, match: Node, at: Date, change: { key?: string; version?: number } = {}): Promise<string> {
  const saved = await saveSegment(shop, { key: null, name, rule: { version: 1, match }, madeFrom: null, version: null, ...change }, at);
  return saved.outcome === "saved" ? saved.key : expect.unreachable(JSON.stringify(saved));
}
const whoIs = async (shop: Shop, visitor: string) =>
  (await db.profileAlias.findFirstOrThrow({ where: { shopId: shop.id, kind: "visitor", key: visitor } })).profileId;
const people = (shop: Shop, ...visitors: string[]) => Promise.all(visitors.map((one) => whoIs(shop, one))).then((ids) => ids.sort());
const membersOf = async (shop: Shop, key: string) =>
  (await db.membership.findMany({ where: { shopId: shop.id, segmentKey: key }, orderBy: { profileId: "asc" } })).map((one) => one.profileId);
const linesOf = async (shop: Shop, key: string) =>
  (await db.membershipChange.findMany({ where: { shopId: shop.id, segmentKey: key }, orderBy: { seq: "asc" } })).flatMap((one) => one.profileIds.map(() => `${one.change} ${one.because ?? "by herself"}`)); // prettier-ignore
const waits = async (shop: Shop, now: Date) => (await whichShops({ due: [shopsToCount(now)] })).due.includes(shop.id);
const countAll = async (shop: Shop, now: Date) => {
  let counts = 0;
  while (await countNext(shop, now)) counts += 1;
  return counts;
};
const fillAll = async (shop: Shop, now: Date) => {
  while (await fillPage(shop, now));
};

test("a slow rule is saved, counted at once, and then every quarter of an hour where an event came", async () => {
  const [shop, other] = [await newShop(), await newShop()];
  for (const one of [shop, other]) for (const visitor of ["a", "b"]) await land(one, visitor, start, visitor === "a" ? "Google" : "mail");
  const key = await save(shop, "From Google", landed("google"), start);
  expect((await findSegment(shop, key))?.slow).toEqual({ countedAt: null, failed: null });
  expect([await waits(shop, start), await waits(other, start)]).toEqual([true, false]);
  expect(await countNext(other, start)).toBe(false);
  expect(await countAll(shop, start)).toBe(1);
  expect(await membersOf(shop, key)).toEqual(await people(shop, "a"));
  expect(await findSegment(shop, key)).toMatchObject({ size: 1, filling: null, slow: { countedAt: start, failed: null } });
  expect(await linesOf(shop, key)).toEqual(["entered edited"]);

  // No event looks at it, and no sweep lets anybody go.
  await land(shop, "c", after(start, minute));
  await sweep(after(start, 2 * minute));
  expect(await membersOf(shop, key)).toEqual(await people(shop, "a"));
  expect(await waits(shop, after(start, countEvery - 1))).toBe(false);
  const next = after(start, countEvery);
  expect(await waits(shop, next)).toBe(true);
  expect(await countAll(shop, next)).toBe(1);
  expect(await membersOf(shop, key)).toEqual(await people(shop, "a", "c"));
  expect(await linesOf(shop, key)).toEqual(["entered edited", "entered by herself"]);
  // After events once more, for what lay ahead of our clock; then there is nothing to look for.
  expect(await countAll(shop, after(next, countEvery))).toBe(1);
  expect(await waits(shop, after(next, 2 * countEvery))).toBe(false);
  await lookAgain(shop.id, after(next, 2 * countEvery));
  expect(await countAll(shop, after(next, 2 * countEvery))).toBe(1);
  expect(await linesOf(shop, key)).toHaveLength(2);
  expect(await db.membership.count({ where: { shopId: other.id, segmentKey: key } })).toBe(0);
});

test("the task counts all that are due, and none of a shop that has left", async () => {
  const shop = await newShop();
  await land(shop, "a", start);
  const keys = [await save(shop, "From Google", landed("google"), start), await save(shop, "Not from mail", { kind: "not", of: landed("mail") }, start)];
  await db.shop.update({ where: { id: shop.id }, data: { uninstalledAt: start } });
  await run("segments.count", shop.id);
  expect(await waits(shop, after(start, day))).toBe(false);
  await db.shop.update({ where: { id: shop.id }, data: { uninstalledAt: null } });
  expect((await oldestDue(start)).waiting.shopsWithSegmentsToCount).toBe(1);
  await run("segments.count", shop.id);
  for (const key of keys) expect(await membersOf(shop, key)).toHaveLength(1);
  expect((await oldestDue(start)).waiting.shopsWithSegmentsToCount).toBe(0);
});

test("one that hangs on time is counted without events, too", async () => {
  const shop = await newShop();
  await land(shop, "a", start);
  const key = await save(shop, "From Google lately", landed("google", lastWeek), start);
  await countAll(shop, start);
  expect(await membersOf(shop, key)).toHaveLength(1);
  const late = after(start, 7 * day + hour);
  expect(await waits(shop, late)).toBe(true);
  await countAll(shop, late);
  expect(await linesOf(shop, key)).toEqual(["entered edited", "left by herself"]);
  expect(await waits(shop, after(late, countEvery))).toBe(true);
});

test("whoever was merged away is let go at once and never taken in again", async () => {
  const shop = await newShop();
  for (const visitor of ["a", "b"]) await land(shop, visitor, start);
  const [winner, loser] = [await whoIs(shop, "a"), await whoIs(shop, "b")];
  await db.profile.update({ where: { shopId_id: { shopId: shop.id, id: loser } }, data: { mergedInto: winner } });
  const key = await save(shop, "From Google", landed("google"), start);
  await countAll(shop, start);
  expect(await membersOf(shop, key)).toEqual([winner]);
  // A merge that commits after the rule was worked out and before the lock was taken.
  await transaction(async (tx) => {
    const everybody = await gather(shop.id, sql`SELECT p.id FROM profile p WHERE p.shop_id = ${shop.id}`, tx);
    await makeMembers({ shopId: shop.id, key, sequence: changeSequence, at: start, because: null }, everybody, tx);
  });
  expect(await membersOf(shop, key)).toEqual([winner]);
});

test("a hot rule that asks for a slow segment is slow, from the moment the other becomes so", async () => {
  const shop = await newShop();
  for (const visitor of ["a", "b"]) await land(shop, visitor, start, visitor === "a" ? "google" : "mail");
  const inner = await save(shop, "Inner", landed(null), start);
  const outer = await save(shop, "Outer", { kind: "in-segment", segment: inner }, start);
  await fillAll(shop, start);
  expect([(await findSegment(shop, outer))?.slow, (await membersOf(shop, outer)).length]).toEqual([null, 2]);
  await save(shop, "Inner", landed("google"), after(start, minute), { key: inner, version: 1 });
  expect((await findSegment(shop, outer))?.slow).toEqual({ countedAt: null, failed: null });
  expect(await countAll(shop, after(start, minute))).toBe(2);
  expect([await membersOf(shop, inner), await membersOf(shop, outer)]).toEqual([await people(shop, "a"), await people(shop, "a")]);
  await save(shop, "Inner", landed(null), after(start, hour), { key: inner, version: 2 });
  await fillAll(shop, after(start, hour));
  expect(await findSegment(shop, outer)).toMatchObject({ slow: null, filling: null, size: 2 });
  expect(await countAll(shop, after(start, 2 * hour))).toBe(0);
  // Everybody's move was the merchant's doing.
  expect(new Set([...(await linesOf(shop, outer)), ...(await linesOf(shop, inner))])).toEqual(new Set(["entered edited", "left edited"]));
});

test("a count that was cut off is made up for; one that an edit overtook writes nothing", async () => {
  const shop = await newShop();
  await land(shop, "a", start);
  const key = await save(shop, "From Google", landed("google"), start);
  // Dead after it was taken: nobody else begins for two minutes, then somebody does.
  expect(await claimCount(shop.id, start, after(start, 2 * minute))).toEqual({ key, until: after(start, 2 * minute), seq: null });
  expect(await countAll(shop, after(start, minute))).toBe(0);
  expect(await countAll(shop, after(start, 2 * minute))).toBe(1);
  expect(await membersOf(shop, key)).toHaveLength(1);

  // Edited between the moment it was taken and the moment its members are written.
  const at = after(start, hour);
  await land(shop, "b", at, "mail");
  const claim = (await claimCount(shop.id, at, after(at, minute))) ?? expect.unreachable();
  await save(shop, "From mail", landed("mail"), at, { key, version: 1 });
  expect(await count(shop, claim, at)).toBe("counted");
  expect(await membersOf(shop, key)).toEqual(await people(shop, "a"));
  expect((await findSegment(shop, key))?.slow).toEqual({ countedAt: null, failed: null });
  expect(await countAll(shop, at)).toBe(1);
  expect(await membersOf(shop, key)).toEqual(await people(shop, "b"));
});

test("one that a newer version of ours finds hot is filled, and counted no more", async () => {
  const shop = await newShop();
  await land(shop, "a", start);
  const key = await save(shop, "Landed", landed(null), start);
  await fillAll(shop, start);
  await db.segment.update({ where: { shopId_key: { shopId: shop.id, key } }, data: { countDue: start } });
  expect(await countAll(shop, start)).toBe(1);
  expect(await findSegment(shop, key)).toMatchObject({ slow: null, filling: { everybodyIn: false }, size: 1 });
  await fillAll(shop, start);
  expect([await waits(shop, after(start, day)), await linesOf(shop, key)]).toEqual([false, ["entered edited"]]);
});

test("what asks for another count while one is under way is not forgotten", async () => {
  const shop = await newShop();
  await land(shop, "a", start);
  await save(shop, "From Google", landed("google"), start);
  for (const times of [0, 1]) await countAll(shop, after(start, times * countEvery));
  expect(await waits(shop, after(start, 2 * countEvery))).toBe(false);
  await lookAgain(shop.id, start);
  const at = after(start, 2 * countEvery);
  const claim = (await claimCount(shop.id, at, after(at, minute))) ?? expect.unreachable();
  await lookAgain(shop.id, at);
  expect(await count(shop, claim, at)).toBe("counted");
  expect([await waits(shop, at), await waits(shop, after(at, countEvery))]).toEqual([false, true]);
});

test("why a count came to nothing is said, and it is tried again in a quarter of an hour; members stay", async () => {
  const shop = await newShop();
  await land(shop, "a", start);
  const inner = await save(shop, "Inner", landed("google"), start);
  const outer = await save(shop, "Outer", { kind: "in-segment", segment: inner }, start);
  await countAll(shop, start);
  // As an older version could have left it: what it asks for has no SQL.
  const twisted = { version: 1, match: landed("ΑΣ") } as object;
  await db.segment.update({ where: { shopId_key: { shopId: shop.id, key: inner } }, data: { rule: twisted, countAgain: true } });
  await lookAgain(shop.id, start);
  const at = after(start, countEvery);
  expect(await countAll(shop, at)).toBe(2);
  expect((await findSegment(shop, outer))?.slow).toEqual({ countedAt: start, failed: "cannot" });
  expect(await membersOf(shop, outer)).toHaveLength(1);
  expect([await waits(shop, at), await waits(shop, after(at, countEvery))]).toEqual([false, true]);
  await save(shop, "Inner", landed("google"), at, { key: inner, version: 1 });
  await countAll(shop, at);
  expect((await findSegment(shop, outer))?.slow).toEqual({ countedAt: at, failed: null });
});

// The embedded database has no clock that could stop a statement.
test("what takes too long is stopped: a count is put off and says so, a fill looks at everybody instead", async ({ skip }) => {
  const [row] = await db.$queryRaw<{ version: string }[]>`SELECT version()`;
  skip(/emscripten|wasm/i.test(row?.version ?? ""), "the embedded database cannot stop a statement");
  const shop = await newShop();
  await land(shop, "a", start);
  const slow = await save(shop, "From Google", landed("google"), start);
  const hot = await save(shop, "Landed", landed(null, lastWeek), start);
  /** Somebody else writes memberships, until told that it is enough. */
  const busy = async (): Promise<() => Promise<void>> => {
    const [locked, enough] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const writer = transaction(async (tx) => {
      await lockWriter(shop.id, tx);
      locked.resolve();
      await enough.promise;
    });
    await locked.promise;
    return () => (enough.resolve(), writer);
  };
  let end = await busy();
  expect(await countNext(shop, start, { limitMs: 100 })).toBe(true);
  await end();
  expect(await findSegment(shop, slow)).toMatchObject({ size: 0, slow: { countedAt: null, failed: "too-slow" } });
  expect([await waits(shop, after(start, countEvery - 1)), await waits(shop, after(start, countEvery))]).toEqual([false, true]);
  await countAll(shop, after(start, countEvery));
  expect(await findSegment(shop, slow)).toMatchObject({ size: 1, slow: { failed: null } });

  end = await busy();
  const step = fillPage(shop, start, { limitMs: 100 });
  setTimeout(() => void end(), 1_000);
  expect(await step).toBe(true);
  expect(await findSegment(shop, hot)).toMatchObject({ size: 0, filling: { everybodyIn: false } });
  await fillAll(shop, start);
  expect(await findSegment(shop, hot)).toMatchObject({ size: 1, filling: null });
  expect(await linesOf(shop, hot)).toEqual(["entered edited"]);
});

test("everybody a new segment means is in by one step, marked; whoever moves later is not, and growth tells the two apart", async () => {
  const shop = await newShop();
  for (const visitor of ["a", "b", "c"]) await land(shop, visitor, start);
  const key = await save(shop, "Landed", landed(null, lastWeek), after(start, hour));
  // An event before its turn comes: whether it is what let her in, nobody can tell.
  await land(shop, "a", after(start, hour));
  expect(await linesOf(shop, key)).toEqual(["entered edited"]);
  expect(await fillPage(shop, after(start, hour))).toBe(true);
  expect(await membersOf(shop, key)).toEqual(await people(shop, "a", "b", "c"));
  await land(shop, "d", after(start, hour));
  await fillAll(shop, after(start, hour));
  expect(await linesOf(shop, key)).toEqual(["entered edited", "entered edited", "entered edited", "entered by herself"]);
  // Time alone moves them, although one statement let them in.
  const late = after(start, 7 * day);
  await sweep(late);
  expect(await membersOf(shop, key)).toEqual(await people(shop, "a", "d"));
  await save(shop, "Landed", landed(null, { kind: "last", length: { amount: 60, unit: "days" } }), late, { key, version: 1 });
  await fillAll(shop, late);
  expect((await growth(shop, key, "2026-10-25", "2026-11-01")).filter((one) => one.entered + one.left + one.editedIn + one.editedOut > 0)).toEqual([
    { day: "2026-10-25", entered: 1, left: 0, editedIn: 3, editedOut: 0, size: 4 },
    { day: "2026-11-01", entered: 0, left: 2, editedIn: 2, editedOut: 0, size: 4 },
  ]);
  await deleteSegment(shop, key, late);
  expect((await linesOf(shop, key)).slice(-4)).toEqual(["left edited", "left edited", "left edited", "left edited"]);
});

test("which deed made somebody a member is found by the walk, without a line in the change log", async () => {
  const shop = await newShop();
  const orderless: Node = { kind: "left-behind", what: "cart", atLeast: { amount: 1, unit: "hours" }, lessThan: { amount: 30, unit: "days" } };
  const profileId = newId(start);
  await db.profile.create({ data: { shopId: shop.id, id: profileId, firstSeenAt: start } });
  await db.cart.create({ data: { shopId: shop.id, token: "c1", profileId, updatedAt: start, itemCount: 1, lines: [], createdAt: start } as never });
  const key = await save(shop, "Left a cart", orderless, after(start, 2 * hour));
  await fillPage(shop, after(start, 2 * hour));
  const subject = async () => (await db.membership.findFirstOrThrow({ where: { shopId: shop.id, segmentKey: key } })).subject;
  expect(await subject()).toBeNull();
  await fillAll(shop, after(start, 2 * hour));
  expect(await subject()).toBe("c1");
  expect(await linesOf(shop, key)).toEqual(["entered edited"]);
});

test("a rule that neither time nor a deed can change is done after that one step", async () => {
  const shop = await newShop();
  await db.profile.createMany({
    data: Array.from({ length: 3 }, (_, i) => ({ shopId: shop.id, id: newId(start), firstSeenAt: start, country: i === 0 ? "GB" : "IE" })),
  });
  const key = await save(shop, "Irish", { kind: "country", countries: ["IE"] }, start);
  expect(await fillPage(shop, start)).toBe(true);
  expect(await findSegment(shop, key)).toMatchObject({ filling: null, size: 2 });
  expect(await fillPage(shop, start)).toBe(false);
});

test("where nobody moves no number is taken; numbers of those who do have no gaps, and another shop's are not touched", async () => {
  const [shop, other] = [await newShop(), await newShop()];
  const ids = Array.from({ length: 5 }, () => newId(start)).sort();
  for (const one of [shop, other]) await db.profile.createMany({ data: ids.map((id) => ({ shopId: one.id, id, firstSeenAt: start })) });
  const held = ids.slice(0, 2).map((profileId, index) => ({ segmentKey: "k", profileId, enteredAt: start, subject: `cart-${index}` }));
  await db.membership.createMany({ data: [shop, other].flatMap(({ id }) => held.map((one) => ({ shopId: id, ...one }))) });
  const wanted = sql`SELECT p.id FROM profile p WHERE p.shop_id = ${shop.id} AND p.id = ANY(${ids.slice(1)}::uuid[])`;
  const make = () =>
    transaction(async (tx) => {
      await lockWriter(shop.id, tx);
      return makeMembers({ shopId: shop.id, key: "k", sequence: changeSequence, at: after(start, hour), because: null }, wanted, tx);
    });
  expect([await make(), await make()]).toEqual([4, 0]);
  expect(await membersOf(shop, "k")).toEqual(ids.slice(1));
  expect(await membersOf(other, "k")).toEqual(ids.slice(0, 2));
  const changes = await changesAfter(shop.id, 0n);
  // One line of those who came, and one of her who left.
  const seqs = changes.map(({ change, seq }) => `${change} ${seq}`);
  expect(seqs.length).toBe(4);
  expect([
    ["entered 1", "left 2"],
    ["entered 2", "left 1"],
  ]).toContainEqual([...new Set(seqs)].sort());
  // Who of those that move together comes first does not matter; what made her one is said of who leaves.
  const moved = changes.map((one) => [one.profileId, one.change, one.subject]).sort();
  expect(moved).toEqual(ids.flatMap((id, index) => (index === 1 ? [] : [index === 0 ? [id, "left", "cart-0"] : [id, "entered", null]])));
  expect(await db.sequence.findFirst({ where: { shopId: shop.id, name: changeSequence } })).toMatchObject({ next: 3n });
  expect(await changesAfter(other.id, 0n)).toEqual([]);
});
