// The first members of a large segment, who share rows until each has one of her own: cut off anywhere, asked for, and moved meanwhile.
import pg from "pg";
import { afterEach, beforeAll, expect, test } from "vitest";
import { db } from "../db.server.ts";
import { newId } from "../lib/id.server.ts";
import { after, minute } from "../lib/time.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction, whichShops } from "../tx.server.ts";
import { fillPage, shopsFilling } from "./fill.server.ts";
import type { Node } from "./rule.ts";
import { deleteSegment, saveSegment } from "./saved.server.ts";
import { anybodyIn, eraseSegments, lockWriter, membershipsOf, sizesOf, update } from "./update.server.ts";
import { diff } from "./whole-shop.server.ts";

const start = new Date("2026-10-25T10:00:00Z");
const crowd = 1_000;
/** Whatever the size. */
const blocksFrom = 1;
const searchedNever: Node = { kind: "did", did: "searched", where: {}, times: { is: "exactly", n: 0 }, onDays: false, when: { kind: "ever" } };

/** What happens around each statement that the product sends: it may be kept waiting, and the connections may be cut. */
type Watcher = (text: string) => Promise<void> | void;
let before_: Watcher = () => undefined;
let after_: Watcher = () => undefined;
const clients = new Set<pg.Client>();

beforeAll(() => {
  type Query = (this: pg.Client, ...all: unknown[]) => unknown;
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const send = prototype.query;
  prototype.query = function (...all) {
    // Whoever is called back is the queue, or the pool itself.
    if (all.some((one) => typeof one === "function")) return send.apply(this, all);
    clients.add(this);
    const text = typeof all[0] === "string" ? all[0] : (all[0] as { text: string }).text;
    return (async () => {
      await before_(text);
      const answer = await send.apply(this, all);
      await after_(text);
      return answer;
    })();
  };
});
afterEach(() => {
  [before_, after_] = [() => undefined, () => undefined];
});

/** As when the process dies: no connection is there any more. */
function cut(): void {
  for (const client of clients) (client as unknown as { connection: { stream: { destroy: () => void } } }).connection.stream.destroy();
  clients.clear();
}

let shops = 0;
async function crowdedShop(size = crowd): Promise<{ shop: Shop; ids: string[]; key: string }> {
  const domain = `block-${(shops += 1)}.myshopify.com`;
  await installed(domain, ["read_orders"], start);
  const shop = (await shopByDomain(domain)) ?? expect.unreachable();
  const ids = Array.from({ length: size }, () => newId(start)).sort();
  await db.profile.createMany({ data: ids.map((id) => ({ shopId: shop.id, id, firstSeenAt: start })) });
  await transaction((tx) => lockWriter(shop.id, tx));
  return { shop, ids, key: await save(shop, "Never searched", searchedNever) };
}

async function save(shop: Shop, name: string, match: Node, key: string | null = null): Promise<string> {
  const saved = await saveSegment(shop, { key, name, rule: { version: 1, match }, madeFrom: null, version: key === null ? null : 1 }, start);
  return saved.outcome === "saved" ? saved.key : expect.unreachable(saved.outcome);
}

/** A shop whose whole crowd was let in, and nothing else has happened since. */
async function letIn(): Promise<{ shop: Shop; ids: string[]; key: string }> {
  const crowded = await crowdedShop();
  expect(await fillPage(crowded.shop, start, { blocksFrom })).toBe(true);
  return crowded;
}

const shopsWaiting = async () => (await whichShops({ filling: [shopsFilling()] })).filling;
const rowsOf = async (shop: Shop, key: string) =>
  (await db.membership.findMany({ where: { shopId: shop.id, segmentKey: key }, orderBy: { profileId: "asc" } })).map((one) => one.profileId);
const blocksOf = (shop: Shop, key: string) => db.membershipBlock.findMany({ where: { shopId: shop.id, segmentKey: key }, orderBy: { first: "asc" } });
const membersOf = async (shop: Shop, key: string, ids: string[]) =>
  (await membershipsOf(shop.id, ids))
    .filter((one) => one.segmentKey === key)
    .map((one) => one.profileId)
    .sort();
const linesOf = (shop: Shop, key: string) => db.membershipChange.findMany({ where: { shopId: shop.id, segmentKey: key }, orderBy: { seq: "asc" } });

/** Everybody has a row, came by one line, and no number is missing or given twice. */
async function expectWhole(shop: Shop, key: string, ids: string[]): Promise<void> {
  expect(await rowsOf(shop, key)).toEqual(ids);
  expect(await blocksOf(shop, key)).toEqual([]);
  const lines = await linesOf(shop, key);
  expect(lines.map((one) => Number(one.seq))).toEqual(lines.map((_one, index) => index + 1));
  expect(new Set(lines.map((one) => `${one.change} ${one.because}`))).toEqual(new Set(["entered edited"]));
  expect(lines.flatMap((one) => one.profileIds).sort()).toEqual(ids);
}

test("who is let in with many others is in at once for everybody who asks, and gets a row of her own later", async () => {
  const { shop, ids, key } = await letIn();
  const blocks = await blocksOf(shop, key);
  expect(blocks.length).toBe(Math.ceil(crowd / 120));
  expect(blocks.map(({ first, last, profileIds }) => [first, last, profileIds.length > 120])).toEqual(
    blocks.map(({ profileIds }) => [profileIds[0], profileIds.at(-1), false]),
  );
  expect(await rowsOf(shop, key)).toEqual([]);
  expect(await membersOf(shop, key, ids)).toEqual(ids);
  expect((await sizesOf(shop.id)).get(key)).toBe(crowd);
  expect(await anybodyIn(shop.id)).toBe(true);
  const moved = await diff(shop, key, searchedNever, start);
  expect(moved.ok && [moved.answer.enter.count, moved.answer.leave.count, moved.answer.stay]).toEqual([0, 0, crowd]);
  expect(await shopsWaiting()).toContain(shop.id);
  expect((await linesOf(shop, key)).flatMap((one) => one.profileIds).sort()).toEqual(ids);

  while (await fillPage(shop, start, { blocksFrom }));
  await expectWhole(shop, key, ids);
  expect(await shopsWaiting()).not.toContain(shop.id);
  expect(await membersOf(shop, key, ids)).toEqual(ids);
});

test("a small segment has rows from the beginning", async () => {
  const { shop, ids, key } = await crowdedShop();
  expect(await fillPage(shop, start, { blocksFrom: crowd + 1 })).toBe(true);
  await expectWhole(shop, key, ids);
});

test("whoever leaves meanwhile takes her own block apart, and no other", async () => {
  const { shop, ids, key } = await letIn();
  const other = await letIn();
  const before = await blocksOf(shop, key);
  const [mine] = before.slice(3);
  const leaving = mine?.profileIds[7] ?? expect.unreachable();
  // One whose rule nobody can say anything new of, and one who is gone.
  await transaction(async (tx) => {
    await lockWriter(shop.id, tx);
    await update(shop, new Map([[ids[0] ?? "", "everything"]]), [leaving], after(start, minute), tx);
  });
  expect((await blocksOf(shop, key)).map((one) => one.first)).toEqual(before.map((one) => one.first).filter((one) => one !== ids[0] && one !== mine?.first));
  expect((await rowsOf(shop, key)).sort()).toEqual([...(before[0]?.profileIds ?? []), ...(mine?.profileIds ?? [])].filter((id) => id !== leaving).sort());
  expect(await membersOf(shop, key, ids)).toEqual(ids.filter((id) => id !== leaving));
  expect((await linesOf(shop, key)).at(-1)).toMatchObject({ change: "left", profileIds: [leaving], because: null });
  expect((await blocksOf(other.shop, other.key)).length).toBe(before.length);
});

test("an edit and a deletion find those who have no rows yet", async () => {
  const { shop, ids, key } = await letIn();
  const searched: Node = { ...searchedNever, times: { is: "at-least", n: 1 } };
  await save(shop, "Searched", searched, key);
  while (await fillPage(shop, after(start, minute), { blocksFrom }));
  expect(await membersOf(shop, key, ids)).toEqual([]);
  expect(
    (await linesOf(shop, key))
      .filter((one) => one.change === "left")
      .flatMap((one) => one.profileIds)
      .sort(),
  ).toEqual(ids);

  const again = await letIn();
  expect((await deleteSegment(again.shop, again.key, after(start, minute))).outcome).toBe("deleted");
  expect(await membersOf(again.shop, again.key, again.ids)).toEqual([]);
  expect(await blocksOf(again.shop, again.key)).toEqual([]);
  expect(
    (await linesOf(again.shop, again.key))
      .filter((one) => one.change === "left")
      .flatMap((one) => one.profileIds)
      .sort(),
  ).toEqual(again.ids);
});

test("where nobody moves, those without rows stay as they are", async () => {
  const { shop, ids, key } = await letIn();
  // Another rule of the same people.
  await save(shop, "Never searched", { kind: "all", of: [searchedNever, searchedNever] }, key);
  const lines = (await linesOf(shop, key)).length;
  expect(await fillPage(shop, after(start, minute), { blocksFrom })).toBe(true);
  expect((await blocksOf(shop, key)).length).toBe(lines);
  expect((await linesOf(shop, key)).length).toBe(lines);
  expect(await membersOf(shop, key, ids)).toEqual(ids);
});

test("whoever an older version let in meanwhile, which knows no blocks, is in once", async () => {
  const { shop, ids, key } = await letIn();
  const [profileId] = ids;
  await db.membership.create({ data: { shopId: shop.id, segmentKey: key, profileId: profileId ?? "", enteredAt: start } });
  while (await fillPage(shop, start, { blocksFrom }));
  await expectWhole(shop, key, ids);
});

test("a shop that is erased leaves none of them behind", async () => {
  const { shop, key } = await letIn();
  const other = await letIn();
  await transaction((tx) => eraseSegments(shop.id, tx));
  expect(await blocksOf(shop, key)).toEqual([]);
  expect((await blocksOf(other.shop, other.key)).length).toBeGreaterThan(0);
});

test("cut off before or after any statement, everybody is in once in the end", { timeout: 240_000 }, async () => {
  const few = 300;
  const statements: string[] = [];
  {
    const { shop } = await crowdedShop(few);
    before_ = (text) => void statements.push(text);
    while (await fillPage(shop, start, { blocksFrom }));
    before_ = () => undefined;
  }
  expect(statements.filter((text) => /INSERT INTO membership_block|DELETE FROM membership_block/.test(text)).length).toBeGreaterThan(1);
  let halfway = 0;
  for (const when of ["before", "after"] as const)
    for (let at = 0; at < statements.length; at += 1) {
      const { shop, ids, key } = await crowdedShop(few);
      let number = 0;
      const watch = () => {
        if (number++ === at) cut();
      };
      if (when === "before") before_ = watch;
      else after_ = watch;
      await (async () => {
        while (await fillPage(shop, start, { blocksFrom }));
      })().catch(() => undefined);
      [before_, after_] = [() => undefined, () => undefined];
      // Whoever comes next waits for what is still at work on the server.
      await transaction((tx) => lockWriter(shop.id, tx));
      const members = await membersOf(shop, key, ids);
      expect([0, few]).toContain(members.length);
      if (members.length > 0 && (await rowsOf(shop, key)).length === 0) halfway += 1;
      while (await fillPage(shop, after(start, minute), { blocksFrom }));
      await expectWhole(shop, key, ids);
    }
  process.stdout.write(`${2 * statements.length} cuts, ${halfway} of them with nobody's row there yet\n`);
});
