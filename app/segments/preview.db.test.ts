// What the builder is told while somebody types: how many, who and why, and whom we could reach.
import { beforeAll, describe, expect, test } from "vitest";
import { tellable, writeHistories, type Person } from "../../test/histories.ts";
import { db } from "../db.server.ts";
import { everyConnector } from "../connectors/registry.server.ts";
import { matchOn } from "../destinations/plan.server.ts";
import { armOf, globalExperiment } from "../holdouts/assign.ts";
import { sql } from "../lib/sql-text.ts";
import { after, day, hour, minute, second } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { inside, transaction } from "../tx.server.ts";
import { nobody, nothingDone, type History } from "./history.ts";
import { preview, whyNot } from "./preview.server.ts";
import { peopleOf } from "./shop-people.server.ts";
import { countAndSome, idsOf, limited } from "./sql-store.server.ts";
import { countMatching, diff, matching } from "./whole-shop.server.ts";

const now = new Date("2026-11-20T12:00:00Z");
const ago = (days: number) => after(now, -days * day);
const idOf = (index: number) => `00000000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;
let shop: Shop;

const order = (placedAt: Date, netMinor = 10) => ({
  orderId: `o ${placedAt.toISOString()}`,
  placedAt,
  netMinor,
  items: [],
  cartToken: null,
  checkoutToken: null,
});
/** 1–6 ordered so many days ago as their number says; 7–20 never did, and only looked. 1 and 2 may be mailed. */
const people: Person[] = Array.from({ length: 20 }, (_, index) => {
  const number = index + 1;
  const looked: History = {
    ...nothingDone,
    deeds: { "viewed-product": [{ id: "1", at: ago(1), item: { productId: "7", priceMinor: 5 } }] },
    person: { ...nobody, hasEmail: number <= 4, country: "GB", emailConsent: number <= 2 ? "single" : number === 3 ? "out" : "none" },
  };
  return { id: idOf(number), history: tellable(number <= 6 ? { ...looked, orders: [order(ago(number))] } : looked, idOf(number)) };
});

const orderedIn = (days: number) => ({ kind: "did", did: "ordered", when: { kind: "last", length: { amount: days, unit: "days" } } });
const rule = (match: object) => ({ version: 1, match });
const ids = (...numbers: number[]) => numbers.map(idOf);
const node = (match: object) => ({ where: {}, times: { is: "at-least", n: 1 }, onDays: false, ...match }) as never;

beforeAll(async () => {
  for (const at of [ago(30), now]) await db.$executeRaw`SELECT make_event_partition(${at})`;
  for (const name of ["other", "preview"]) {
    await installed(`${name}.myshopify.com`, ["read_orders"], ago(60));
    shop = (await shopByDomain(`${name}.myshopify.com`)) ?? expect.unreachable();
    await writeHistories(shop, people, "UTC");
  }
});

describe("the whole shop", () => {
  test("is asked at once, and page by page", async () => {
    expect(await matching(shop, node(orderedIn(4)), now)).toEqual({ ok: true, answer: ids(1, 2, 3) });
    expect(await matching(shop, node(orderedIn(7)), now, { after: idOf(2), limit: 2 })).toEqual({ ok: true, answer: ids(3, 4) });
    expect(await countMatching(shop, node(orderedIn(4)), now)).toEqual({ ok: true, answer: 3 });
    // Two days later nothing but time has passed.
    expect(await countMatching(shop, node(orderedIn(4)), after(now, 2 * day))).toEqual({ ok: true, answer: 1 });
  });

  test("since counts from the very moment on", async () => {
    const since = { kind: "did", did: "ordered", when: { kind: "since", deed: { did: "ordered", where: {} } } };
    expect(await countMatching(shop, node(since), now)).toEqual({ ok: true, answer: 6 });
  });

  test("who would come, go and stay, of this segment in this shop alone", async () => {
    const held = (segmentKey: string, numbers: number[]) =>
      db.membership.createMany({ data: numbers.map((one) => ({ shopId: shop.id, segmentKey, profileId: idOf(one), enteredAt: ago(3) })) });
    await held("mine", [2, 3, 8]);
    await held("another", [1]);
    await db.membership.create({ data: { shopId: shop.id - 1, segmentKey: "mine", profileId: idOf(9), enteredAt: ago(3) } });
    const answer = await diff(shop, "mine", node(orderedIn(5)), now);
    expect(answer).toMatchObject({ ok: true, answer: { enter: { count: 2 }, leave: { count: 1, sample: ids(8) }, stay: 2 } });
    expect(answer.ok && answer.answer.enter.sample.toSorted()).toEqual(ids(1, 4));
  });
});

describe("a preview", () => {
  test("counts, and says of some who they are and why", async () => {
    const found = await preview(shop, rule(orderedIn(7)), now, { match: (_shop, some) => Promise.resolve({ meta: some.length - 1 }) });
    expect(found).toMatchObject({
      ...{ outcome: "counted", count: 6, of: 20, slow: false, warnings: [] },
      ...{ reachableByEmail: { people: 2, exact: true }, matchable: { meta: { people: 5, exact: true } } },
    });
    const sample = found.outcome === "counted" ? found.sample : [];
    expect(sample.map((one) => one.profileId).toSorted()).toEqual(ids(1, 2, 3, 4, 5, 6));
    expect(sample.find((one) => one.profileId === idOf(5))).toMatchObject({
      because: [{ words: "ordered in the last 7 days", at: [ago(5)], reason: { holds: true, deeds: [{ at: ago(5) }] } }],
    });
  });

  test("whom a platform could match: they who agreed, can be told apart and are not held out", async () => {
    const treated = (percent: number) => ids(1, 2).filter((id) => armOf(shop.salt, globalExperiment, id, percent) === "treated").length;
    for (const holdoutPercent of [0, 100]) {
      const found = await preview({ ...shop, holdoutPercent }, rule(orderedIn(7)), now, { match: matchOn(everyConnector()) });
      const people = treated(holdoutPercent);
      expect(found).toMatchObject({ matchable: { meta: { people, exact: true }, google: { people, exact: true } } });
    }
    expect(treated(0)).toBe(2);
    expect(await db.assignment.count({ where: { shopId: shop.id } })).toBe(0);
  });

  test("names eight of many", async () => {
    const found = await preview(shop, rule({ kind: "not", of: orderedIn(7) }), now);
    expect(found).toMatchObject({ outcome: "counted", count: 14 });
    expect(found.outcome === "counted" && found.sample.length).toBe(8);
  });

  test("says where a rule is wrong, and what is odd about one that is not", async () => {
    expect(await preview(shop, rule({ kind: "did", did: "flew" }), now)).toMatchObject({ outcome: "problems", problems: [{ path: ["match", "did"] }] });
    const never = { kind: "all", of: [orderedIn(7), { kind: "not", of: orderedIn(7) }] };
    expect(await preview(shop, rule(never), now)).toMatchObject({ outcome: "counted", count: 0, sample: [], warnings: [{ code: "contradiction" }] });
  });

  test("a slow rule is counted from the log, and said to be slow", async () => {
    const looks = { kind: "did", did: "viewed-product", where: { priceMinor: { atMost: 5 } } };
    expect(await preview(shop, rule(looks), now)).toMatchObject({ outcome: "counted", count: 20, slow: true });
    expect(await whyNot(shop, rule(looks), idOf(3), now)).toMatchObject({ member: true });
  });

  test("why is answered from the log where a rule takes it: often, by tag, by price, by what an order held", async () => {
    const item = { productId: "7", priceMinor: 900 };
    const history: History = {
      ...nothingDone,
      deeds: {
        "viewed-product": Array.from({ length: 13 }, (_, index) => ({ id: `l${index}`, at: ago(index + 1), item })),
        landed: [{ id: "u", at: ago(30), source: "spring", medium: null, campaign: null }],
      },
      orders: [{ ...order(ago(2)), items: [item] }],
      person: nobody,
    };
    await installed("why.myshopify.com", ["read_orders"], ago(60));
    const here = (await shopByDomain("why.myshopify.com")) ?? expect.unreachable();
    await writeHistories(here, [0, 1].map((index) => ({ id: idOf(index), history: tellable(index === 0 ? history : nothingDone, idOf(index)) })), "UTC"); // prettier-ignore
    const did = (what: string, more: object) => ({ kind: "did", did: what, ...more });
    for (const [match, moments] of [
      [did("viewed-product", { times: { is: "at-least", n: 12 } }), Array.from({ length: 10 }, (_, index) => ago(index + 1))],
      [did("landed", { where: { sources: ["Spring"] } }), [ago(30)]],
      [did("viewed-product", { where: { priceMinor: { atLeast: 800 } }, when: { kind: "last", length: { amount: 2, unit: "days" } } }), [ago(1)]],
      [did("ordered", { where: { products: ["7"] } }), [ago(2)]],
    ] as const) {
      const found = await preview(here, rule(match), now);
      const because = found.outcome === "counted" ? found.sample.map((one) => one.because) : [];
      expect(found).toMatchObject({ slow: true, count: 1 });
      expect(because.map((reasons) => reasons.map((one) => one.reason.deeds.map(({ at }) => at)))).toEqual([[moments]]);
      expect(await whyNot(here, rule(match), idOf(0), now)).toMatchObject({ member: true, because: [{ reason: { holds: true } }] });
      expect(await whyNot(here, rule(match), idOf(1), now)).toMatchObject({ member: false, because: [{ reason: { holds: false, deeds: [] } }] });
    }
  });

  test("who else is looked at along with it, from what is kept or from the log", async () => {
    const ordered = await preview(shop, rule(orderedIn(3)), now, { beside: ids(1, 5) });
    const dear = { kind: "did", did: "viewed-product", where: { priceMinor: { atLeast: 6 } } };
    const looked = await preview(shop, rule(dear), now, { beside: ids(20) });
    expect(
      [ordered, looked].map((one) => one.outcome === "counted" && [...one.beside].map(([id, { member, because }]) => [id, member, because[0]?.words])),
    ).toEqual([
      [
        [idOf(1), true, "ordered in the last 3 days"],
        [idOf(5), false, "did not order in the last 3 days"],
      ],
      [[idOf(20), false, "did not view a product for $0.06 or more"]],
    ]);
  });

  test("why not", async () => {
    expect(await whyNot(shop, rule(orderedIn(3)), idOf(5), now)).toMatchObject({
      member: false,
      because: [{ words: "did not order in the last 3 days" }],
    });
    expect(await whyNot(shop, rule(orderedIn(3)), idOf(1), now)).toMatchObject({ member: true, because: [{ words: "ordered in the last 3 days" }] });
    expect(await whyNot(shop, rule({}), idOf(1), now)).toBeNull();
    for (const stranger of [idOf(99), "x", "'"]) expect(await whyNot(shop, rule(orderedIn(3)), stranger, now)).toBeNull();
  });
});

test("what nothing bounds is not bounded by accident: an hour is an hour", async () => {
  const hours = { kind: "did", did: "ordered", when: { kind: "last", length: { amount: 24, unit: "hours" } } };
  expect(await countMatching(shop, node(hours), after(ago(1), day - 1))).toEqual({ ok: true, answer: 1 });
  expect(await countMatching(shop, node(hours), after(ago(1), day))).toEqual({ ok: true, answer: 0 });
  expect(await countMatching(shop, node(hours), after(ago(1), -hour))).toMatchObject({ ok: true });
});

// The embedded database has no clock that could stop a statement.
test("what takes too long is stopped, and said", async ({ skip }) => {
  const [row] = await db.$queryRaw<{ version: string }[]>`SELECT version()`;
  skip(/emscripten|wasm/i.test(row?.version ?? ""), "the embedded database cannot stop a statement");
  const sleep = (tx: Tx) => idsOf(sql`SELECT p.id FROM profile p WHERE pg_sleep(5) IS NOT NULL`, null, null, tx);
  expect(await limited(50, sleep)).toEqual({ ok: false, reason: "tooSlow" });
});

test("where processes find no room for what they share, one does it alone; and whoever has no room then is not asked for ever", async () => {
  const workers: string[] = [];
  const crowded = (until: number) => async (tx: Tx) => {
    const [row] = await inside(tx).$queryRaw<{ workers: string }[]>`SELECT current_setting('max_parallel_workers_per_gather') AS workers`;
    workers.push(row?.workers ?? "");
    if (workers.length <= until)
      await inside(tx).$executeRaw`DO $$ BEGIN RAISE EXCEPTION 'could not resize shared memory segment' USING ERRCODE = '53100'; END $$`;
    return workers.length;
  };
  expect(await limited(5000, crowded(1))).toEqual({ ok: true, answer: 2 });
  expect(workers.at(-1)).toBe("0");
  workers.length = 0;
  await expect(limited(5000, crowded(9))).rejects.toThrow("could not resize");
  expect(workers).toHaveLength(2);
});

test("some of many are the same as if all of them had been looked at", async () => {
  // 3,000 ids: a sixteenth of them is far more than is wanted.
  const many = sql`SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id FROM generate_series(1, 3000) n`;
  const drawn = await transaction((tx) => countAndSome(many, 20, tx));
  const all = await transaction((tx) => countAndSome(many, 3000, tx));
  expect([drawn.count, all.count, new Set(all.some).size]).toEqual([3000, 3000, 3000]);
  expect(drawn.some).toEqual(all.some.slice(0, 20));
});

test("of very many people the count stands for a minute, in this shop alone", async () => {
  await installed("many.myshopify.com", ["read_orders"], ago(60));
  const many = (await shopByDomain("many.myshopify.com")) ?? expect.unreachable();
  const come = (index: number) => db.profile.create({ data: { shopId: many.id, id: idOf(index), firstSeenAt: now } });
  for (const index of [1, 2]) await come(index);
  const counted = (seconds: number, from = 3) => peopleOf(many.id, after(now, seconds * second), from);
  expect(await counted(0)).toBe(2);
  // Two are not many.
  await come(3);
  expect(await counted(1)).toBe(3);
  await come(4);
  expect([await counted(60), await counted(61), await counted(0)]).toEqual([3, 4, 4]);
  expect(await peopleOf(shop.id, after(now, minute), 3)).toBe(20);
  expect(await counted(2, 5)).toBe(4);
});
