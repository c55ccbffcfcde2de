// Memberships that are kept as events arrive and time passes are what the rules say of everything that happened: by the plain meaning, and by the whole-shop query.
import fc from "fast-check";
import { expect, test } from "vitest";
import { eventsOf, happenings, lateness, pastOrders, toldAt, type Happening } from "../../test/happenings.ts";
import { historiesOf, ownersOf, type Owner } from "../../test/histories-told.ts";
import { anyRule, firstMoment } from "../../test/rules.ts";
import { catalogueTold, shelve } from "../../test/shelving.ts";
import { db } from "../db.server.ts";
import { append, ensurePartitions } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import { newId } from "../lib/id.server.ts";
import { after, day, hour } from "../lib/time.ts";
import { lacking } from "../predictions/model.ts";
import { queue } from "../queue.server.ts";
import { decide, type Membership } from "../segments/evaluate.ts";
import { countNext } from "../segments/count.server.ts";
import { fillPage } from "../segments/fill.server.ts";
import type { DeedKind } from "../segments/deed.ts";
import { historiesOf as toDecide, historyOf } from "../segments/history.server.ts";
import { nothingDone, type History } from "../segments/history.ts";
import { needsOf } from "../segments/needs.ts";
import { canonical, type Node } from "../segments/rule.ts";
import { saveSegment } from "../segments/saved.server.ts";
import { standardOf } from "../segments/standard.ts";
import { matching } from "../segments/whole-shop.server.ts";
import { worldOf } from "../segments/world.server.ts";
import { shopByDomain, updateShop } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { answerRequests } from "./forget.server.ts";
import { settleSome } from "./new-days.server.ts";
import { processBatch } from "./process-event.server.ts";
import { takeBack } from "./same-person.server.ts";
import { sweep } from "./sweep.server.ts";

let shops = 0;

async function newShop(timezone: string): Promise<Shop> {
  const domain = `live-segments-${(shops += 1)}.myshopify.com`;
  await installed(domain, ["read_orders"], firstMoment);
  const { id } = (await shopByDomain(domain)) ?? expect.unreachable();
  await updateShop(id, { timezone });
  return (await shopByDomain(domain)) ?? expect.unreachable();
}

const nowhere = { timezone: "UTC", now: firstMoment };
const hotRule = anyRule.filter((rule) => {
  const needs = needsOf(rule, new Map(), nowhere.timezone, nowhere.now);
  return needs.speed === "hot";
});
/** What takes the log. What orders held is not told here. */
const slowRule = anyRule.filter((rule) => {
  const needs = needsOf(rule, new Map(), nowhere.timezone, nowhere.now);
  return needs.speed === "slow" && needs.slow.every(({ why }) => why !== "lines");
});

const often = (did: DeedKind, n: number, where = {}): Node => ({
  ...{ kind: "did", did, where, times: { is: "at-least", n }, onDays: false, when: { kind: "ever" } },
});
/** Random rules seldom ask for what random people did often: these do, so that nothing of it may get lost. */
const certain: Node[] = [
  often("visited", 4),
  often("viewed-product", 2),
  often("viewed-product", 1, { products: ["1"] }),
  often("started-form", 1),
  often("viewed-product", 1, { collections: ["c1"] }),
  often("added-to-cart", 1, { vendors: ["a"] }),
  { kind: "not", of: { kind: "any", of: [often("landed", 1), often("was-sent-message", 1), often("searched", 1)] } },
];
/** What is expected moves with each order, with time, and with each day's model: at bounds that some lie near to. */
const expecting: Node[] = [
  ...[15, 40, 60].map((percent): Node => ({ kind: "chance-of-order", within: 90, chance: { is: "at-least", percent } })),
  { kind: "not", of: { kind: "chance-of-order", within: 365, chance: { is: "at-most", percent: 50 } } },
  { kind: "expected-order", due: { kind: "within", length: { amount: 14, unit: "days" } } },
  { kind: "all", of: [{ kind: "expected-order", due: { kind: "overdue", atLeast: { amount: 36, unit: "hours" } } }, often("ordered", 2)] },
  { kind: "predicted-spend", spend: { is: "at-least", value: 25 } },
];

async function save(shop: Shop, name: string, rule: Node, now: Date): Promise<string> {
  const saved = await saveSegment(shop, { key: null, name, rule: { version: 1, match: rule }, madeFrom: null, version: null }, now);
  return saved.outcome === "saved" ? saved.key : expect.unreachable(JSON.stringify(saved));
}

const seen = {
  subjects: 0,
  expected: 0,
  unexpected: 0,
  looks: 0,
  members: 0,
  slow: 0,
  left: 0,
  own: 0,
  merges: 0,
  takenBack: 0,
  erased: 0,
  erasedIn: 0,
  moved: 0,
  shared: 0,
};

/** The same people in the same segments, or the rules they differ by. */
function same(found: string[], expected: string[], rules: { key: string; rule: Node }[], what: string): void {
  const [one, other] = [new Set(found), new Set(expected)];
  const differing = [...new Set([...found, ...expected])].filter((line) => one.has(line) !== other.has(line));
  const ruleOf = (line: string) => canonical(rules.find(({ key }) => line.startsWith(`${key} `))?.rule ?? {});
  expect(found.sort(), `${what}: ${differing.map((line) => `${line}: ${ruleOf(line)}`).join("; ")}`).toEqual(expected.sort());
}

/** Has some of those who are in share rows, as they do after the first fill of a large segment. */
async function shareRows(shop: Shop, draw: (below: number) => number): Promise<void> {
  const shared = (await db.membershipBlock.findMany({ where: { shopId: shop.id } })).map((one) => one.segmentKey);
  // Blocks of a segment do not overlap.
  const rows = await db.membership.findMany({ where: { shopId: shop.id, subject: null, segmentKey: { notIn: shared } }, orderBy: { profileId: "asc" } });
  const some = [...Map.groupBy(rows, (one) => one.segmentKey).values()].filter(() => draw(2) === 0);
  const blocks = some.flatMap((members) =>
    Array.from({ length: Math.ceil(members.length / 3) }, (_, place) => members.slice(3 * place, 3 * place + 3)).map((mine) => {
      const profileIds = mine.map((one) => one.profileId);
      const [first] = mine as [(typeof mine)[number]];
      const { shopId, segmentKey, profileId, enteredAt } = first;
      return { shopId, segmentKey, first: profileId, last: profileIds.at(-1) ?? profileId, profileIds, enteredAt };
    }),
  );
  await db.membershipBlock.createMany({ data: blocks });
  await db.membership.deleteMany({ where: { shopId: shop.id, subject: null, segmentKey: { in: blocks.map((one) => one.segmentKey) } } });
  seen.shared += blocks.flatMap((one) => one.profileIds).length;
}

/** Holds what is kept, and what the whole-shop queries find, against what the rules say of everything that was told. */
async function compare(shop: Shop, told: NewEvent[], now: Date, when: string, owner?: Owner, erased: string | null = null): Promise<void> {
  const histories = await historiesOf(shop, told, owner ?? (await ownersOf(shop)), erased);
  // Slow ones are counted here as if a quarter of an hour had passed each time.
  await db.segment.updateMany({ where: { shopId: shop.id, countDue: { not: null } }, data: { countDue: firstMoment, countAgain: true } });
  while (await countNext(shop, now));
  const { world: read, ...segments } = await worldOf(shop);
  const world = { ...read, catalogue: catalogueTold(shop) };
  const live = [...segments.live, ...segments.slow];
  seen.slow += segments.slow.length;
  const membersOf = (rules: { key: string; rule: Node }[]) =>
    [...histories].flatMap(([id, history]) => rules.filter((one) => decide(one.rule, history, world, now).member).map((one) => `${one.key} ${id}`));
  const expected = membersOf(live);
  const moment = `${when} at ${now.toISOString()}`;
  const kept = await db.$queryRaw<
    { segmentKey: string; profileId: string }[]
  >`SELECT segment_key AS "segmentKey", profile_id::text AS "profileId" FROM member WHERE shop_id = ${shop.id}`;
  same(
    kept.map((one) => `${one.segmentKey} ${one.profileId}`),
    expected,
    live,
    `kept ${moment}`,
  );
  // What is read to decide is less than what is kept, and comes to the same: whether, because of what, and until when.
  const looking = segments.live.filter(({ needs }) => needs.kinds.includes("viewed-product") && !needs.productKinds.includes("viewed-product"));
  const ids = [...histories.keys()];
  for (const { key, rule, needs } of looking) {
    const [all, least] = await Promise.all([historyOf(shop, ids, [needs]), toDecide(shop, new Map(ids.map((id) => [id, [needs]])), now)]);
    const decided = (read: (id: string) => History) => ids.map((id): [string, Membership] => [id, decide(rule, read(id), world, now)]);
    expect(decided(least), `${key} ${moment}`).toEqual(decided((id) => all.get(id) ?? nothingDone));
    seen.subjects += decided(least).filter(([, { subject }]) => subject !== null).length;
  }
  const found: string[] = [];
  for (const { key, rule } of live) {
    const answer = await matching(shop, rule, now);
    found.push(...(answer.ok ? answer.answer : expect.unreachable(answer.reason)).map((id) => `${key} ${id}`));
  }
  same(found, expected, live, `found ${moment}`);
  const expectingKeys = new Set(live.filter(({ needs, key }) => needs.predictions && standardOf(key) === null).map(({ key }) => key));
  seen.expected += kept.filter((one) => expectingKeys.has(one.segmentKey)).length;
  seen.unexpected += world.predictions === null || lacking(world.predictions, 90) !== null ? 1 : 0;
  seen.looks += 1;
  seen.members += kept.length;
  seen.own += kept.filter((one) => standardOf(one.segmentKey) === null).length;
}

async function tell(shop: Shop, burst: NewEvent[], now: Date): Promise<void> {
  await transaction((tx) => append(burst.map((event) => ({ shopId: shop.id, event })), tx)); // prettier-ignore
  // Every other time as if there were much to read.
  bursts += 1;
  while ((await processBatch(shop, now, bursts % 2 === 0 ? { sharedFrom: 1 } : {})) > 0);
}
let bursts = 0;

/** One of the merges that hold is taken back; false where there is none that could be. */
async function tookBack(shop: Shop, draw: (below: number) => number, now: Date): Promise<boolean> {
  const merges = await db.profileMerge.findMany({ where: { shopId: shop.id, undoneAt: null, reason: { not: "merged" } }, orderBy: { id: "asc" } });
  const merge = merges[draw(Math.max(1, merges.length))];
  if (merge === undefined || (await takeBack(shop, merge.id, now)) !== "done") return false;
  seen.takenBack += 1;
  return true;
}

/** We write to somebody, and sometimes she, or a scanner, opens a link, or she unsubscribes. */
async function write(shop: Shop, draw: (below: number) => number, now: Date, to?: string): Promise<NewEvent[]> {
  const people = await db.profile.findMany({ where: { shopId: shop.id, mergedInto: null }, orderBy: { id: "asc" } });
  const profileId = to ?? people[draw(Math.max(1, people.length))]?.id;
  // Of what was given back for an order nobody has told of, nobody is known.
  if (profileId === undefined) return [];
  const [id, runId] = [newId(now), newId(now)];
  const named_ = { flowKey: "abandoned-checkout", stepKey: "first", channel: "email", profileId };
  await db.message.create({ data: { shopId: shop.id, id, runId, ...named_, state: "sent", createdAt: now, sentAt: now } });
  const data = { ...named_, messageId: id };
  const event = (name: "message.sent" | "message.clicked" | "message.unsubscribed", more: object = {}) =>
    ({ name, sourceId: `${name}/${newId(now)}`, sourceAt: now, occurredAt: now, subject: `profile:${profileId}`, data: { ...data, ...more } }) as NewEvent;
  const events = [event("message.sent")];
  const by = draw(2) === 0 ? ("human" as const) : ("machine" as const);
  if (draw(2) === 0) {
    const click = event("message.clicked", { by, position: 1 });
    await db.messageClick.create({ data: { shopId: shop.id, id: click.sourceId.slice("message.clicked/".length), messageId: id, position: 1, at: now, by } });
    events.push(click);
  }
  if (draw(3) === 0) events.push(event("message.unsubscribed"));
  return events;
}

/** Some of what happens is half a year later, so that clocks are put forward and back again in one shop's time. */
const laterBy = 165 * day;
const overBothChanges = fc
  .tuple(happenings(15, 40), fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }))
  .map(([all, later]) =>
    all.map((one, index): Happening => (later[index] ? { ...one, at: after(one.at, laterBy) } : one)).sort((a, b) => a.at.getTime() - b.at.getTime()),
  );
/** In London and Auckland an hour, on opposite sides of the year; on Lord Howe half an hour. */
const timezones = fc.constantFrom("Europe/London", "Pacific/Auckland", "Australia/Lord_Howe");
const chances = fc.infiniteStream(fc.nat());

test("after every batch, every sweep and every merge taken back the members are those of whom the rule is true, whatever comes late, twice, merged, given back or erased", async () => {
  await queue();
  // Every month: what is told late may be the first thing of its own.
  const months = (first: number) => Array.from({ length: 14 - first }, (_, index) => after(firstMoment, (first + index) * 30 * day));
  await ensurePartitions(months(-8));
  await ensurePartitions(months(0), "pixel");
  await fc.assert(
    fc.asyncProperty(
      timezones,
      fc.array(hotRule, { minLength: 6, maxLength: 12 }),
      fc.array(slowRule, { minLength: 2, maxLength: 3 }),
      overBothChanges,
      fc.array(lateness, { minLength: 40, maxLength: 40 }),
      chances,
      fc.option(timezones),
      async (timezone, rules, slow, all, late, chance, movesTo) => {
        const draw = (below: number) => (chance.next().value as number) % below;
        let shop = await newShop(timezone);
        const firstKey = await save(shop, "first", rules[0] as Node, firstMoment);
        const asking = (rule: Node) => JSON.parse(JSON.stringify(rule).replaceAll('"other"', JSON.stringify(firstKey))) as Node;
        for (const [index, rule] of [...certain, ...expecting].entries()) await save(shop, `certain ${index}`, rule, firstMoment);
        for (const [index, rule] of slow.entries()) {
          const rule_ = { version: 1, match: asking(rule) };
          const saved = await saveSegment(shop, { key: null, name: `slow ${index}`, rule: rule_, madeFrom: null, version: null }, firstMoment);
          // Some tags cannot be asked for at all.
          expect(["saved", "problems"]).toContain(saved.outcome);
        }
        const half = Math.ceil(rules.length / 2);
        for (const [index, rule] of rules.slice(1, half).entries()) await save(shop, `early ${index}`, asking(rule), firstMoment);
        const telling = eventsOf(all)
          .map((event, index) => ({ event, at: toldAt(event, late[index] ?? 0) }))
          .sort((a, b) => a.at.getTime() - b.at.getTime());
        const told: NewEvent[] = [];
        // In every other shop there is too little to expect anything of anybody.
        if (shops % 2 === 1) {
          told.push(...pastOrders());
          await tell(shop, told, firstMoment);
        }
        let now = firstMoment;
        let bursts = 0;
        const pass = async (to: Date, when: string) => {
          now = to;
          await sweep(now);
          await compare(shop, told, now, when);
        };
        while (telling.length > 0) {
          const burst = telling.splice(0, 1 + draw(6));
          // Sometimes a browser's clock is a little ahead of ours.
          const ahead = draw(3) === 0 && burst.length === 1 ? hour : 0;
          await pass(new Date(Math.max(now.getTime(), ...burst.map((one) => one.at.getTime() - ahead))), "after a sweep");
          if (draw(3) === 0) await shareRows(shop, draw);
          const events = burst.map((one) => one.event);
          const again = told.filter(() => draw(8) === 0);
          told.push(...events);
          // No sweep comes after it: the batch alone must leave everything right.
          await tell(shop, [...events, ...again], now);
          await compare(shop, told, now, "after a batch");
          if (draw(3) > 0) {
            await shelve(shop, draw, now, (event) => tell(shop, [event], now));
            await sweep(now);
            await compare(shop, told, now, "after a product moved");
          }
          if (draw(4) === 0) {
            await tell(shop, await write(shop, draw, now), now);
            await compare(shop, told, now, "after a message");
          }
          if (draw(3) === 0) await pass(after(now, (1 + draw(40)) * hour + draw(60) * 60_000), "after a while");
          if (draw(2) === 0 && (await tookBack(shop, draw, now))) await compare(shop, told, now, "after a merge was taken back");
          bursts += 1;
          if (bursts === 5 && movesTo !== null) {
            await updateShop(shop.id, { timezone: movesTo });
            shop = { ...shop, timezone: movesTo };
            await sweep(now);
            while (await settleSome(shop, now, 7));
            await sweep(now);
            await compare(shop, told, now, "after the shop's days became others");
            seen.moved += 1;
          }
          if (bursts === 3) {
            // In the middle of it all more segments are made, and one is edited that others ask for.
            for (const [index, rule] of rules.slice(half).entries()) await save(shop, `late ${index}`, asking(rule), now);
            const edited = { key: firstKey, name: "first", rule: { version: 1, match: rules.at(-1) as Node }, madeFrom: null, version: 1 };
            const again_ = await saveSegment(shop, edited, now);
            expect(["saved", "cycle"]).toContain(again_.outcome);
            while (await fillPage(shop, now, { blocksFrom: 1 }));
            await compare(shop, told, now, "after a fill");
          }
        }
        for (const days of [3, 12, 40]) await pass(after(now, days * day + draw(1000) * 60_000), "when only time passes");
        if (await tookBack(shop, draw, now)) await compare(shop, told, now, "after a merge was taken back in the end");
        seen.merges += await db.profileMerge.count({ where: { shopId: shop.id } });
        seen.left += await db.membershipChange.count({ where: { shopId: shop.id, change: "left" } });
        const somebody = await db.profile.findFirst({ where: { shopId: shop.id, mergedInto: null, customerGid: { not: null } } });
        if (somebody !== null) {
          seen.erased += 1;
          const owner = await ownersOf(shop);
          const request = { shopId: shop.id, id: somebody.id, kind: "customer-redact", customerGid: somebody.customerGid, requestedAt: now, dueAt: now };
          await db.privacyRequest.create({ data: request });
          await answerRequests(shop, now);
          seen.erasedIn += await db.membershipChange.count({ where: { shopId: shop.id, profileIds: { has: somebody.id }, change: "left", at: now } });
          for (const days of [0, 1, 20]) {
            // What was on its way to her still comes, and makes nobody of her.
            if (days === 1) await tell(shop, await write(shop, draw, now, somebody.id), now);
            now = after(now, days * day);
            if (days > 0) await sweep(now);
            await compare(shop, told, now, `${days} days after an erasure`, owner, somebody.id);
          }
        }
      },
    ),
    {
      endOnFailure: true,
      numRuns: Number(process.env["RUNS"] ?? 8),
      ...(process.env["SEED"] === undefined ? {} : { seed: Number(process.env["SEED"]) }),
    },
  );
  // A law about nobody would say nothing.
  expect(seen.members).toBeGreaterThan(100);
  expect(Math.min(seen.own, seen.left)).toBeGreaterThan(20);
  expect(Math.min(seen.subjects, seen.merges, seen.erased, seen.erasedIn, seen.takenBack, seen.moved)).toBeGreaterThan(0);
  expect(Math.min(seen.slow, seen.shared)).toBeGreaterThan(100);
  expect(seen.expected).toBeGreaterThan(100);
}, 300_000);
