// Everything that rules may ask of each person, worked out plainly from all that was told: what is kept is held against it.
import { counts } from "../app/commerce/ordered.ts";
import { db } from "../app/db.server.ts";
import type { EventData, EventOf, NewEvent } from "../app/events/event.ts";
import { nobody, type Deed, type History, type LoggedKind, type Ordered } from "../app/segments/history.ts";
import type { Shop } from "../app/shops/shop.ts";

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

function lost(subject: string | null): never {
  throw new Error(`${subject} is nobody`);
}

/** Whose a key is. After an erasure no key leads anywhere: what was hers then stays with her. */
export type Owner = (key: string) => string | null;

export async function ownersOf(shop: Shop): Promise<Owner> {
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
export async function historiesOf(shop: Shop, told: NewEvent[], owner: Owner, erased: string | null): Promise<Map<string, History>> {
  const profiles = await db.profile.findMany({ where: { shopId: shop.id, mergedInto: null, redactedAt: null } });
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
    const mine = histories.get(owner(event.subject ?? "") ?? "") ?? lost(event.subject);
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
