// The law of the compiler: whoever a query finds is who the plain meaning finds, in this shop and in no other.
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { tellable, writeHistories, type Person } from "../../test/histories.ts";
import { anyHistory, anyRule, anyWorld, firstMoment } from "../../test/rules.ts";
import { sharedData } from "../../test/shared-data.ts";
import { addUpOrders, redactCommerce } from "../commerce/update.server.ts";
import { eraseConsent } from "../consent/record.server.ts";
import { db } from "../db.server.ts";
import { redactProfiles } from "../identity/resolve.server.ts";
import { after, day, hour } from "../lib/time.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { eraseVisits } from "../visits/update.server.ts";
import { decide, evaluate, type Evaluation, type World } from "./evaluate.ts";
import { nobody, nothingDone, type History } from "./history.ts";
import { wholeHistories } from "./logged.server.ts";
import { needsOf } from "./needs.ts";
import { readRule, type Node } from "./rule.ts";
import { asked, idsOf } from "./sql-store.server.ts";
import { compile } from "./sql.ts";
import { standard } from "./standard.ts";

const known = after(firstMoment, 45 * day);
/** On few different moments, so that they meet each other and the ends of windows; up to two hours ahead of the earliest clock, as browsers' clocks are. */
const moment = fc
  .oneof(
    fc.integer({ min: 0, max: 90 }).map((halves) => 12 * halves),
    fc.integer({ min: -40, max: 2 }).map((hours) => 45 * 24 + hours),
  )
  .map((hours) => after(firstMoment, hours * hour));
const clock = fc.tuple(fc.oneof(fc.nat(60), fc.nat(20).map((days) => days * 24)), fc.constantFrom(0, 0, 1)).map(([hours, off]) => after(known, hours * hour + off)); // prettier-ignore
const anything = fc.oneof({ weight: 5, arbitrary: anyRule }, { weight: 1, arbitrary: fc.constantFrom(...standard.map((one) => one.rule)) });
// Without shrinking: every step of it would fill two shops anew.
const runs = { numRuns: Number(process.env["SQL_RUNS"] ?? 8), endOnFailure: true };
const people = 24;
const rulesEach = 25;
let shops = 0;
let explained = 0;

const saidOf = ({ member, changesAt, because }: Evaluation) => ({
  ...{ member, changesAt },
  because: because.map(({ deeds, ...one }) => ({ ...one, deeds: deeds.map(({ at }) => at) })),
});

beforeAll(async () => {
  for (const month of [8, 9, 10, 11]) await db.$executeRaw`SELECT make_event_partition(${new Date(Date.UTC(2026, month, 15))})`;
});

async function newShop(): Promise<Shop> {
  shops += 1;
  await installed(`sql-${shops}.myshopify.com`, ["read_orders"], firstMoment);
  return (await shopByDomain(`sql-${shops}.myshopify.com`)) ?? expect.unreachable();
}

const idOf = (index: number) => `00000000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;

/** Somebody who did as much as the others, and is forgotten. What was under way to her may still come. */
async function erase(shop: Shop, id: string): Promise<void> {
  await transaction(async (tx) => {
    await redactCommerce(shop.id, [id], tx);
    await eraseVisits(shop.id, [id], tx);
    await eraseConsent(shop.id, [id], tx);
    await redactProfiles(shop.id, [id], known, tx);
    await addUpOrders(shop.id, null, tx);
  });
  const said = { sourceId: "late", profileId: id, channel: "email", state: "out", source: "unsubscribe", occurredAt: firstMoment, recordedAt: known };
  await db.consentRecord.create({ data: { shopId: shop.id, ...said } });
}

async function found(shop: Shop, rule: Node, world: World, now: Date): Promise<string[]> {
  const compiled = compile(rule, { shopId: shop.id, countOffline: shop.countOffline, world, now });
  if (!compiled.ok) throw new Error(`refused: ${compiled.reason}`);
  const answer = await asked(60_000, (reader) => idsOf(compiled.query, null, null, reader));
  if (!answer.ok) throw new Error(answer.reason);
  return answer.answer;
}

test("whoever is found is a member, for any rule, at any time, in this shop alone", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyHistory(moment), { minLength: people, maxLength: people }),
      anyWorld,
      fc.array(fc.tuple(anything, clock), { minLength: rulesEach, maxLength: rulesEach }),
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
          const gone = idOf(8888);
          await writeHistories(shop, [{ id: gone, history: tellable(histories[0] as never, gone) }], world.timezone);
          await erase(shop, gone);
        }
        for (const [rule, now] of asked) {
          for (const [shop, all] of [
            [here, mine],
            [there, theirs],
          ] as const) {
            const members = all.filter(({ history }) => decide(rule, history, world, now).member).map(({ id }) => id);
            expect(await found(shop, rule, world, now), JSON.stringify({ rule, now })).toEqual(members);
            const needs = needsOf(rule, world.rules, world.timezone, now);
            if (needs.speed === "hot" || now < known) continue;
            // Asked about one by one, a slow rule says the same, and because of the same deeds.
            const logged = await wholeHistories({ ...shop, timezone: world.timezone }, members.slice(0, 3).concat(idOf(0)), needs, 60_000);
            for (const [id, mine] of logged ?? expect.unreachable()) {
              const told = all.find((one) => one.id === id)?.history ?? expect.unreachable();
              expect(saidOf(evaluate(rule, mine, world, now)), JSON.stringify({ rule, now })).toEqual(saidOf(evaluate(rule, told, world, now)));
              explained += members.includes(id) ? 1 : 0;
            }
          }
        }
      },
    ),
    runs,
  );
  expect(explained).toBeGreaterThan(20);
}, 300_000);

describe("what people write into fields", () => {
  const list = JSON.parse(sharedData("datasets/corpora/blns.json", "naughty strings as values of rules") ?? "[]") as string[];
  const strings = [
    ...list,
    "'; DROP TABLE event; --",
    "$1",
    "${1}",
    "{}",
    "%",
    "_",
    "\\",
    "Straße",
    "STRASSE",
    "ÉTÉ",
    "été",
    "İstanbul",
    "istanbul",
    "\u212Aelvin",
    "kelvin",
    "ΑΣ",
    "ας",
  ];
  const rules = strings.flatMap((text) => {
    const did = (what: string, where: object) => ({ kind: "did", did: what, where });
    const read = readRule({ version: 1, match: did("left-form", { forms: [text] }) });
    const tag = readRule({ version: 1, match: did("landed", { sources: [text] }) });
    const other = readRule({
      version: 1,
      match: {
        kind: "any",
        of: [
          ...(["products", "vendors", "collections"] as const).flatMap((key) => [did("viewed-product", { [key]: [text] }), did("ordered", { [key]: [text] })]),
          ...[did("was-sent-message", { flows: [text] }), { kind: "in-segment", segment: text }, { kind: "first-landing", campaigns: [text] }],
        ],
      },
    });
    return read.ok && tag.ok && other.ok ? [{ text, form: read.rule.match, tag: tag.rule.match, other: other.rule.match }] : [];
  });
  const world: World = { timezone: "Europe/London", catalogue: new Map(), rfm: null, predictions: null, rules: new Map() };

  test("is a value and nothing else: found where it was written, and nowhere else", async () => {
    const here = await newShop();
    const there = await newShop();
    const at = after(known, -hour);
    const all: Person[] = rules.map(({ text }, index) => {
      const deeds = { "left-form": [{ id: "1", at, form: text }], landed: [{ id: "2", at, source: text, medium: null, campaign: null }] };
      return { id: idOf(index + 1), history: tellable({ ...nothingDone, deeds }, idOf(index + 1)) };
    });
    await writeHistories(here, all, world.timezone);
    await writeHistories(there, all, world.timezone);
    // Statistics of just before they were written would have every table gone through again for each of them.
    await db.$executeRaw`ANALYZE`;
    const refused: string[] = [];
    for (const { text, form, tag, other } of rules) {
      // The last kind is the longest to ask, and all of its strings go the same ways.
      for (const rule of all.length > 100 && text.length % 4 > 0 ? [form, tag] : [form, tag, other]) {
        const compiled = compile(rule, { shopId: here.id, countOffline: false, world, now: known });
        if (!compiled.ok) {
          refused.push(text);
          continue;
        }
        const members = all.filter(({ history }) => decide(rule, history, world, known).member).map(({ id }) => id);
        expect(await found(here, rule, world, known), text).toEqual(members);
      }
    }
    expect(rules.length).toBeGreaterThan(list.length === 0 ? 10 : 400);
    // Letters whose small form hangs on what stands beside them are refused, and little else is.
    expect(refused).toContain("ΑΣ");
    expect(new Set(refused).size).toBeLessThan(12);
    expect(await db.profile.count({ where: { shopId: there.id } })).toBe(all.length);
  }, 120_000);
});

test("what lies ahead of our clock counts for nothing yet, and hides nothing that counts", async () => {
  const shop = await newShop();
  const world: World = { timezone: "UTC", catalogue: new Map(), rfm: null, predictions: null, rules: new Map() };
  // Somebody for every choice of two moments ahead, three within the fortnight (one at its very edge) and one before it: at two things in turns, or all at one.
  const moments = [2 * hour, hour, 0, -day, -14 * day + 1, -14 * day].map((ms) => after(known, ms));
  const choices = 2 ** moments.length;
  const people: Person[] = Array.from({ length: 2 * choices }, (_, nth) => {
    const deeds = moments.flatMap((at, bit) =>
      (nth >> bit) % 2 === 1 ? [{ id: String(bit), at, item: { productId: nth >= choices || bit % 2 === 0 ? "9" : "8", priceMinor: null } }] : [],
    );
    return { id: idOf(nth + 1), history: tellable({ ...nothingDone, deeds: { "viewed-product": deeds } }, idOf(nth + 1)) };
  });
  await writeHistories(shop, people, world.timezone);
  const last = { kind: "last", length: { amount: 14, unit: "days" } };
  for (const n of [1, 2, 3, 4]) {
    for (const where of [undefined, { products: ["9"] }, { products: ["8", "9"] }]) {
      const read = readRule({
        version: 1,
        match: { kind: "did", did: "viewed-product", times: { is: "at-least", n }, when: last, ...(where === undefined ? {} : { where }) },
      });
      if (!read.ok) throw new Error(JSON.stringify(read.problems));
      const members = people.filter(({ history }) => decide(read.rule.match, history, world, known).member).map(({ id }) => id);
      expect(await found(shop, read.rule.match, world, known), `${n} ${JSON.stringify(where)}`).toEqual(members);
      expect(members.length > 0).toBe(n < 4);
    }
  }
});

test("when somebody first came, and first or last ordered something, is asked of what lies ahead of our clock as well", async () => {
  const shop = await newShop();
  const world: World = { timezone: "UTC", catalogue: new Map(), rfm: null, predictions: null, rules: new Map() };
  // Somebody for every choice of two orders ahead, one within the fortnight and one before it, and for each when she first came.
  const moments = [2 * hour, hour, -day, -20 * day].map((ms) => after(known, ms));
  const people: Person[] = Array.from({ length: 4 * 2 ** moments.length }, (_, nth) => {
    const orders = moments
      .filter((_at, bit) => (nth >> (bit + 2)) % 2 === 1)
      .map((placedAt, bit) => ({
        orderId: `${nth}-${bit}`,
        placedAt,
        cartToken: null,
        checkoutToken: null,
        netMinor: 5,
        items: [{ productId: "9", priceMinor: 5 }],
      }));
    return { id: idOf(nth + 1), history: tellable({ ...nothingDone, person: { ...nobody, firstSeenAt: moments[nth % 4] ?? known }, orders }, idOf(nth + 1)) };
  });
  await writeHistories(shop, people, world.timezone);
  const fortnight = { amount: 14, unit: "days" };
  const asked = [undefined, { products: ["9"] }].flatMap((where) =>
    ["first", "last"].map((which) => ({ kind: "order-date", which, ...(where === undefined ? {} : { where }) })),
  );
  for (const condition of [{ kind: "first-seen" }, ...asked]) {
    for (const when of [{ kind: "last", length: fortnight }, { kind: "ago", atLeast: fortnight }, { kind: "ever" }]) {
      for (const match of [
        { ...condition, when },
        { kind: "not", of: { ...condition, when } },
      ]) {
        const read = readRule({ version: 1, match });
        if (!read.ok) throw new Error(JSON.stringify(read.problems));
        const members = people.filter(({ history }) => decide(read.rule.match, history, world, known).member).map(({ id }) => id);
        expect(await found(shop, read.rule.match, world, known), JSON.stringify(match)).toEqual(members);
      }
    }
  }
});

test("what is left of somebody who was erased finds nobody: her orders, carts, checkouts and mails", async () => {
  const shop = await newShop();
  const [first, second] = [after(known, -2 * day), after(known, -day)];
  const twice = <One>(make: (id: string, at: Date) => One): One[] => [make("1", first), make("2", second)];
  const history: History = {
    ...nothingDone,
    deeds: { "was-sent-message": twice((id, at) => ({ id, at, flow: "a" })), unsubscribed: twice((id, at) => ({ id, at })), "clicked-message": twice((id, at) => ({ id, at, flow: "a" })) }, // prettier-ignore
    orders: twice((id, at) => ({ orderId: id, placedAt: at, cartToken: null, checkoutToken: null, netMinor: 5, items: [{ productId: "9", priceMinor: 5 }] })), // prettier-ignore
    carts: twice((id, at) => ({ token: id, updatedAt: at, itemCount: 1 })),
    checkouts: twice((id, at) => ({ token: id, cartToken: null, startedAt: at, updatedAt: at, completedAt: null, reachable: true })),
  };
  const id = idOf(1);
  await writeHistories(shop, [{ id, history: tellable(history, id) }], "UTC");
  const world: World = { timezone: "UTC", catalogue: new Map(), rfm: null, predictions: null, rules: new Map() };
  const kinds = ["ordered", "filled-cart", "was-in-checkout", "was-sent-message", "clicked-message", "unsubscribed"] as const;
  const did = kinds.flatMap((kind) => [1, 2].map((n) => ({ kind: "did", did: kind, times: { is: "at-least", n } })));
  const others = [
    ...[
      { kind: "did", did: "ordered", where: { products: ["9"] }, times: { is: "at-least", n: 2 } },
      { kind: "left-behind", what: "cart", atLeast: { amount: 1, unit: "hours" }, lessThan: { amount: 9, unit: "days" } },
    ],
    ...[
      { kind: "orders", measure: "spent", is: "at-least", value: 9, where: { priceMinor: { atLeast: 1 } } },
      { kind: "order-date", which: "last", when: { kind: "ever" } },
    ],
    ...[
      { kind: "not", of: { kind: "did", did: "visited" } },
      {
        kind: "any",
        of: [
          { kind: "did", did: "filled-cart" },
          { kind: "country", countries: ["GB"] },
        ],
      },
    ],
  ];
  const rules = [...did, ...others].map((match) => {
    const read = readRule({ version: 1, match });
    return read.ok ? read.rule.match : expect.unreachable(JSON.stringify(read));
  });
  // What she left behind she ordered after.
  const fits = rules.filter((rule) => rule.kind !== "left-behind");
  for (const rule of fits) expect(await found(shop, rule, world, known), JSON.stringify(rule)).toEqual([id]);
  await erase(shop, id);
  for (const rule of rules) expect(await found(shop, rule, world, known), JSON.stringify(rule)).toEqual([]);
});

test("more conditions than anybody reads, by way of other segments, are refused by name", () => {
  const asks = (segment: string): Node => ({ kind: "all", of: Array.from({ length: 10 }, () => ({ kind: "in-segment", segment })) });
  const rules = new Map(["b", "c", "d"].map((key, index) => [key, asks(["c", "d", "e"][index] ?? "")]));
  const world: World = { timezone: "UTC", catalogue: new Map(), rfm: null, predictions: null, rules };
  expect(compile(asks("b"), { shopId: 1, countOffline: false, world, now: known })).toEqual({ ok: false, reason: "size" });
});
