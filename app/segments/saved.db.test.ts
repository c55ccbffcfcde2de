// A merchant's own segments: made, filled, edited, deleted; and their past.
import { beforeAll, describe, expect, test } from "vitest";
import { db } from "../db.server.ts";
import { append, ensurePartitions } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import { newId } from "../lib/id.server.ts";
import { after, day, hour } from "../lib/time.ts";
import { processBatch } from "../pipeline/process-event.server.ts";
import { sweep } from "../pipeline/sweep.server.ts";
import { run } from "../pipeline/tasks.server.ts";
import { queue } from "../queue.server.ts";
import { shopByDomain, updateShop } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction, whichShops } from "../tx.server.ts";
import { fillPage, shopsFilling } from "./fill.server.ts";
import type { Condition, Node } from "./rule.ts";
import { savedWords } from "./saved-words.ts";
import { changesAfter, peopleAtOnce } from "./store.server.ts";
import { deleteSegment, findSegment, growth, listSegments, mostOwn, overlap, saveSegment, whoWasIn, type Draft } from "./saved.server.ts";

// The day on which clocks go back in London: it is 25 hours long.
const start = new Date("2026-10-25T10:00:00Z");
let shops = 0;
let shop: Shop;

async function newShop(): Promise<Shop> {
  const domain = `saved-${(shops += 1)}.myshopify.com`;
  await installed(domain, ["read_orders"], start);
  const { id } = (await shopByDomain(domain)) ?? expect.unreachable();
  await updateShop(id, { timezone: "Europe/London" });
  return (await shopByDomain(domain)) ?? expect.unreachable();
}

beforeAll(async () => {
  await queue();
  await ensurePartitions([start, after(start, 40 * day)]);
  shop = await newShop();
});

let number = 0;
async function browse(visitor: string, name: "page.viewed" | "product.viewed" | "search.submitted", at: Date, productId = "1"): Promise<void> {
  const data = { cartToken: null, checkoutToken: null, path: "/", query: null, productId, variantId: null, vendor: null, priceMinor: null, currency: null };
  const event = { name, sourceId: `e${(number += 1)}`, sourceAt: at, occurredAt: at, subject: `visitor:${visitor}`, data } as unknown as NewEvent;
  await transaction((tx) => append([{ shopId: shop.id, event }], tx));
  while ((await processBatch(shop, at)) > 0);
}

const viewed = (n: number, products?: string[]): Node => ({
  ...{ kind: "did", did: "viewed-product", where: products === undefined ? {} : { products }, times: { is: "at-least", n }, onDays: false },
  when: { kind: "last", length: { amount: 7, unit: "days" } },
});
const inSegment = (segment: string): Node => ({ kind: "in-segment", segment });
const searchedNever: Node = { kind: "did", did: "searched", where: {}, times: { is: "exactly", n: 0 }, onDays: false, when: { kind: "ever" } };
const draft = (name: string, match: Node, change: Partial<Draft> = {}): Draft => ({
  key: null,
  name,
  rule: { version: 1, match },
  madeFrom: null,
  version: null,
  ...change,
});
async function made(name: string, match: Node, at: Date): Promise<string> {
  const saved = await saveSegment(shop, draft(name, match), at);
  return saved.outcome === "saved" ? saved.key : expect.unreachable(JSON.stringify(saved));
}
const profileOf = async (visitor: string) => (await db.profileAlias.findFirstOrThrow({ where: { shopId: shop.id, kind: "visitor", key: visitor } })).profileId;
const membersOf = async (key: string) =>
  (await db.membership.findMany({ where: { shopId: shop.id, segmentKey: key }, orderBy: { profileId: "asc" } })).map((one) => one.profileId);
const fillAll = async (now: Date) => {
  while (await fillPage(shop, now));
};

describe("a segment", () => {
  test("is filled with everybody whom it means, and then follows events and time", async () => {
    for (const visitor of ["a", "b", "c"]) await browse(visitor, "product.viewed", start);
    await browse("a", "product.viewed", after(start, hour));
    const key = await made("Looked twice", viewed(2), after(start, 2 * hour));
    expect(await membersOf(key)).toEqual([]);
    expect((await findSegment(shop, key))?.filling).toEqual({ done: 0, of: 3, everybodyIn: false });
    // Before its turn comes somebody looks again: she is in at once.
    await browse("b", "product.viewed", after(start, 2 * hour));
    expect(await membersOf(key)).toEqual([await profileOf("b")]);
    await fillAll(after(start, 3 * hour));
    expect(await membersOf(key)).toEqual([await profileOf("a"), await profileOf("b")].sort());
    expect(await findSegment(shop, key)).toMatchObject({ name: "Looked twice", size: 2, filling: null, version: 1, usedBy: [] });
    await sweep(after(start, 7 * day - 1));
    expect(await membersOf(key)).toHaveLength(2);
    await sweep(after(start, 7 * day));
    expect(await membersOf(key)).toEqual([]);
  });

  test("of those who did *not* do something takes in who is new, and lets go who did it", async () => {
    const key = await made("Never searched", searchedNever, start);
    await browse("d", "page.viewed", after(start, hour));
    expect(await membersOf(key)).toContain(await profileOf("d"));
    await browse("d", "search.submitted", after(start, 2 * hour));
    expect(await membersOf(key)).not.toContain(await profileOf("d"));
    await fillAll(start);
    expect(await membersOf(key)).toHaveLength(3);
  });

  test("that others ask for has them looked at again when it is edited, however many steps away", async () => {
    const inner = await made("Inner", viewed(1, ["7"]), start);
    const middle = await made("Middle", { kind: "not", of: inSegment(inner) }, start);
    const outer = await made("Outer", { kind: "all", of: [inSegment(middle), viewed(1, ["8"])] }, start);
    const at = after(start, 8 * day);
    await browse("e", "product.viewed", at, "8");
    await fillAll(at);
    const her = await profileOf("e");
    expect([await membersOf(inner), await membersOf(outer)]).toEqual([[], [her]]);
    expect(await saveSegment(shop, draft("Inner", viewed(1, ["8"]), { key: inner, version: 1 }), at)).toMatchObject({ outcome: "saved", version: 2 });
    await fillAll(at);
    expect([await membersOf(inner), await membersOf(outer)]).toEqual([[her], []]);
    expect((await listSegments(shop)).find((one) => one.key === inner)?.usedBy).toEqual([{ kind: "segment", key: middle, name: "Middle" }]);
    expect(await deleteSegment(shop, inner, at)).toEqual({ outcome: "used", by: [{ kind: "segment", key: middle, name: "Middle" }] });
  });

  test("is filled by the task that saving wakes; a wake-up that was lost is found by the sweep", async () => {
    const key = await made("By the task", searchedNever, start);
    const waiting = async () => (await whichShops({ filling: [shopsFilling()] })).filling.includes(shop.id);
    expect(await waiting()).toBe(true);
    await run("segments.fill", shop.id);
    expect(await waiting()).toBe(false);
    expect(await membersOf(key)).toHaveLength(4);
  });

  test("is filled page by page, and goes on where it was cut off", async () => {
    const crowd = Array.from({ length: 1100 }, () => ({ shopId: shop.id, id: newId(start), firstSeenAt: start }));
    await db.profile.createMany({ data: crowd });
    const key = await made("Everybody who never searched", { kind: "all", of: [searchedNever, searchedNever] }, start);
    expect(await fillPage(shop, start)).toBe(true);
    // Everybody is in at once; what comes after is when time alone may move them.
    expect((await membersOf(key)).length).toBe(1104);
    expect((await findSegment(shop, key))?.filling).toMatchObject({ done: 0, everybodyIn: true });
    expect(await fillPage(shop, start)).toBe(true);
    expect((await findSegment(shop, key))?.filling).toMatchObject({ done: 500 });
    await fillAll(start);
    expect((await membersOf(key)).length).toBe(1104);
    const inLog = async (change: string) =>
      (await db.membershipChange.findMany({ where: { shopId: shop.id, segmentKey: key, change } })).map((one) => one.profileIds.length).sort();
    // People who move together share lines.
    expect(await inLog("entered")).toEqual([...Array.from({ length: 9 }, () => 120), 24]);
    // A follower meets each of them once, a line whole at a time, and fewer than a step takes only at the end.
    const steps: number[] = [];
    const met: string[] = [];
    for (let from = 0n, read = peopleAtOnce; read >= peopleAtOnce;) {
      const step = await changesAfter(shop.id, from);
      read = step.length;
      from = step.at(-1)?.seq ?? from;
      steps.push(read);
      met.push(...step.flatMap((one) => (one.segmentKey === key ? [one.profileId] : [])));
    }
    expect(Math.max(...steps)).toBeLessThan(2 * peopleAtOnce);
    expect(met.sort()).toEqual(await membersOf(key));
    expect(await deleteSegment(shop, key, start)).toEqual({ outcome: "deleted" });
    expect(await membersOf(key)).toEqual([]);
    expect((await inLog("left")).reduce((sum, one) => sum + one)).toBe(1104);
    expect(await deleteSegment(shop, key, start)).toEqual({ outcome: "gone" });
    const [{ next }, last] = [
      await db.sequence.findFirstOrThrow({ where: { shopId: shop.id, name: "membership-change" } }),
      await db.membershipChange.findFirstOrThrow({ where: { shopId: shop.id }, orderBy: { seq: "desc" } }),
    ];
    // Followers read up to the last number that was taken.
    expect(last.seq).toBe(next - 1n);
  });
});

describe("one that is only renamed", () => {
  test("has nobody looked at, neither for itself nor for those that ask for it", async () => {
    const inner = await made("Old name", viewed(1), start);
    const outer = await made("Asks for it", inSegment(inner), start);
    await fillAll(start);
    const at = after(start, hour);
    // However the same rule is written.
    const { times: _once, where: _any, onDays: _no, ...plain } = viewed(1) as Condition & { kind: "did" };
    expect(await saveSegment(shop, draft("New name", plain as Node, { key: inner, version: 1 }), at)).toEqual({ outcome: "saved", key: inner, version: 2 });
    expect(await findSegment(shop, inner)).toMatchObject({ name: "New name", version: 2, updatedAt: at, filling: null });
    expect((await findSegment(shop, outer))?.filling).toBeNull();
    expect(await fillPage(shop, at)).toBe(false);
    expect(await saveSegment(shop, draft("Newer name", viewed(1), { key: inner, version: 1 }), at)).toMatchObject({ outcome: "stale" });
    // Another rule under the same name has everybody looked at.
    await saveSegment(shop, draft("New name", viewed(2), { key: inner, version: 2 }), at);
    expect([(await findSegment(shop, inner))?.filling, (await findSegment(shop, outer))?.filling]).toMatchObject([{ done: 0 }, { done: 0 }]);
    await fillAll(at);
  });

  test("while it is filled goes on from where that was", async () => {
    const key = await made("Halfway", searchedNever, start);
    await fillPage(shop, start);
    await fillPage(shop, start);
    expect(await saveSegment(shop, draft("Halfway there", searchedNever, { key, version: 1 }), start)).toMatchObject({ outcome: "saved", version: 2 });
    expect((await findSegment(shop, key))?.filling).toMatchObject({ done: 500, everybodyIn: true });
    await fillAll(start);
    expect(await findSegment(shop, key)).toMatchObject({ filling: null, size: 1104 });
    await deleteSegment(shop, key, start);
  });

  test("is counted anew where its last count came to nothing", async () => {
    const key = await made("Could not be counted", searchedNever, start);
    await db.segment.update({ where: { shopId_key: { shopId: shop.id, key } }, data: { countFailed: "too-slow", fillFrom: null } });
    expect(await saveSegment(shop, draft("Shall be counted", searchedNever, { key, version: 1 }), start)).toMatchObject({ outcome: "saved" });
    expect((await findSegment(shop, key))?.filling).toMatchObject({ done: 0, everybodyIn: false });
    await fillAll(start);
  });
});

describe("what cannot be kept is said", () => {
  const problems = async (match: Node, change: Partial<Draft> = {}) => {
    const found = await saveSegment(shop, { ...draft("Refused", match), ...change }, start);
    return found.outcome === "problems" ? found.problems : found;
  };
  const doing = (change: Partial<Condition & { kind: "did" }>): Node => ({ ...(viewed(1) as Condition & { kind: "did" }), ...change });

  const refused = (match: Node) => problems({ kind: "all", of: [viewed(1), { kind: "not", of: match }] });

  test("what is slow and cannot be asked of the whole shop at once, at its place", async () => {
    expect(await refused(doing({ did: "landed", where: { sources: ["ΑΣ"] } }))).toEqual([{ path: ["match", "of", 1, "of"], message: savedWords.noSql.tag }]);
    const nameless = await newShop();
    await updateShop(nameless.id, { timezone: "+02:00" });
    const days = doing({ did: "searched", times: { is: "at-least", n: 3 }, onDays: true });
    expect(await saveSegment(nameless, draft("Refused", days), start)).toEqual({
      outcome: "problems",
      problems: [{ path: ["match"], message: savedWords.noSql.zone }],
    });
  });

  test("a name that is empty, too long or taken, also by a standard one", async () => {
    expect(await problems(viewed(1), { name: " " })).toEqual([{ path: ["name"], message: savedWords.noName }]);
    expect(await problems(viewed(1), { name: "x".repeat(101) })).toMatchObject([{ path: ["name"] }]);
    expect(await problems(viewed(1), { name: "looked TWICE" })).toMatchObject({ outcome: "name-taken" });
    expect(await problems(viewed(1), { name: "High value" })).toMatchObject({ outcome: "name-taken" });
    expect(await saveSegment(shop, { ...draft("", viewed(1)), rule: { version: 1, match: { kind: "all", of: [] } } }, start)).toMatchObject({
      problems: [{ path: ["name"] }, { path: ["match", "of"] }],
    });
  });

  test("an edit of an older edition, or of one that is gone; a segment that would ask for itself", async () => {
    const inner = await made("Ring", viewed(1), start);
    const outer = await made("Around", inSegment(inner), start);
    expect(await problems(inSegment(outer), { key: inner, name: "Ring", version: 1 })).toEqual({
      ...{ outcome: "cycle", keys: [inner, outer, inner], message: savedWords.cycle("Ring → Around → Ring") },
    });
    expect(await problems(viewed(2), { key: inner, name: "Ring", version: 0 })).toMatchObject({ outcome: "stale", version: 1 });
    expect(await problems(viewed(2), { key: newId(start), version: 1 })).toMatchObject({ outcome: "gone" });
  });

  test("one more than a shop may have", async () => {
    const own = await db.segment.count({ where: { shopId: shop.id } });
    for (let index = own; index < mostOwn; index += 1) await made(`Number ${index}`, viewed(1), start);
    expect(await problems(viewed(1))).toEqual({ outcome: "too-many", message: savedWords.tooMany(mostOwn) });
    await db.segment.deleteMany({ where: { shopId: shop.id, name: { startsWith: "Number" } } });
  });

  test("deleting what an audience is kept equal to", async () => {
    const key = await made("For an ad", viewed(1), start);
    const audience = { shopId: shop.id, id: newId(start), connector: "meta", segmentKey: key, name: "Ad", state: "live", createdAt: start };
    await db.audience.create({ data: audience });
    expect(await deleteSegment(shop, key, start)).toEqual({ outcome: "used", by: [{ kind: "audience", key: "meta", name: "Ad" }] });
  });

  test("a segment of another shop is not there", async () => {
    const key = await made("Hers alone", viewed(1), start);
    const other = await newShop();
    expect(await findSegment(other, key)).toBeNull();
    expect(await deleteSegment(other, key, start)).toEqual({ outcome: "gone" });
    expect(await saveSegment(other, draft("Hers alone", viewed(1), { key, version: 1 }), start)).toMatchObject({ outcome: "gone" });
  });
});

test("an event touches only what it can", async () => {
  await browse("f", "page.viewed", start);
  const profileId = await profileOf("f");
  // Nobody ever told of an order: whoever looks sees that this is wrong.
  await db.membership.create({ data: { shopId: shop.id, segmentKey: "past-purchasers", profileId, enteredAt: start } });
  await browse("f", "page.viewed", after(start, hour));
  await browse("f", "product.viewed", after(start, hour));
  expect(await membersOf("past-purchasers")).toEqual([profileId]);
  await sweep(after(start, 40 * day));
  expect(await membersOf("past-purchasers")).toEqual([]);
});

describe("the past of a segment", () => {
  const log = async (key: string, lines: [who: string, change: "entered" | "left", at: string][]) => {
    const first = (await db.membershipChange.count({ where: { shopId: shop.id } })) + 100_000 * (shops + 1);
    const data = lines.map(([profileId, change, at], index) => ({
      shopId: shop.id,
      seq: BigInt(first + index),
      segmentKey: key,
      profileIds: [profileId],
      change,
      at: new Date(at),
    }));
    await db.membershipChange.createMany({ data });
  };
  const [ann, bea, cleo] = [newId(start), newId(after(start, 1)), newId(after(start, 2))] as [string, string, string];

  beforeAll(async () => {
    shop = await newShop();
    await log("k", [
      [ann, "entered", "2026-10-20T12:00:00Z"],
      // Half an hour into the 24th in London, where it is still summer.
      [bea, "entered", "2026-10-23T23:30:00Z"],
      [ann, "entered", "2026-10-24T09:00:00Z"],
      // In the last hour of the long day, which UTC counts to the same date.
      [ann, "left", "2026-10-25T23:30:00Z"],
      [cleo, "entered", "2026-10-26T00:00:00Z"],
      [cleo, "left", "2026-10-26T01:00:00Z"],
    ]);
    await log("other", [[cleo, "entered", "2026-10-20T12:00:00Z"]]);
  });

  test("who was in it at an instant, as it was known then", async () => {
    const at = async (text: string) => (await whoWasIn(shop, "k", new Date(text))).profileIds;
    expect(await at("2026-10-20T11:59:59Z")).toEqual([]);
    expect(await at("2026-10-24T12:00:00Z")).toEqual([ann, bea]);
    expect(await at("2026-10-26T00:30:00Z")).toEqual([bea, cleo]);
    expect(await whoWasIn(shop, "k", new Date("2026-10-24T12:00:00Z"), 1)).toEqual({ count: 2, profileIds: [ann] });
  });

  test("how it grew, day by day of the shop; another subject of a member is no entry", async () => {
    const none = { editedIn: 0, editedOut: 0 };
    expect(await growth(shop, "k", "2026-10-23", "2026-10-27")).toEqual([
      { day: "2026-10-23", entered: 0, left: 0, ...none, size: 1 },
      { day: "2026-10-24", entered: 1, left: 0, ...none, size: 2 },
      { day: "2026-10-25", entered: 0, left: 1, ...none, size: 1 },
      { day: "2026-10-26", entered: 1, left: 1, ...none, size: 1 },
      { day: "2026-10-27", entered: 0, left: 0, ...none, size: 1 },
    ]);
    expect(await growth(shop, "k", "2026-10-28", "2026-10-27")).toEqual([]);
    expect(await growth(shop, "k", "2020-01-01", "2026-10-27")).toHaveLength(400);
  });

  test("how many two segments share", async () => {
    const member = (segmentKey: string, profileId: string) => ({ shopId: shop.id, segmentKey, profileId, enteredAt: start });
    await db.membership.createMany({ data: [member("x", ann), member("x", bea), member("y", bea), member("y", cleo), member("z", cleo)] });
    expect(await overlap(shop, ["y", "x", "z", "x"])).toEqual([
      { a: "x", b: "y", size: 1 },
      { a: "x", b: "z", size: 0 },
      { a: "y", b: "z", size: 1 },
    ]);
  });
});
