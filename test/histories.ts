// Histories as the tables hold them: each person with two browsers, and beside what counts some of what does not.
import { addUpOrders } from "../app/commerce/update.server.ts";
import { db } from "../app/db.server.ts";
import type { EventName } from "../app/events/event.ts";
import { after, day, minute } from "../app/lib/time.ts";
import { deedKinds } from "../app/segments/deed.ts";
import { momentsKept, type Deed, type History, type LoggedKind } from "../app/segments/history.ts";
import { dateOf } from "../app/lib/shop-days.ts";
import type { Shop } from "../app/shops/shop.ts";
import { transaction } from "../app/tx.server.ts";
import { joinUp } from "../app/visits/store.server.ts";
import { daysKept } from "../app/visits/visit.ts";

export type Person = { id: string; history: History };

const kinds = (history: History) => Object.entries(history.deeds) as [LoggedKind, Deed[]][];
const isBrowsers = (kind: LoggedKind) => deedKinds[kind].browser;

/** A history that rows can tell: whatever a browser did was a visit, too, and an opt-out is a word. Tokens and ids are this person's own. */
export function tellable(history: History, of: string): History {
  const visited = kinds(history)
    .filter(([kind]) => isBrowsers(kind))
    .flatMap(([kind, deeds]) => deeds.map((one) => ({ id: `${kind} ${one.id}`, at: one.at })));
  const { person } = history;
  const mine = <T extends string | null>(token: T) => (token === null ? token : `${of} ${token}`) as T;
  const first = visited.reduce<Date | null>((best, { at }) => (best === null || at < best ? at : best), null);
  const firstSeenAt = person.firstSeenAt ?? first ?? (person.firstLanding === null ? null : new Date("2026-09-20T00:00:00Z"));
  const unsubscribed = (history.deeds.unsubscribed ?? []).length > 0;
  return {
    deeds: { ...history.deeds, visited },
    orders: history.orders.map((one) => ({ ...one, orderId: mine(one.orderId), cartToken: mine(one.cartToken), checkoutToken: mine(one.checkoutToken) })),
    carts: history.carts.map((one) => ({ ...one, token: mine(one.token) })),
    checkouts: history.checkouts.map((one) => ({ ...one, token: mine(one.token), cartToken: mine(one.cartToken) })),
    person: { ...person, firstSeenAt, emailConsent: person.emailConsent === "none" && unsubscribed ? "out" : person.emailConsent },
  };
}

type Row = { source_id: string; name: string; subject: string; at: Date; data: object };
type Browser = { visitor: string; profileId: string };
let ids = 0;
/** An id that is this run's own, in the shape of a UUID. */
const uuid = () => `00000000-0000-4000-8000-${(++ids).toString(16).padStart(12, "0")}`;

const productKinds: readonly LoggedKind[] = ["viewed-product", "added-to-cart", "removed-from-cart"];
function detailOf(kind: LoggedKind, deed: Deed): string | null {
  if (productKinds.includes(kind)) return deed.item?.productId ?? null;
  return kind === "viewed-collection" ? (deed.collectionId ?? null) : (deed.form ?? null);
}

function eventOf(kind: LoggedKind, deed: Deed, { visitor }: Browser): Row {
  const [name] = deedKinds[kind].events;
  const { item, collectionId, form, source, medium, campaign } = deed;
  // Somebody always writes a tag with a capital letter.
  const data = {
    productId: item?.productId,
    priceMinor: item?.priceMinor,
    collectionId,
    form,
    source: source?.length === 1 ? source.toUpperCase() : source,
    medium,
    campaign,
  };
  const said = Object.fromEntries(Object.entries(data).filter(([, one]) => one !== null && one !== undefined));
  return { source_id: `pixel/${uuid()}`, name: name ?? "page.viewed", subject: `visitor:${visitor}`, at: deed.at, data: said };
}

function deedRows(shopId: number, one: Browser, deeds: [LoggedKind, Deed][]) {
  const groups = Map.groupBy(
    deeds
      .filter(([kind]) => kind !== "visited")
      .flatMap(([kind, deed]) => [
        { kind, detail: "", deed },
        ...[detailOf(kind, deed)].flatMap((detail) => (detail === null ? [] : [{ kind, detail, deed }])),
      ]),
    ({ kind, detail }) => JSON.stringify([kind, detail]),
  );
  return [...groups.values()].map((all) => {
    const moments = all.map(({ deed }) => deed.at).sort((a, b) => b.getTime() - a.getTime());
    const { kind, detail } = all[0] as (typeof all)[number];
    const lastAt = moments[0] as Date;
    return {
      shopId,
      visitor: one.visitor,
      profileId: one.profileId,
      kind,
      detail,
      moments: moments.slice(0, momentsKept),
      count: all.length,
      lastAt,
      whole: false,
    };
  });
}

/** The last moment of each of the last days, newest first, in milliseconds. */
function daysOf(deeds: [LoggedKind, Deed][], timezone: string): number[] {
  const days = Map.groupBy(deeds.map(([, { at }]) => at.getTime()).sort((a, b) => b - a), (at) => dateOf(new Date(at), timezone)); // prettier-ignore
  return [...days.values()].map((all) => all[0] as number).slice(0, daysKept);
}

function rowsOf(shopId: number, { id, history }: Person, timezone: string) {
  const { person } = history;
  const events: Row[] = [];
  // Every third has one browser only.
  const browsers = (parseInt(id.slice(-4), 16) % 3 === 0 ? ["a"] : ["a", "b"]).map((name) => ({ visitor: `${id} ${name}`, profileId: id }));
  const done = browsers.map((): [LoggedKind, Deed][] => []);
  // What else a browser does is a visit as it is; its own rows come from the same events.
  for (const [kind, deeds] of kinds(history)) {
    if (!isBrowsers(kind)) continue;
    for (const deed of deeds) {
      const which = Math.floor(deed.at.getTime() / minute / 15) % browsers.length;
      done[which]?.push([kind, deed]);
      if (kind !== "visited" || deed.id.startsWith("visited ")) events.push(eventOf(kind, deed, browsers[which] as Browser));
    }
  }
  const seen = person.firstSeenAt;
  const landing = person.firstLanding === null ? null : { at: seen, ...person.firstLanding };
  const visits = browsers.map(({ visitor }, index) => ({
    ...{ shopId, visitor, profileId: id, firstSeenAt: after(seen ?? new Date(0), index * minute), days: daysOf(done[index] ?? [], timezone) },
    ...(landing === null ? {} : { landing: index === 0 ? landing : { ...landing, at: after(landing.at ?? new Date(0), minute), source: "later" } }),
  }));
  return { events, visits: seen === null ? [] : visits, deeds: browsers.flatMap((one, index) => deedRows(shopId, one, done[index] ?? [])) };
}

function orderRows(shopId: number, { id, history }: Person) {
  const base = { shopId, profileId: id, test: false, source: "web", currency: "GBP", discountMinor: 0, discountCodes: [] };
  const events: Row[] = [];
  const told = (orderId: string, name: EventName, at: Date, lines: object[]) =>
    events.push({ source_id: uuid(), name, subject: `order:${orderId}`, at, data: { orderId, updatedAt: at.toISOString(), lines } });
  const orders = history.orders.map((one) => {
    // Its first state held something else; the newest comes first.
    told(one.orderId, "order.updated", after(one.placedAt, minute), one.items);
    told(one.orderId, "order.placed", one.placedAt, [{ productId: "1", priceMinor: 10 }]);
    const { orderId, placedAt, cartToken, checkoutToken, netMinor } = one;
    const refundedMinor = netMinor === 0 ? 0 : 7;
    return { ...base, orderId, name: orderId, placedAt, updatedAt: placedAt, cartToken, checkoutToken, totalMinor: netMinor + refundedMinor, refundedMinor };
  });
  const placedAt = new Date("2026-10-15T00:00:00Z");
  const others = [{ cancelledAt: placedAt }, { test: true }, { source: "pos" }, { refundedMinor: 9 }].map((odd, index) => {
    const orderId = `${id} odd ${index}`;
    told(orderId, "order.placed", placedAt, [{ productId: "1", priceMinor: 10 }]);
    return { ...base, orderId, name: orderId, placedAt, updatedAt: placedAt, totalMinor: 9, ...odd };
  });
  return { events, orders: [...orders, ...others] };
}

function messageRows(shopId: number, { id, history }: Person) {
  const message = (flowKey: string, state: string, sentAt: Date | null) => ({
    ...{ shopId, id: uuid(), flowKey, runId: uuid(), stepKey: "s", profileId: id, channel: "email", state, sentAt, createdAt: new Date(0) },
  });
  const sent = (history.deeds["was-sent-message"] ?? []).map((one) => message(one.flow ?? "", "sent", one.at));
  const never = message("a", "failed", null);
  const clicks = (history.deeds["clicked-message"] ?? []).map((one) => ({ message: message(one.flow ?? "", "unknown", null), at: one.at }));
  const click = (messageId: string, at: Date, by: string) => ({ shopId, id: uuid(), messageId, position: 0, at, by });
  return {
    messages: [...sent, never, ...clicks.map((one) => one.message)],
    clicks: [...clicks.map((one) => click(one.message.id, one.at, "human")), click(never.id, new Date("2026-10-15T00:00:00Z"), "machine")],
  };
}

function consentRows(shopId: number, { id, history }: Person) {
  const said = (channel: string, state: string, source: string, occurredAt: Date) => ({
    shopId,
    sourceId: uuid(),
    profileId: id,
    channel,
    state,
    source,
    occurredAt,
    recordedAt: occurredAt,
  });
  const state = history.person.emailConsent;
  const late = new Date("2027-01-01T00:00:00Z");
  const words = state === "none" ? [] : [said("email", state === "out" ? "single" : "out", "shopify", new Date(0)), said("email", state, "shopify", late)];
  return [
    ...(history.deeds.unsubscribed ?? []).map((one) => said("email", "out", "unsubscribe", one.at)),
    ...words,
    // At the same moment the opt-out wins; a sale is no word; and text messages are another matter.
    ...(state === "out" ? [said("email", "confirmed", "shopify", late)] : []),
    ...[said("email", "implied-sale", "order", after(late, day)), said("sms", "confirmed", "shopify", after(late, day))],
  ];
}

/** Writes people into a shop, whose clock of days is `timezone`. */
export async function writeHistories(shop: Pick<Shop, "id">, people: Person[], timezone: string): Promise<void> {
  const shopId = shop.id;
  await db.profile.createMany({
    data: people.map(({ id, history: { person } }) => ({
      ...{ shopId, id, firstSeenAt: person.firstSeenAt ?? new Date(0), country: person.country, locale: person.locale },
      ...{ email: person.hasEmail ? "a@example.com" : null, phone: person.hasPhone ? "+441632960000" : null },
    })),
  });
  const browsing = people.map((one) => rowsOf(shopId, one, timezone));
  const ordering = people.map((one) => orderRows(shopId, one));
  const writing = people.map((one) => messageRows(shopId, one));
  await db.visit.createMany({ data: browsing.flatMap((one) => one.visits) });
  await db.deed.createMany({ data: browsing.flatMap((one) => one.deeds) });
  await db.placedOrder.createMany({ data: ordering.flatMap((one) => one.orders) });
  await transaction((tx) => addUpOrders(shopId, null, tx));
  await transaction((tx) => joinUp(shopId, people.map(({ id }) => id), tx)); // prettier-ignore
  await db.message.createMany({ data: writing.flatMap((one) => one.messages) });
  await db.messageClick.createMany({ data: writing.flatMap((one) => one.clicks) });
  await db.consentRecord.createMany({ data: people.flatMap((one) => consentRows(shopId, one)) });
  const of = <T>(some: (history: History) => T[]) => people.flatMap(({ id, history }) => some(history).map((one) => ({ shopId, profileId: id, ...one })));
  const cart = (token: string, updatedAt: Date, itemCount: number) => ({ token, updatedAt, itemCount, createdAt: updatedAt, lines: [] });
  await db.cart.createMany({ data: of(({ carts }) => carts.map((one) => cart(one.token, one.updatedAt, one.itemCount))) });
  await db.checkout.createMany({
    data: of(({ checkouts }) =>
      checkouts.map(({ reachable, ...one }) => ({ ...one, email: reachable ? "a@example.com" : null, currency: "GBP", totalMinor: 0, lines: [] })),
    ),
  });
  const gone = new Date("2026-10-15T00:00:00Z");
  await db.checkout.createMany({
    data: people.map(({ id }) => ({
      ...{
        shopId,
        profileId: id,
        token: `${id} gone`,
        startedAt: gone,
        updatedAt: gone,
        deletedAt: gone,
        email: "a@example.com",
        currency: "GBP",
        totalMinor: 0,
        lines: [],
      },
    })),
  });
  const events = [...browsing, ...ordering].flatMap((one) => one.events);
  await db.$executeRaw`
    INSERT INTO event (source_at, occurred_at, seq, shop_id, source_id, name, subject, data)
    SELECT r.at, r.at, row_number() OVER (), ${shopId}, r.source_id, r.name, r.subject, r.data
    FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb) AS r(source_id text, name text, subject text, at timestamptz, data jsonb)`;
}
