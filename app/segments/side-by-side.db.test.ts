// The first fill of a large segment, by two connections: cut off anywhere, with others waiting, or with no second connection to be had.
import { setTimeout as later } from "node:timers/promises";
import pg from "pg";
import { afterEach, beforeAll, expect, test } from "vitest";
import { db } from "../db.server.ts";
import { env } from "../env.server.ts";
import { newId } from "../lib/id.server.ts";
import { after, minute } from "../lib/time.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { inside, transaction } from "../tx.server.ts";
import { fillPage } from "./fill.server.ts";
import type { Node } from "./rule.ts";
import { saveSegment } from "./saved.server.ts";
import { changesAfter, lockWriter } from "./update.server.ts";

const start = new Date("2026-10-25T10:00:00Z");
const crowd = 1_000;
/** Shared whatever the size. */
const worth = { people: -1, found: 1 };
const searchedNever: Node = { kind: "did", did: "searched", where: {}, times: { is: "exactly", n: 0 }, onDays: false, when: { kind: "ever" } };

const server = (process.env["TEST_DATABASE_URL"] ?? "") !== "";
if (!server) process.stdout.write("SKIPPED: a fill by two connections, because the embedded database has one; TEST_DATABASE_URL names a server\n");

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
async function crowdedShop(): Promise<{ shop: Shop; ids: string[]; key: string }> {
  const domain = `side-${(shops += 1)}.myshopify.com`;
  await installed(domain, ["read_orders"], start);
  const shop = (await shopByDomain(domain)) ?? expect.unreachable();
  const ids = Array.from({ length: crowd }, () => newId(start)).sort();
  await db.profile.createMany({ data: ids.map((id) => ({ shopId: shop.id, id, firstSeenAt: start })) });
  await transaction((tx) => lockWriter(shop.id, tx));
  const saved = await saveSegment(
    shop,
    { key: null, name: "Never searched", rule: { version: 1, match: searchedNever }, madeFrom: null, version: null },
    start,
  );
  return { shop, ids, key: saved.outcome === "saved" ? saved.key : expect.unreachable(saved.outcome) };
}

const membersOf = async (shop: Shop, key: string) =>
  (await db.membership.findMany({ where: { shopId: shop.id, segmentKey: key }, orderBy: { profileId: "asc" } })).map((one) => one.profileId);
/** Everybody is in once, by one line, and no number is missing or given twice. */
async function expectWhole(shop: Shop, key: string, ids: string[]): Promise<void> {
  expect(await membersOf(shop, key)).toEqual(ids);
  const lines = await db.membershipChange.findMany({ where: { shopId: shop.id, segmentKey: key }, orderBy: { seq: "asc" } });
  expect(lines.map((one) => Number(one.seq))).toEqual(lines.map((_one, index) => index + 1));
  expect(new Set(lines.map((one) => `${one.change} ${one.because}`))).toEqual(new Set(["entered edited"]));
  expect(lines.flatMap((one) => one.profileIds).sort()).toEqual(ids);
}
const transactionsOf = async (shop: Shop) =>
  (await db.$queryRaw<{ n: number }[]>`SELECT count(DISTINCT xmin::text)::int AS n FROM membership WHERE shop_id = ${shop.id}`)[0]?.n;

test.skipIf(!server)("each lets in one half; the lower numbers are there first", async () => {
  const { shop, ids, key } = await crowdedShop();
  const followed: { seq: bigint; profileId: string }[] = [];
  after_ = async (text) => {
    if (text !== "COMMIT") return;
    // Whoever follows reads after each commit what is new to her.
    const news = () => changesAfter(shop.id, followed.at(-1)?.seq ?? 0n);
    for (let some = await news(); some.length > 0; some = await news()) followed.push(...some);
  };
  expect(await fillPage(shop, start, { worth })).toBe(true);
  await expectWhole(shop, key, ids);
  expect(await transactionsOf(shop)).toBe(2);
  const came = followed.map((one) => one.profileId);
  // The place is found from all of so few.
  const below = 0.45 * crowd - 1;
  expect([came.slice(0, crowd - below).sort(), came.slice(crowd - below).sort()]).toEqual([ids.slice(below), ids.slice(0, below)]);
});

test.skipIf(!server)("cut off before or after any statement, everybody is in once in the end", { timeout: 240_000 }, async () => {
  const statements: string[] = [];
  {
    const { shop } = await crowdedShop();
    before_ = (text) => void statements.push(text);
    await fillPage(shop, start, { worth });
    before_ = () => undefined;
  }
  expect(statements.length).toBeGreaterThan(25);
  let halfway = 0;
  for (const when of ["before", "after"] as const)
    for (let at = 0; at < statements.length; at += 1) {
      const { shop, ids, key } = await crowdedShop();
      let number = 0;
      const watch = () => {
        if (number++ === at) cut();
      };
      if (when === "before") before_ = watch;
      else after_ = watch;
      await fillPage(shop, start, { worth }).catch(() => undefined);
      [before_, after_] = [() => undefined, () => undefined];
      // Whoever comes next waits for what is still at work on the server.
      await transaction((tx) => lockWriter(shop.id, tx));
      if (![0, crowd].includes((await membersOf(shop, key)).length)) halfway += 1;
      while (await fillPage(shop, after(start, minute), { worth }));
      await expectWhole(shop, key, ids);
    }
  process.stdout.write(`${2 * statements.length} cuts, ${halfway} of them with one half in\n`);
});

test.skipIf(!server)("whoever writes memberships waits for both, also where she waited before the second came", async () => {
  const { shop, ids, key } = await crowdedShop();
  let found = -1;
  let waiting: Promise<void> | undefined;
  after_ = async (text) => {
    if (!text.includes("FOR SHARE") || waiting !== undefined) return;
    // The first has the lock, the second has not asked yet.
    waiting = transaction(async (tx) => {
      await lockWriter(shop.id, tx);
      found = (await membersOf(shop, key)).length;
    });
    await later(150);
  };
  // Between the two commits there is time to come in.
  before_ = (text) => (text === "COMMIT" ? later(150) : undefined);
  expect(await fillPage(shop, start, { worth })).toBe(true);
  await waiting;
  expect(found).toBe(crowd);
  expect(await transactionsOf(shop)).toBe(2);
  await expectWhole(shop, key, ids);
});

test.skipIf(!server)("where no other connection is free one lets in everybody", async () => {
  const { shop, ids, key } = await crowdedShop();
  const enough = Promise.withResolvers<void>();
  const others = Array.from({ length: env().DATABASE_POOL - 1 }, () => transaction(() => enough.promise));
  await later(300);
  const began = performance.now();
  expect(await fillPage(shop, start, { worth })).toBe(true);
  expect(performance.now() - began).toBeLessThan(3_000);
  expect(await transactionsOf(shop)).toBe(1);
  enough.resolve();
  await Promise.all(others);
  await expectWhole(shop, key, ids);
});

test.skipIf(!server)("what one of them cannot do, neither does, and everybody is looked at instead", async () => {
  const { shop, ids, key } = await crowdedShop();
  const release = Promise.withResolvers<void>();
  let asked = 0;
  before_ = async (text) => {
    if (!text.includes("FOR SHARE") || (asked += 1) !== 2) return;
    // The other one will find somebody in its way, for longer than it may wait.
    const written = Promise.withResolvers<void>();
    void transaction(async (tx) => {
      await inside(tx).membership.create({ data: { shopId: shop.id, profileId: ids.at(-1) ?? "", segmentKey: key, enteredAt: start } });
      written.resolve();
      await release.promise;
      throw new Error("Taken back.");
    }).catch(() => undefined);
    await written.promise;
  };
  expect(await fillPage(shop, start, { worth, limitMs: 500 })).toBe(true);
  before_ = () => undefined;
  release.resolve();
  await transaction((tx) => lockWriter(shop.id, tx));
  expect(await membersOf(shop, key)).toEqual([]);
  expect((await db.segment.findFirstOrThrow({ where: { shopId: shop.id } })).countFailed).toBe("too-slow");
  while (await fillPage(shop, start, { worth }));
  await expectWhole(shop, key, ids);
});
