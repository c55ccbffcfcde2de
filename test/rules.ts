// Random rules and random histories that they have something to say about: few products, few words, moments close to the edges of windows.
import fc from "fast-check";
import { deedKindNames, deedKinds, type DeedKind } from "../app/segments/deed.ts";
import { rfmGroups, stages } from "../app/segments/groups.ts";
import type { World } from "../app/segments/evaluate.ts";
import type { Deed, History, LoggedKind } from "../app/segments/history.ts";
import { readRule, type Condition, type Node, type When } from "../app/segments/rule.ts";
import { after, day, hour } from "../app/lib/time.ts";
import { horizons, learn, type Bought, type Model } from "../app/predictions/model.ts";

/** A few weeks around the days on which clocks change in London (25 October 2026) and in Auckland (27 September 2026). */
export const firstMoment = new Date("2026-09-20T00:00:00Z");
const span = 45 * 24 * 4;

export const anyMoment = fc.integer({ min: 0, max: span }).map((quarters) => after(firstMoment, (quarters * hour) / 4));
const product = fc.constantFrom("1", "2", "3");
const collection = fc.constantFrom("c1", "c2");
const word = fc.constantFrom("a", "b");
const some = <T>(one: fc.Arbitrary<T>) => fc.uniqueArray(one, { minLength: 1, maxLength: 2 });
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined, freq: 2 });

const length = fc.oneof(
  fc.record({ amount: fc.constantFrom(1, 5, 30), unit: fc.constant("hours" as const) }),
  fc.record({ amount: fc.constantFrom(1, 2, 7, 14), unit: fc.constant("days" as const) }),
);
const date = fc.integer({ min: 0, max: 45 }).map((days) =>
  after(firstMoment, days * day)
    .toISOString()
    .slice(0, 10),
);
const price = fc.record({ atLeast: fc.constantFrom(5, 10), atMost: fc.constantFrom(5, 10, 15) }, { requiredKeys: [] });
const priceMinor = price.filter((one) => one.atLeast !== undefined || one.atMost !== undefined);

function whereOf(kind: DeedKind) {
  const filters: readonly string[] = deedKinds[kind].filters;
  const if_ = <T>(filter: string, one: fc.Arbitrary<T>) => (filters.includes(filter) ? maybe(one) : fc.constant(undefined));
  return fc.record({
    ...{ products: if_("product", some(product)), vendors: if_("product", some(word)), priceMinor: if_("price", priceMinor) },
    collections: filters.includes("product") || filters.includes("collection") ? maybe(some(collection)) : fc.constant(undefined),
    ...{ forms: if_("form", some(word)), flows: if_("flow", some(word)), sources: if_("utm", some(word)), mediums: if_("utm", some(word)) },
    campaigns: if_("utm", some(word)),
  });
}

const doing = fc.constantFrom(...deedKindNames).chain((did) => whereOf(did).map((where) => ({ did, where })));
const moment = fc.oneof(
  fc.constant({ kind: "ever" as const }),
  length.map((one) => ({ kind: "last" as const, length: one })),
  fc.record({ kind: fc.constant("ago" as const), atLeast: length, lessThan: maybe(length) }),
  fc.oneof(
    date.map((from) => ({ kind: "dates" as const, from })),
    date.map((before) => ({ kind: "dates" as const, before })),
    fc.record({ kind: fc.constant("dates" as const), from: date, before: date }),
  ),
);
const when: fc.Arbitrary<When> = fc.oneof({ weight: 4, arbitrary: moment }, { weight: 1, arbitrary: doing.map((deed) => ({ kind: "since" as const, deed })) });
const is = fc.constantFrom("at-least" as const, "at-most" as const, "exactly" as const);
const did = doing.chain((one) =>
  fc.record({
    ...{ kind: fc.constant("did" as const), did: fc.constant(one.did), where: fc.constant(one.where) },
    ...{ times: fc.record({ is, n: fc.nat(3) }), onDays: fc.boolean(), when },
  }),
);
const orderWhere = whereOf("ordered").map(({ products, collections, vendors, priceMinor: cost }) => ({ products, collections, vendors, priceMinor: cost }));
const score = some(fc.integer({ min: 1, max: 5 }));

const bound = fc.constantFrom("at-least" as const, "at-most" as const);
/** What is asked of predictions, at bounds that some of `anyModel` reach and others do not. */
export const anyForetelling: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant("chance-of-order" as const), within: fc.constantFrom(...horizons) },
    chance: fc.record({ is: bound, percent: fc.constantFrom(0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100) }),
  }),
  fc.record({
    kind: fc.constant("expected-order" as const),
    due: fc.oneof(
      length.map((one) => ({ kind: "within" as const, length: one })),
      fc.record({ kind: fc.constant("overdue" as const), atLeast: length, lessThan: maybe(length) }),
    ),
  }),
  fc.record({ kind: fc.constant("predicted-spend" as const), spend: fc.record({ is: bound, value: fc.constantFrom(0, 5, 20, 50, 100, 200) }) }),
);

export const anyCondition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 8, arbitrary: did },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ kind: fc.constant("orders" as const), measure: fc.constantFrom("number" as const, "spent" as const, "average" as const), is },
      ...{ value: fc.constantFrom(0, 1, 2, 10, 20), where: orderWhere, when },
    }),
  },
  fc.record({ kind: fc.constant("order-date" as const), which: fc.constantFrom("first" as const, "last" as const), where: orderWhere, when: moment }),
  fc.record({
    ...{ kind: fc.constant("left-behind" as const), what: fc.constantFrom("cart" as const, "checkout" as const, "reachable-checkout" as const) },
    ...{ atLeast: length, lessThan: length },
  }),
  some(fc.constantFrom("GB", "NZ")).map((countries) => ({ kind: "country" as const, countries })),
  some(fc.constantFrom("en", "de")).map((languages) => ({ kind: "language" as const, languages })),
  fc.constantFrom("email" as const, "phone" as const).map((what) => ({ kind: "has" as const, what })),
  some(fc.constantFrom("none" as const, "single" as const, "confirmed" as const, "out" as const)).map((states) => ({ kind: "email-consent" as const, states })),
  moment.map((one) => ({ kind: "first-seen" as const, when: one })),
  fc.record({ kind: fc.constant("first-landing" as const), sources: maybe(some(word)), mediums: maybe(some(word)), campaigns: maybe(some(word)) }),
  fc.constantFrom("other", "gone").map((segment) => ({ kind: "in-segment" as const, segment })),
  fc
    .record({ kind: fc.constant("rfm" as const), recency: score, frequency: maybe(score), money: maybe(score) })
    .map((one) => ({ ...one, recency: one.frequency === undefined ? one.recency : undefined })),
  some(fc.constantFrom(...rfmGroups)).map((groups) => ({ kind: "rfm-group" as const, groups })),
  some(fc.constantFrom(...stages)).map((all) => ({ kind: "lifecycle" as const, stages: all })),
  { weight: 2, arbitrary: anyForetelling },
);

/** Rules up to three groups deep, in their canonical form. */
export const anyRule: fc.Arbitrary<Node> = fc
  .letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      anyCondition,
      fc.record({ kind: fc.constant("all" as const), of: fc.array(tie("node"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ kind: fc.constant("any" as const), of: fc.array(tie("node"), { minLength: 1, maxLength: 3 }) }),
      tie("node").map((of) => ({ kind: "not" as const, of })),
    ),
  }))
  .node.map((match) => {
    const read = readRule({ version: 1, match });
    if (!read.ok) throw new Error(`A random rule is none: ${JSON.stringify(read.problems)}`);
    return read.rule.match;
  });

const item = fc.record({ productId: fc.option(product, { freq: 9 }), priceMinor: fc.option(fc.constantFrom(4, 5, 10, 16), { freq: 9 }) });

function deedsOfKind(kind: LoggedKind, at: fc.Arbitrary<Date>, most: number): fc.Arbitrary<Deed[]> {
  const filters: readonly string[] = deedKinds[kind].filters;
  const tag = fc.option(word, { freq: 5 });
  const fields = fc.record({
    ...(filters.includes("product") ? { item } : {}),
    ...(filters.includes("collection") ? { collectionId: fc.option(collection, { freq: 5 }) } : {}),
    ...(filters.includes("form") ? { form: word } : {}),
    ...(filters.includes("flow") ? { flow: word } : {}),
    ...(filters.includes("utm") ? { source: tag, medium: tag, campaign: tag } : {}),
  });
  return fc
    .array(fc.tuple(at, fields), { maxLength: most, size: "max" })
    .map((all) => all.map(([moment_, rest], index) => ({ id: `${kind} ${index}`, at: moment_, ...rest })));
}

const factKinds: readonly DeedKind[] = ["ordered", "filled-cart", "was-in-checkout"];
const loggedKinds = deedKindNames.filter((kind): kind is LoggedKind => !factKinds.includes(kind));
const token = fc.constantFrom("t1", "t2", "t3");

/** One profile's history, its moments drawn from `at`. */
export function anyHistory(at: fc.Arbitrary<Date> = anyMoment, most = 4): fc.Arbitrary<History> {
  const deeds = fc.record(Object.fromEntries(loggedKinds.map((kind) => [kind, deedsOfKind(kind, at, most)])) as Record<LoggedKind, fc.Arbitrary<Deed[]>>);
  return fc.record({
    deeds,
    orders: fc
      .array(
        fc.record({
          ...{ placedAt: at, cartToken: fc.option(token), checkoutToken: fc.option(token), netMinor: fc.constantFrom(0, 5, 10, 25) },
          items: fc.array(item, { maxLength: 2 }),
        }),
        { maxLength: 3 },
      )
      .map((all) => all.map((one, index) => ({ orderId: `o${index}`, ...one }))),
    carts: fc.uniqueArray(fc.record({ token, updatedAt: at, itemCount: fc.nat(1) }), { maxLength: 2, selector: (one) => one.token }),
    checkouts: fc.uniqueArray(
      fc.record({
        ...{ token, cartToken: fc.option(token), startedAt: at, updatedAt: at, completedAt: fc.option(at, { freq: 1 }), reachable: fc.boolean() },
      }),
      { maxLength: 2, selector: (one) => one.token },
    ),
    person: fc.record({
      ...{ country: fc.constantFrom(null, "GB", "FR"), locale: fc.constantFrom(null, "en-GB", "fr"), hasEmail: fc.boolean(), hasPhone: fc.boolean() },
      emailConsent: fc.constantFrom("none" as const, "single" as const, "confirmed" as const, "out" as const),
      firstSeenAt: fc.option(at, { freq: 5 }),
      firstLanding: fc.option(fc.record({ source: fc.option(word), medium: fc.option(word), campaign: fc.option(word) })),
    }),
  });
}

/** A shop's past: people who order some days apart, more or less regularly. */
function pastOf(every: number, leave: number, days: number, people: number): Model {
  const bought = Array.from({ length: people }, (_, who): Bought => {
    const began = after(firstMoment, -(days - (who % 7) * 5) * day);
    const count = 1 + ((who * 7) % leave);
    const orders = Array.from({ length: count }, (_one, nth) => ({ at: after(began, nth * (every + (who % 4)) * day), netMinor: 5 + ((who * 11) % 20) }));
    return { count, firstAt: began, orders };
  });
  return learn(bought, firstMoment, "2026-09-20");
}

/** Of the last but one too little is known for a year ahead, of the last for anything. Few, and always the same: each is worked out once. */
const models = [pastOf(3, 5, 200, 60), pastOf(10, 5, 400, 60), pastOf(10, 2, 400, 60), pastOf(40, 6, 500, 40), pastOf(3, 4, 90, 40), pastOf(3, 2, 400, 4)];
export const anyModel = fc.constantFrom(...models);
/** A shop of which enough is known for everything that can be asked. */
export const knownModel = pastOf(10, 5, 400, 60);

/** A shop, in a time zone whose clocks change meanwhile. One product lies in no collection, one is not known at all. */
export const anyWorld: fc.Arbitrary<World> = fc.record({
  timezone: fc.constantFrom("Europe/London", "Pacific/Auckland", "Australia/Lord_Howe"),
  catalogue: fc.constant(
    new Map([
      ["1", { vendor: "a", collections: ["c1", "c2"] }],
      ["2", { vendor: "b", collections: [] }],
    ]),
  ),
  rfm: fc.option(fc.constant({ madeOn: "2026-09-20", recencyDays: [2, 5, 10, 20], orders: [0, 1, 1, 2], spentMinor: [0, 5, 10, 20] } as const), { freq: 5 }),
  predictions: fc.option(anyModel, { freq: 9 }),
  rules: anyRule.map((other) => new Map([["other", other]])),
});
