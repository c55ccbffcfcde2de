import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyHistory, anyMoment, anyRule, anyWorld, firstMoment } from "../../test/rules.ts";
import { after, day, hour } from "../lib/time.ts";
import { finishedBy } from "../commerce/facts.ts";
import { standingOf } from "../predictions/place.ts";
import { predictionOf } from "../predictions/predict.ts";
import { evaluate, decide, type World } from "./evaluate.ts";
import { deedsOf, keptOf, nobody, nothingDone, type Deed, type Done, type History } from "./history.ts";
import { fits } from "./match.ts";
import { needsOf } from "./needs.ts";
import { scoreOf } from "./rfm.ts";
import { milliseconds, type Condition, type Node, type When, type Where } from "./rule.ts";
import { dateOf, startOf } from "../lib/shop-days.ts";
import { writtenOut } from "./written-out.ts";

const world: World = { timezone: "Europe/London", catalogue: new Map(), rfm: null, predictions: null, rules: new Map() };
const start = new Date("2026-11-01T12:00:00Z");

/** The plain definition at one instant, which knows no time but `now`: for whom everything lies behind. */
function plainly(node: Node, history: History, shop: World, now: Date, within: string[] = []): boolean {
  const again = (one: Node) => plainly(one, history, shop, now, within);
  const ageIn = (at: Date, when: When): boolean => {
    const age = now.getTime() - at.getTime();
    if (when.kind === "last") return age < milliseconds(when.length);
    if (when.kind === "ago") return age >= milliseconds(when.atLeast) && (when.lessThan === undefined || age < milliseconds(when.lessThan));
    if (when.kind === "dates") {
      return (when.from === undefined || at >= startOf(when.from, shop.timezone)) && (when.before === undefined || at < startOf(when.before, shop.timezone));
    }
    if (when.kind === "ever") return true;
    const others = deedsOf(history, when.deed.did).filter((one) => fits(one, when.deed.where, shop.catalogue));
    return others.length > 0 && others.every((other) => other.at.getTime() <= at.getTime());
  };
  const those = (did: Parameters<typeof deedsOf>[1], where: Where): Done[] => deedsOf(history, did).filter((one) => fits(one, where, shop.catalogue));
  const compare = (is: string, have: number, asked: number) => (is === "at-least" ? have >= asked : is === "at-most" ? have <= asked : have === asked);
  switch (node.kind) {
    case "all":
      return node.of.every(again);
    case "any":
      return node.of.some(again);
    case "not":
      return !again(node.of);
    case "did": {
      const visited = node.did === "visited";
      // Whoever came a little ahead of our clock is here.
      const done = those(node.did, node.where).filter(({ at }) => ageIn(visited && at > now && node.when.kind !== "ago" ? now : at, node.when));
      return compare(node.times.is, node.onDays || visited ? new Set(done.map(({ at }) => dateOf(at, shop.timezone))).size : done.length, node.times.n);
    }
    case "orders": {
      const done = those("ordered", node.where).filter(({ at }) => ageIn(at, node.when));
      const sum = done.reduce((total, one) => total + one.netMinor, 0);
      if (node.measure === "number") return compare(node.is, done.length, node.value);
      if (node.measure === "spent") return compare(node.is, sum, node.value);
      return done.length > 0 && compare(node.is, sum / done.length, node.value);
    }
    case "order-date": {
      const rising = those("ordered", node.where).sort((a, b) => a.at.getTime() - b.at.getTime());
      const one = node.which === "first" ? rising[0] : rising.at(-1);
      return one !== undefined && ageIn(one.at, node.when);
    }
    case "left-behind": {
      const when: When = { kind: "ago", atLeast: node.atLeast, lessThan: node.lessThan };
      const open = (at: Date) => ageIn(at, when) && !history.orders.some((order) => order.placedAt >= at);
      if (node.what === "cart") {
        return history.carts.some((one) => one.itemCount > 0 && open(one.updatedAt) && !history.orders.some((order) => order.cartToken === one.token));
      }
      return history.checkouts.some(
        (one) =>
          (node.what === "checkout" || one.reachable) &&
          one.completedAt === null &&
          open(one.updatedAt) &&
          !history.orders.some((order) => finishedBy(order, one)),
      );
    }
    case "first-seen":
      return history.person.firstSeenAt !== null && ageIn(history.person.firstSeenAt, node.when);
    case "country":
      return history.person.country !== null && node.countries.includes(history.person.country);
    case "language":
      return history.person.locale !== null && node.languages.includes(history.person.locale.slice(0, 2));
    case "has":
      return node.what === "email" ? history.person.hasEmail : history.person.hasPhone;
    case "email-consent":
      return node.states.includes(history.person.emailConsent);
    case "first-landing": {
      const landing = history.person.firstLanding;
      const same = (values: string[] | undefined, value: string | null) => values === undefined || (value !== null && values.includes(value));
      return landing !== null && same(node.sources, landing.source) && same(node.mediums, landing.medium) && same(node.campaigns, landing.campaign);
    }
    case "in-segment": {
      const other = shop.rules.get(node.segment);
      return other !== undefined && !within.includes(node.segment) && plainly(other, history, shop, now, [...within, node.segment]);
    }
    case "rfm": {
      if (shop.rfm === null || history.orders.length === 0) return false;
      const age = (now.getTime() - Math.max(...history.orders.map((one) => one.placedAt.getTime()))) / day;
      const recency = 5 - shop.rfm.recencyDays.filter((cut) => age >= cut).length;
      const money = history.orders.reduce((sum, one) => sum + one.netMinor, 0);
      const { orders, spentMinor } = shop.rfm;
      return (
        (node.recency?.includes(recency) ?? true) &&
        (node.frequency?.includes(scoreOf(history.orders.length, orders)) ?? true) &&
        (node.money?.includes(scoreOf(money, spentMinor)) ?? true)
      );
    }
    case "chance-of-order":
    case "expected-order":
    case "predicted-spend": {
      const standing = standingOf(history.orders);
      if (shop.predictions === null || standing === null) return false;
      const expected = predictionOf(shop.predictions, standing, now);
      const bound = (is: string, have: number | undefined, asked: number) => have !== undefined && compare(is, have, asked);
      if (node.kind === "chance-of-order") return bound(node.chance.is, expected.chance[node.within]?.percent, node.chance.percent);
      if (node.kind === "predicted-spend") return bound(node.spend.is, expected.spend?.minor, node.spend.value);
      if (expected.nextOrder === null) return false;
      const passed = now.getTime() - expected.nextOrder.at.getTime();
      const { due } = node;
      if (due.kind === "within") return passed < 0 && -passed <= milliseconds(due.length);
      return passed >= milliseconds(due.atLeast) && (due.lessThan === undefined || passed < milliseconds(due.lessThan));
    }
    case "rfm-group":
    case "lifecycle":
      return again(writtenOut(node));
  }
}

const later = fc.integer({ min: 46 * 24, max: 120 * 24 }).map((hours) => after(firstMoment, hours * hour));

describe("laws of random rules and random histories", () => {
  test("what a rule means is its plain definition, wherever everything lies behind", () => {
    let members = 0;
    fc.assert(
      fc.property(anyRule, anyHistory(), anyWorld, later, (rule, history, shop, now) => {
        const { member } = decide(rule, history, shop, now);
        expect(member).toBe(plainly(rule, history, shop, now));
        if (member) members += 1;
      }),
      { numRuns: 3000 },
    );
    expect(members).toBeGreaterThan(300);
  });

  test("stepping from changesAt to changesAt misses nothing", () => {
    let steps = 0;
    fc.assert(
      fc.property(
        anyRule,
        anyHistory(anyMoment, 2),
        anyWorld,
        fc.array(fc.oneof(anyMoment, later), { minLength: 1, maxLength: 4 }),
        (rule, history, shop, moments) => {
          for (const asked of moments) {
            let now = after(firstMoment, -day);
            let known = decide(rule, history, shop, now);
            for (let step = 0; known.changesAt !== null && known.changesAt <= asked; step += 1) {
              expect(known.changesAt > now && step < 1000).toBe(true);
              now = known.changesAt;
              known = decide(rule, history, shop, now);
              steps += 1;
            }
            const { member, subject } = decide(rule, history, shop, asked);
            expect({ member, subject }).toEqual({ member: known.member, subject: known.subject });
          }
        },
      ),
      { numRuns: 2500 },
    );
    expect(steps).toBeGreaterThan(500);
  });

  test("what is kept of a profile answers every hot rule", () => {
    const lately = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 40 * 24 * 4, max: 45 * 24 * 4 }).map((q) => after(firstMoment, (q * hour) / 4)) },
      { weight: 1, arbitrary: anyMoment },
    );
    const soon = fc.integer({ min: 45 * 24, max: 60 * 24 }).map((hours) => after(firstMoment, hours * hour));
    let [hot, cut] = [0, 0];
    fc.assert(
      fc.property(anyRule, anyHistory(lately, 40), anyWorld, soon, (rule, history, shop, now) => {
        if (needsOf(rule, shop.rules, shop.timezone, now).speed === "slow") return;
        const kept = keptOf(history, (at) => dateOf(at, shop.timezone));
        const [whole, less] = [decide(rule, history, shop, now), decide(rule, kept, shop, now)];
        expect({ member: less.member, subject: less.subject }).toEqual({ member: whole.member, subject: whole.subject });
        // Fewer edges, but none that matters is missed.
        if (less.changesAt !== null) expect(decide(rule, history, shop, after(less.changesAt, -1)).member).toBe(whole.member);
        hot += 1;
        if (JSON.stringify(kept) !== JSON.stringify(history)) cut += 1;
      }),
      { numRuns: 600 },
    );
    expect(Math.min(hot, cut)).toBeGreaterThan(50);
  });

  test("the reasons of an answer lie on its side, and taking them alone gives the same answer", () => {
    fc.assert(
      fc.property(anyRule, anyHistory(), anyWorld, later, (rule, history, shop, now) => {
        const { member, because } = evaluate(rule, history, shop, now);
        expect(because.length).toBeGreaterThan(0);
        for (const { holds, condition, wanted } of because) {
          expect(holds).toBe(member);
          const alone: Node = wanted ? condition : { kind: "not", of: condition };
          expect(decide(alone, history, shop, now).member).toBe(holds);
        }
      }),
      { numRuns: 500 },
    );
  });
});

const did = (change: Partial<Extract<Condition, { kind: "did" }>> = {}): Condition => ({
  ...{ kind: "did", did: "viewed-product", where: {}, times: { is: "at-least", n: 1 }, onDays: false, when: { kind: "ever" } },
  ...change,
});
const views = (...moments: Date[]): Deed[] => moments.map((at, index) => ({ id: `v${index}`, at, item: { productId: `${index}`, priceMinor: 100 } }));
const history = (change: Partial<History>): History => ({ ...nothingDone, ...change });
const order = (orderId: string, placedAt: Date, netMinor = 0) => ({ orderId, placedAt, cartToken: null, checkoutToken: null, netMinor, items: [] });

describe("windows are half-open", () => {
  const last: When = { kind: "last", length: { amount: 2, unit: "days" } };
  const ago: When = { kind: "ago", atLeast: { amount: 1, unit: "days" }, lessThan: { amount: 2, unit: "days" } };
  test.each<[when: When, later: number, member: boolean]>([
    [last, -1, false],
    [last, 0, true],
    [last, 2 * day - 1, true],
    [last, 2 * day, false],
    [ago, day - 1, false],
    [ago, day, true],
    [ago, 2 * day - 1, true],
    [ago, 2 * day, false],
  ])("%j, %d ms after", (when, ms, member) => {
    expect(decide(did({ when }), history({ deeds: { "viewed-product": views(start) } }), world, after(start, ms)).member).toBe(member);
  });
});

describe("days are the shop's, also where clocks change", () => {
  // [zone, the day, its first instant, how long it is]
  test.each([
    ["Europe/London", "2026-03-29", "2026-03-29T00:00:00Z", 23],
    ["Europe/London", "2026-10-25", "2026-10-24T23:00:00Z", 25],
    ["Pacific/Auckland", "2026-04-05", "2026-04-04T11:00:00Z", 25],
    ["Pacific/Auckland", "2026-09-27", "2026-09-26T12:00:00Z", 23],
    ["no such place", "2026-09-27", "2026-09-27T00:00:00Z", 24],
  ])("%s, %s", (timezone, date, first, hours) => {
    const next = new Date(Date.parse(`${date}T00:00:00Z`) + day).toISOString().slice(0, 10);
    const rule = did({ when: { kind: "dates", from: date, before: next } });
    const isIn = (at: Date) => decide(rule, history({ deeds: { "viewed-product": views(at) } }), { ...world, timezone }, after(start, 900 * day)).member;
    const begins = new Date(first);
    expect([after(begins, -1), begins, after(begins, hours * hour - 1), after(begins, hours * hour)].map(isIn)).toEqual([false, true, true, false]);
  });

  test("two moments of one long day are one day; a minute over midnight makes two", () => {
    const rule = did({ did: "visited", times: { is: "at-least", n: 2 }, onDays: true, when: { kind: "ever" } });
    const isIn = (...moments: string[]) =>
      decide(rule, history({ deeds: { visited: moments.map((at, index) => ({ id: `${index}`, at: new Date(at) })) } }), world, start).member;
    expect(isIn("2026-10-24T23:00:00Z", "2026-10-25T23:59:59Z")).toBe(false);
    expect(isIn("2026-10-24T22:59:59Z", "2026-10-24T23:00:00Z")).toBe(true);
  });
});

describe("since she last did something else", () => {
  const rule = did({ did: "ordered", times: { is: "exactly", n: 0 }, when: { kind: "since", deed: { did: "viewed-product", where: {} } } });
  const viewed = { "viewed-product": views(start, after(start, day)) };
  test.each<[law: string, mine: History, member: boolean]>([
    ["an order before the last of them is none", history({ deeds: viewed, orders: [order("1", after(start, hour))] }), true],
    ["an order at that very moment is one", history({ deeds: viewed, orders: [order("1", after(start, day))] }), false],
    ["an order a little ahead of our clock is one already", history({ deeds: viewed, orders: [order("1", after(start, 3 * day + 5000))] }), false],
    ["where she never did it nothing counts", history({ orders: [order("1", start)] }), true],
  ])("%s", (_law, mine, member) => {
    expect(decide(rule, mine, world, after(start, 3 * day)).member).toBe(member);
  });
});

describe("when she first came, and first or last ordered", () => {
  const ahead = after(start, 5000);
  const rule = (which: "first" | "last", when: Exclude<When, { kind: "since" }>): Node => ({ kind: "order-date", which, where: {}, when });
  const lately = { kind: "last", length: { amount: 30, unit: "days" } } as const;
  const longAgo = { kind: "ago", atLeast: { amount: 30, unit: "days" } } as const;
  const [before, again] = [order("1", after(start, -40 * day)), order("2", ahead)];
  test.each<[law: string, asked: Node, mine: History, member: boolean]>([
    ["an order a little ahead of our clock is her last one already", rule("last", lately), history({ orders: [order("1", after(start, -day)), again] }), true],
    ["and no older one is", rule("last", longAgo), history({ orders: [before, again] }), false],
    ["so it is for whoever is asked not to have ordered lately", { kind: "not", of: rule("last", lately) }, history({ orders: [before, again] }), false],
    ["her only one is the first", rule("first", { kind: "ever" }), history({ orders: [again] }), true],
    ["not long ago", rule("first", longAgo), history({ orders: [again] }), false],
    ["who came first a little ahead of it is new", { kind: "first-seen", when: lately }, history({ person: { ...nobody, firstSeenAt: ahead } }), true],
  ])("%s", (_law, asked, mine, member) => {
    expect(decide(asked, mine, world, start).member).toBe(member);
  });

  test("it ends when it would have", () => {
    expect(decide(rule("last", lately), history({ orders: [again] }), world, start)).toMatchObject({ member: true, changesAt: after(ahead, 30 * day) });
  });
});

describe("what was left behind", () => {
  const rule = (what: "cart" | "checkout" | "reachable-checkout"): Node => ({
    ...{ kind: "left-behind", what, atLeast: { amount: 1, unit: "hours" }, lessThan: { amount: 2, unit: "days" } },
  });
  const cart = { token: "c", updatedAt: start, itemCount: 1 };
  const checkout = { token: "k", cartToken: "c", startedAt: start, updatedAt: start, completedAt: null, reachable: false };
  const later = after(start, 5 * hour);
  test.each<[law: string, what: "cart" | "checkout" | "reachable-checkout", mine: History, member: boolean]>([
    ["a cart", "cart", history({ carts: [cart] }), true],
    ["a checkout that nobody can be reached by", "checkout", history({ checkouts: [checkout] }), true],
    ["not a reachable one", "reachable-checkout", history({ checkouts: [checkout] }), false],
    ["an order at that very moment ends it", "cart", history({ carts: [cart], orders: [order("1", start)] }), false],
    ["an order a moment before does not", "cart", history({ carts: [cart], orders: [order("1", after(start, -1))] }), true],
    [
      "its own order does, whenever Shopify says it was",
      "cart",
      history({ carts: [cart], orders: [{ ...order("1", after(start, -1)), cartToken: "c" }] }),
      false,
    ],
    [
      "an order of its cart ends a checkout",
      "checkout",
      history({ checkouts: [checkout], orders: [{ ...order("1", after(start, -1)), cartToken: "c" }] }),
      false,
    ],
    ["an order that is a little ahead of our clock does", "checkout", history({ checkouts: [checkout], orders: [order("1", after(later, 5000))] }), false],
  ])("%s", (_law, what, mine, member) => expect(decide(rule(what), mine, world, later).member).toBe(member));
});

test("the subject is that of the newest thing that counts, and of two conditions that of the newer", () => {
  const mine = history({ deeds: { "viewed-product": views(start, after(start, hour)) }, orders: [order("o", after(start, 2 * hour))] });
  const rule: Node = { kind: "all", of: [did(), did({ did: "ordered", when: { kind: "last", length: { amount: 1, unit: "days" } } })] };
  expect(decide(rule, mine, world, after(start, 3 * hour))).toEqual({ member: true, subject: "o", changesAt: after(start, 26 * hour) });
  expect(decide(did(), mine, world, after(start, 3 * hour)).subject).toBe("1");
});

test("why she is not in: the conditions that fail, and only those; why she is: with what she did", () => {
  const mine = history({ deeds: { "viewed-product": views(start) }, person: { ...nobody, country: "GB" } });
  const rule: Node = { kind: "all", of: [did(), { kind: "country", countries: ["FR"] }, { kind: "not", of: { kind: "has", what: "email" } }] };
  expect(evaluate(rule, mine, world, start).because.map(({ path, holds }) => ({ path, holds }))).toEqual([{ path: [1], holds: false }]);
  const inNow = evaluate({ ...rule, of: rule.of.filter((_, index) => index !== 1) }, mine, world, start);
  expect(inNow.because.map(({ path, wanted, deeds }) => ({ path, wanted, deeds }))).toEqual([
    { path: [0], wanted: true, deeds: [{ id: "v0", at: start }] },
    { path: [1, 0], wanted: false, deeds: [] },
  ]);
});

test("a segment that asks for itself holds nobody, and ends", () => {
  const loop: Node = { kind: "in-segment", segment: "a" };
  const shop = {
    ...world,
    rules: new Map<string, Node>([
      ["a", { kind: "any", of: [loop, { kind: "in-segment", segment: "b" }] }],
      ["b", loop],
    ]),
  };
  expect(decide(loop, nothingDone, shop, start)).toEqual({ member: false, subject: null, changesAt: null });
});
