// Memberships that are kept as events arrive and time passes are what the rules say of everything that happened.
import fc from "fast-check";
import { expect, test } from "vitest";
import { eventsOf, happenings, lateness, toldAt } from "../../test/happenings.ts";
import { anyRule, firstMoment } from "../../test/rules.ts";
import { counts } from "../commerce/ordered.ts";
import { db } from "../db.server.ts";
import { append, ensurePartitions } from "../events/append.server.ts";
import type { EventData, EventOf, NewEvent } from "../events/event.ts";
import { newId } from "../lib/id.server.ts";
import { after, day, hour } from "../lib/time.ts";
import { writeProductsIn } from "../products/catalogue-store.server.ts";
import { queue } from "../queue.server.ts";
import { decide } from "../segments/evaluate.ts";
import { countNext } from "../segments/count.server.ts";
import { fillPage } from "../segments/fill.server.ts";
import { nobody, type Deed, type History, type LoggedKind, type Ordered } from "../segments/history.ts";
import type { DeedKind } from "../segments/deed.ts";
import { needsOf } from "../segments/needs.ts";
import { canonical, type Node } from "../segments/rule.ts";
import { saveSegment } from "../segments/saved.server.ts";
import { worldOf } from "../segments/world.server.ts";
import { shopByDomain, updateShop } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { answerRequests } from "./forget.server.ts";
import { processBatch } from "./process-event.server.ts";
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
  return needs.speed === "hot" && !needs.catalogue;
});
/** What takes the log. What orders held is not told here. */
const slowRule = anyRule.filter((rule) => {
  const needs = needsOf(rule, new Map(), nowhere.timezone, nowhere.now);
  return needs.speed === "slow" && !needs.catalogue && needs.slow.every(({ why }) => why !== "lines");
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

async function save(shop: Shop, name: string, rule: Node, now: Date): Promise<string> {
  const saved = await saveSegment(shop, { key: null, name, rule: { version: 1, match: rule }, madeFrom: null, version: null }, now);
  return saved.outcome === "saved" ? saved.key : expect.unreachable(JSON.stringify(saved));
}

const visitKinds: Partial<Record<NewEvent["name"], LoggedKind | null>> = {
  ...{ "page.viewed": null, "checkout.step": null, "landing.arrived": "landed", "product.viewed": "viewed-product", "collection.viewed": "viewed-collection" },
  ...{
    "search.submitted": "searched",
    "cart.viewed": "viewed-cart",
    "product.added-to-cart": "added-to-cart",
    "product.removed-from-cart": "removed-from-cart",
  },
  ...{ "form.started": "started-form", "form.abandoned": "left-form", "form.submitted": "sent-form" },
};

/** Whose a key is. After an erasure no key leads anywhere: what was hers then stays with her. */
type Owner = (key: string) => string | null;

async function ownersOf(shop: Shop): Promise<Owner> {
  const aliases = new Map((await db.profileAlias.findMany({ where: { shopId: shop.id } })).map((one) => [`${one.kind}:${one.key}`, one.profileId]));
  return (key) => aliases.get(key) ?? null;
}

const named = <Name extends NewEvent["name"]>(told: NewEvent[], ...names: Name[]) =>
  told.filter((one): one is Extract<NewEvent, { name: Name }> => (names as string[]).includes(one.name));

function newest<Data extends { updatedAt: string }>(all: Data[], key: (one: Data) => string): Data[] {
  const best = new Map<string, Data>();
  for (const one of all) if ((best.get(key(one))?.updatedAt ?? "") < one.updatedAt) best.set(key(one), one);
  return [...best.values()];
}

/** Everything the rules may ask of each person, straight from what was told. Only who she is, is asked of the product. */
async function historiesOf(shop: Shop, told: NewEvent[], owner: Owner, erased: string | null): Promise<Map<string, History>> {
  const profiles = await db.profile.findMany({ where: { shopId: shop.id, mergedInto: null } });
  const histories = new Map<string, History>(
    profiles.map((one) => [
      one.id,
      {
        ...{ deeds: {}, orders: [], carts: [], checkouts: [] },
        person: { ...nobody, country: one.country, locale: one.locale, hasEmail: one.email !== null, hasPhone: one.phone !== null },
      },
    ]),
  );
  const visits = told
    .filter((one) => one.name in visitKinds && owner(one.subject ?? "") !== erased)
    .sort((a, b) => b.occurredAt.getTime() - a.occurredAt.getTime());
  for (const event of visits) {
    const mine = histories.get(owner(event.subject ?? "") ?? "") ?? expect.unreachable(`${event.subject} is nobody`);
    const { occurredAt: at, data, sourceId: id } = event as EventOf<"product.viewed">;
    const all = data as unknown as EventData<"landing.arrived"> & EventData<"form.started"> & EventData<"collection.viewed">;
    const put = (kind: LoggedKind, deed: Deed) => (mine.deeds[kind] ??= []).push(deed);
    put("visited", { id, at });
    const kind = visitKinds[event.name];
    if (kind) {
      put(kind, {
        ...{ id, at },
        ...(kind.endsWith("product") || kind.endsWith("-cart")
          ? kind === "viewed-cart"
            ? {}
            : { item: { productId: data.productId, priceMinor: data.priceMinor } }
          : {}),
        ...(kind === "viewed-collection" ? { collectionId: all.collectionId } : {}),
        ...(kind.endsWith("form") ? { form: all.form } : {}),
        ...(kind === "landed" ? { source: all.source, medium: all.medium, campaign: all.campaign } : {}),
      });
    }
    const first = mine.person.firstSeenAt;
    mine.person.firstSeenAt = first === null || at < first ? at : first;
    // Newest first: the last one that is looked at is the first that happened.
    if (kind === "landed") mine.person.firstLanding = { source: all.source, medium: all.medium, campaign: all.campaign };
  }
  const of = (key: string) => histories.get(owner(key) ?? "");
  for (const one of newest(
    named(told, "cart.updated").map((event) => event.data),
    ({ token }) => token,
  )) {
    of(`cart:${one.token}`)?.carts.push({
      token: one.token,
      updatedAt: new Date(one.updatedAt),
      itemCount: one.lines.reduce((sum, line) => sum + line.quantity, 0),
    });
  }
  for (const one of newest(
    named(told, "checkout.updated").map((event) => event.data),
    ({ token }) => token,
  )) {
    of(`checkout:${one.token}`)?.checkouts.push({
      ...{ token: one.token, cartToken: one.cartToken, startedAt: new Date(one.startedAt), updatedAt: new Date(one.updatedAt) },
      ...{
        completedAt: one.completedAt === null ? null : new Date(one.completedAt),
        reachable: one.person.email !== null && owner(`checkout:${one.token}`) !== erased,
      },
    });
  }
  const given = new Map<string, number>();
  for (const { data } of named(told, "order.refunded")) given.set(data.orderId, (given.get(data.orderId) ?? 0) + data.amountMinor);
  for (const one of newest(
    named(told, "order.placed", "order.updated", "order.cancelled").map((event) => event.data),
    ({ orderId }) => orderId,
  )) {
    const refundedMinor = given.get(one.orderId) ?? 0;
    if (!counts({ ...one, refundedMinor, cancelledAt: one.cancelledAt === null ? null : new Date(one.cancelledAt) }, shop)) continue;
    const order: Ordered = {
      ...{ orderId: one.orderId, placedAt: new Date(one.placedAt), cartToken: one.cartToken, checkoutToken: one.checkoutToken },
      ...{ netMinor: one.totalMinor - refundedMinor, items: [] },
    };
    of(`order:${one.orderId}`)?.orders.push(order);
  }
  // What we sent, and what the ledger holds, is told by no browser and by no webhook: it stands in their own tables.
  for (const one of await db.consentRecord.findMany({ where: { shopId: shop.id, state: { not: "implied-sale" } }, orderBy: { occurredAt: "asc" } })) {
    const mine = histories.get(one.profileId);
    if (mine === undefined) continue;
    mine.person.emailConsent = one.state as History["person"]["emailConsent"];
    if (one.source === "unsubscribe") (mine.deeds.unsubscribed ??= []).push({ id: one.sourceId, at: one.occurredAt });
  }
  const messages = await db.message.findMany({ where: { shopId: shop.id } });
  const clicks = await db.messageClick.findMany({ where: { shopId: shop.id, by: "human" } });
  for (const { id, profileId, sentAt } of messages) {
    const mine = histories.get(profileId);
    if (sentAt !== null) (mine?.deeds ?? {})["was-sent-message"] = [...(mine?.deeds["was-sent-message"] ?? []), { id, at: sentAt }];
    for (const click of clicks.filter((one) => one.messageId === id)) {
      (mine?.deeds ?? {})["clicked-message"] = [...(mine?.deeds["clicked-message"] ?? []), { id: click.id, at: click.at }];
    }
  }
  return histories;
}

/** What products of a shop belong to, as it was told. */
const shelves = new Map<number, Map<string, { vendor: string | null; collections: string[] }>>();

/** A product comes to another vendor and other collections, told by itself or by one of the collections. */
async function shelve(shop: Shop, draw: (below: number) => number, now: Date): Promise<void> {
  const mine = shelves.get(shop.id) ?? new Map<string, { vendor: string | null; collections: string[] }>();
  shelves.set(shop.id, mine);
  const productId = String(1 + draw(2));
  const held = mine.get(productId) ?? { vendor: null, collections: [] };
  const collection = `c${1 + draw(2)}`;
  if (draw(2) === 0) {
    const vendor = draw(2) === 0 ? "a" : "b";
    const data = { productId, title: "Mug", status: "active", updatedAt: now.toISOString(), vendor };
    const event = { name: "product.updated", sourceId: `product.updated/${newId(now)}`, sourceAt: now, occurredAt: now, subject: null, data };
    await tell(shop, [event as NewEvent], now);
    mine.set(productId, { ...held, vendor });
  } else {
    const others = [...mine].filter(([id, one]) => id !== productId && one.collections.includes(collection)).map(([id]) => id);
    const into = !held.collections.includes(collection);
    await transaction((tx) => writeProductsIn(shop.id, collection, into ? [...others, productId] : others, now, tx));
    mine.set(productId, { ...held, collections: into ? [...held.collections, collection] : held.collections.filter((one) => one !== collection) });
  }
}

const seen = { looks: 0, members: 0, slow: 0, left: 0, own: 0, merges: 0, erased: 0, moved: 0, byShelf: 0 };

/** Holds what is kept against what the rules say of everything that was told. */
async function compare(shop: Shop, told: NewEvent[], now: Date, when: string, owner?: Owner, erased: string | null = null): Promise<void> {
  const histories = await historiesOf(shop, told, owner ?? (await ownersOf(shop)), erased);
  // Slow ones are counted here as if a quarter of an hour had passed each time.
  await db.segment.updateMany({ where: { shopId: shop.id, countDue: { not: null } }, data: { countDue: firstMoment, countAgain: true } });
  while (await countNext(shop, now));
  const { world: found_, ...kept_ } = await worldOf(shop);
  const world = { ...found_, catalogue: shelves.get(shop.id) ?? new Map<string, never>() };
  const live = [...kept_.live, ...kept_.slow];
  seen.slow += kept_.slow.length;
  const expected = [...histories].flatMap(([id, history]) =>
    live.filter((one) => decide(one.rule, history, world, now).member).map((one) => `${one.key} ${id}`),
  );
  const kept = await db.membership.findMany({ where: { shopId: shop.id } });
  const found = kept.map((one) => `${one.segmentKey} ${one.profileId}`);
  const rules = [...expected, ...found]
    .filter((one) => expected.includes(one) !== found.includes(one))
    .map((one) => `${one}: ${canonical(live.find(({ key }) => one.startsWith(`${key} `))?.rule ?? {})}`);
  expect(found.sort(), `${when} at ${now.toISOString()}: ${rules.join("; ")}`).toEqual(expected.sort());
  seen.looks += 1;
  seen.members += kept.length;
  const byShelf = new Set(live.filter(({ needs }) => needs.catalogue).map((one) => one.key));
  seen.byShelf += kept.filter((one) => byShelf.has(one.segmentKey)).length;
  seen.own += kept.filter((one) => one.segmentKey.includes("-7")).length;
}

async function tell(shop: Shop, burst: NewEvent[], now: Date): Promise<void> {
  await transaction((tx) => append(burst.map((event) => ({ shopId: shop.id, event })), tx)); // prettier-ignore
  while ((await processBatch(shop, now)) > 0);
}

/** We write to somebody, and sometimes she, or a scanner, opens a link, or she unsubscribes. */
async function write(shop: Shop, draw: (below: number) => number, now: Date): Promise<NewEvent[]> {
  const people = await db.profile.findMany({ where: { shopId: shop.id, mergedInto: null }, orderBy: { id: "asc" } });
  const profileId = people[draw(people.length)]?.id ?? expect.unreachable();
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

const chances = fc.infiniteStream(fc.nat());

test("after every burst and at every clock the members are those of whom the rule is true, whatever comes late, twice, merged, given back or erased", async () => {
  await queue();
  const months = [0, 30, 60, 90, 120].map((days) => after(firstMoment, days * day));
  await ensurePartitions(months);
  await ensurePartitions(months, "pixel");
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("Europe/London", "Pacific/Auckland"),
      fc.array(hotRule, { minLength: 6, maxLength: 12 }),
      fc.array(slowRule, { minLength: 2, maxLength: 3 }),
      happenings(15, 40),
      fc.array(lateness, { minLength: 40, maxLength: 40 }),
      chances,
      async (timezone, rules, slow, all, late, chance) => {
        const draw = (below: number) => (chance.next().value as number) % below;
        const shop = await newShop(timezone);
        const firstKey = await save(shop, "first", rules[0] as Node, firstMoment);
        const asking = (rule: Node) => JSON.parse(JSON.stringify(rule).replaceAll('"other"', JSON.stringify(firstKey))) as Node;
        for (const [index, rule] of certain.entries()) await save(shop, `certain ${index}`, rule, firstMoment);
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
        let now = firstMoment;
        let bursts = 0;
        while (telling.length > 0) {
          const burst = telling.splice(0, 1 + draw(6));
          now = new Date(Math.max(now.getTime(), ...burst.map((one) => one.at.getTime())));
          // Sometimes a browser's clock is a little ahead of ours.
          if (draw(3) === 0 && burst.length === 1) now = after(now, -Math.min(hour, now.getTime() - firstMoment.getTime()));
          told.push(...burst.map((one) => one.event));
          const again = told.filter(() => draw(8) === 0);
          await tell(shop, [...burst.map((one) => one.event), ...again], now);
          await sweep(now);
          await compare(shop, told, now, "after a burst");
          if (draw(3) === 0) {
            now = after(now, (1 + draw(40)) * hour + draw(60) * 60_000);
            await sweep(now);
            await compare(shop, told, now, "after a sweep");
          }
          if (draw(3) > 0) {
            const before = await db.membershipChange.count({ where: { shopId: shop.id } });
            await shelve(shop, draw, now);
            await sweep(now);
            seen.moved += (await db.membershipChange.count({ where: { shopId: shop.id } })) - before;
            await compare(shop, told, now, "after a product moved");
          }
          if (draw(4) === 0) {
            await tell(shop, await write(shop, draw, now), now);
            await compare(shop, told, now, "after a message");
          }
          bursts += 1;
          if (bursts === 3) {
            // In the middle of it all more segments are made, and one is edited that others ask for.
            for (const [index, rule] of rules.slice(half).entries()) await save(shop, `late ${index}`, asking(rule), now);
            const edited = { key: firstKey, name: "first", rule: { version: 1, match: rules.at(-1) as Node }, madeFrom: null, version: 1 };
            const again_ = await saveSegment(shop, edited, now);
            expect(["saved", "cycle"]).toContain(again_.outcome);
            while (await fillPage(shop, now));
            await compare(shop, told, now, "after a fill");
          }
        }
        for (const days of [3, 12, 40]) {
          now = after(now, days * day + draw(1000) * 60_000);
          await sweep(now);
          await compare(shop, told, now, "when only time passes");
        }
        seen.merges += await db.profileMerge.count({ where: { shopId: shop.id } });
        seen.left += await db.membershipChange.count({ where: { shopId: shop.id, change: "left" } });
        const somebody = await db.profile.findFirst({ where: { shopId: shop.id, mergedInto: null, customerGid: { not: null } } });
        if (somebody !== null) {
          seen.erased += 1;
          const owner = await ownersOf(shop);
          const request = { shopId: shop.id, id: somebody.id, kind: "customer-redact", customerGid: somebody.customerGid, requestedAt: now, dueAt: now };
          await db.privacyRequest.create({ data: request });
          await answerRequests(shop, now);
          await sweep(now);
          await compare(shop, told, now, "after an erasure", owner, somebody.id);
        }
      },
    ),
    {
      endOnFailure: true,
      numRuns: Number(process.env["RUNS"] ?? 12),
      ...(process.env["SEED"] === undefined ? { seed: 20261125 } : { seed: Number(process.env["SEED"]) }),
    },
  );
  // A law about nobody would say nothing.
  expect(seen.members).toBeGreaterThan(100);
  expect(Math.min(seen.own, seen.left, seen.merges, seen.byShelf), JSON.stringify(seen)).toBeGreaterThan(15);
  expect(Math.min(seen.erased, seen.moved)).toBeGreaterThan(2);
  expect(seen.slow).toBeGreaterThan(100);
}, 240_000);
