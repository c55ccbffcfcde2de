import { factsOf } from "../commerce/update.server.ts";
import { allows, type Permission } from "../consent/allows.ts";
import { consentNow } from "../consent/record.server.ts";
import { globalExperiment } from "../holdouts/assign.ts";
import { aliasesOfProfiles, standingMerges, survivorsOf } from "../identity/resolve.server.ts";
import { byStrength } from "../identity/partition.ts";
import { keyKinds, kindOf, knownOf, surety, valueOf, type Field, type Key, type Level } from "../identity/telling.ts";
import { modelOf } from "../predictions/model.server.ts";
import { horizons, lacking, type Horizon, type Model } from "../predictions/model.ts";
import { standingOf, type Standing } from "../predictions/place.ts";
import { predictionOf, type Prediction } from "../predictions/predict.ts";
import { segmentsByKey } from "../segments/saved.server.ts";
import { membershipsOf } from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { findVisits } from "../visits/update.server.ts";
import { mergesOf, profileRow, rowsOf } from "./people-store.server.ts";
import { changesOnly, inOrder, type Moment } from "./timeline.ts";

export const shownOfEach = 50;
const shownKeys = 25;

type ShownKey = { kind: string; value: string; since: Date; level: Level | null; sure: (typeof surety)[Level] | null };
export type ShownMerge = {
  id: string;
  at: Date;
  loser: string;
  survivor: string;
  level: Level;
  sure: (typeof surety)[Level];
  undoneAt: Date | null;
  byHand: boolean;
  mayUndo: boolean;
};

/** What is expected of somebody who ordered; what of it too little is known for, and what is missing. `learnedFrom`: null where the shop was not looked at yet. */
export type Expected = Prediction & {
  lacking: Partial<Record<Horizon, NonNullable<ReturnType<typeof lacking>>>>;
  learnedFrom: { orders: number; customers: number } | null;
};

export type PersonView = {
  profile: { id: string; firstName: string | null; lastName: string | null; email: string | null; firstSeenAt: Date; redacted: boolean };
  known: { field: Field; value: string; at: string; from: string }[];
  keys: ShownKey[];
  moreKeys: number;
  consent: { mail: Permission; cart: Permission; ads: Permission; sms: string };
  segments: { key: string; name: string; rule: string; since: Date }[];
  arms: { flowKey: string | null; arm: string; at: Date; contaminated: boolean }[];
  audiences: { connector: string; segment: string; state: string }[];
  /** Null where she never ordered. */
  expected: Expected | null;
  visit: Record<"firstSeenAt" | "lastSeenAt" | "productViewedAt" | "cartAddedAt" | "formAbandonedAt" | "formSubmittedAt", Date | null> | null;
  moments: Moment[];
  merges: ShownMerge[];
};

/** Everything known of one person; where she was merged into another, the other's id; null where the shop has nobody of this id. */
export async function personView(shop: Shop, id: string, now: Date): Promise<{ kind: "here"; view: PersonView } | { kind: "elsewhere"; id: string } | null> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return null;
  const row = await profileRow(shop.id, id);
  if (row === null) return null;
  if (row.mergedInto !== null) {
    const current = (await survivorsOf(shop.id, [id])).get(id);
    return current === undefined ? null : { kind: "elsewhere", id: current };
  }
  const profile = { ...row, redacted: row.redactedAt !== null };
  const [aliases, rows, members, visits, consents, merges, segments, facts, model] = await Promise.all([
    aliasesOfProfiles(shop.id, [id]),
    rowsOf(shop.id, id, shownOfEach),
    membershipsOf(shop.id, [id]),
    findVisits(shop, [id]),
    consentNow(shop, [profile]),
    mergesThatLedTo(shop.id, id),
    segmentsByKey(shop),
    factsOf(shop.id, [id], shop.countOffline),
    modelOf(shop.id),
  ]);
  const standing = standingOf(facts.get(id)?.orders ?? []);
  const strength = byStrength(new Map(aliases.map((one) => [one.key, one.since])));
  const keys = [...aliases].sort((a, b) => strength(a.key, b.key));
  const consent = consents.get(id) ?? { state: "none" as const, at: null, source: null, soldAt: null, suppressed: null };
  const region = profile.country ?? shop.country;
  const visit = visits.get(id);
  return {
    kind: "here",
    view: {
      profile: {
        ...{ id, firstName: profile.firstName, lastName: profile.lastName, email: profile.email },
        ...{ firstSeenAt: profile.firstSeenAt, redacted: profile.redacted },
      },
      known: knownLines(aliases),
      keys: shownFirst(keys).map(({ key, since, level }) => ({
        kind: kindOf(key),
        value: shortened(key),
        since,
        level,
        sure: level === null ? null : surety[level],
      })),
      moreKeys: keys.length - shownFirst(keys).length,
      consent: {
        mail: allows(region, "email", "marketing", consent, now),
        cart: allows(region, "email", "cart-reminder", consent, now),
        ads: allows(region, "ads", "ad-audience", consent, now),
        sms: rows.consent.filter((one) => one.channel === "sms").at(-1)?.state ?? "none",
      },
      segments: members.map((one) => ({
        ...{ key: one.segmentKey, name: segments.get(one.segmentKey)?.name ?? one.segmentKey, rule: segments.get(one.segmentKey)?.rule ?? "" },
        since: one.enteredAt,
      })),
      arms: rows.arms.map(({ experiment, ...one }) => ({ ...one, flowKey: experiment === globalExperiment ? null : experiment.replace(/^flow:/, "") })),
      audiences: rows.held.map((one) => ({ connector: one.connector, segment: segments.get(one.segment_key)?.name ?? one.segment_key, state: one.state })),
      expected: standing === null ? null : expectedOf(model, standing, now),
      visit:
        visit === undefined
          ? null
          : {
              ...{ firstSeenAt: visit.firstSeenAt, lastSeenAt: visit.days[0] ?? null, productViewedAt: visit.productViewedAt },
              ...{ cartAddedAt: visit.cartAddedAt, formAbandonedAt: visit.formAbandonedAt, formSubmittedAt: visit.formSubmittedAt },
            },
      moments: momentsOf(rows).reverse(),
      merges: merges.filter(tellsSomething).map((one) => ({
        ...{ id: one.id, at: one.at, loser: side(one.loserKey as Key), survivor: side(one.survivorKey as Key) },
        ...{ level: one.reason as Level, sure: surety[one.reason as Level], undoneAt: one.undoneAt, byHand: one.byHand },
        mayUndo: one.undoneAt === null && one.reason !== "merged",
      })),
    },
  };
}

async function mergesThatLedTo(shopId: number, id: string) {
  const standing = await standingMerges(shopId, [id]);
  return mergesOf(
    shopId,
    id,
    standing.map((one) => one.id),
    shownOfEach,
  );
}

function expectedOf(model: Model | null, standing: Standing, now: Date): Expected {
  if (model === null) return { chance: { 30: null, 90: null, 365: null }, nextOrder: null, spend: null, usualGap: null, lacking: {}, learnedFrom: null };
  const lacks = horizons.flatMap((horizon) => {
    const lack = lacking(model, horizon);
    return lack === null ? [] : [[horizon, lack] as const];
  });
  return { ...predictionOf(model, standing, now), lacking: Object.fromEntries(lacks), learnedFrom: { orders: model.orders, customers: model.customers } };
}

function knownLines(aliases: { key: Key; known: Parameters<typeof knownOf>[0][number]["known"] }[]): PersonView["known"] {
  return Object.entries(knownOf(aliases)).map(([field, one]) => ({ field: field as Field, value: one.value, at: one.at, from: kindOf(one.from) }));
}

/** Some of every kind, so that a hundred orders do not hide the one browser. */
function shownFirst<One extends { key: Key }>(keys: One[]): One[] {
  const each = Math.ceil(shownKeys / keyKinds.length);
  const counts = new Map<string, number>();
  return keys.filter(({ key }) => {
    const count = (counts.get(kindOf(key)) ?? 0) + 1;
    counts.set(kindOf(key), count);
    return count <= each;
  });
}

/** That a cart, a checkout and an order are one purchase is no finding about people. */
function tellsSomething({ reason, loserKey, survivorKey }: { reason: string; loserKey: string; survivorKey: string }): boolean {
  const thing = (key: string) => ["cart", "checkout", "order"].includes(kindOf(key as Key));
  return !((reason === "token" || reason === "typed" || reason === "customer") && (thing(loserKey) || thing(survivorKey)));
}

/** A key as a person may read it: addresses, numbers and gids whole, tokens by their beginning. A token opens a cart, and none is shown. */
function shortened(key: Key): string {
  const value = valueOf(key);
  const kind = kindOf(key);
  if (kind === "customer") return value.slice(value.lastIndexOf("/") + 1);
  return kind === "email" || kind === "phone" || kind === "order" ? value : `${value.slice(0, 8)}…`;
}

const kindWords: Partial<Record<string, string>> = { email: "", phone: "", customer: "customer ", visitor: "browser " };

/** One side of a merge, with a word for what it is where that does not show. */
function side(key: Key): string {
  return `${kindWords[kindOf(key)] ?? `${kindOf(key)} `}${shortened(key)}`;
}

type Rows = Awaited<ReturnType<typeof rowsOf>>;

function momentsOf(rows: Rows): Moment[] {
  const stepOf = new Map(rows.messages.map((one) => [one.id, one.stepKey]));
  const mail = rows.consent.filter((one) => one.channel === "email");
  return inOrder([
    ...rows.carts.map((one) => ({ kind: "cart" as const, at: one.createdAt, items: one.itemCount })),
    ...rows.checkouts.map((one) => ({ kind: "checkout" as const, at: one.startedAt, totalMinor: Number(one.totalMinor) })),
    ...changesOnly(mail).map((one) => ({ kind: "consent" as const, at: one.occurredAt, state: one.state, source: one.source })),
    ...rows.runs.map((one) => ({
      kind: "run" as const,
      at: one.startedAt,
      flowKey: one.flowKey,
      arm: one.arm,
      reason: one.arm === "holdout" ? one.reason : null,
    })),
    ...rows.runs.flatMap((one) =>
      one.arm === "holdout" || one.endedAt === null || one.reason === null ? [] : [{ kind: "ended" as const, at: one.endedAt, reason: one.reason }],
    ),
    ...rows.runs.flatMap((one) =>
      one.state === "active" && one.dueAt !== null ? [{ kind: "waiting" as const, at: one.dueAt, flowKey: one.flowKey, reason: one.reason }] : [],
    ),
    ...rows.messages.map((one) => ({
      ...{ kind: "message" as const, at: one.sentAt ?? one.createdAt, id: one.id, stepKey: one.stepKey, subject: one.subject },
      ...{ state: one.state, reason: one.reason, basis: one.basis, offerCode: one.offerCode },
    })),
    ...rows.clicks.map((one) => ({
      ...{ kind: "click" as const, at: one.at, by: one.by, reason: one.reason, stepKey: stepOf.get(one.messageId) ?? "", counted: false },
    })),
    ...rows.orders.map((one) => ({ kind: "order" as const, at: one.placedAt, name: one.name, totalMinor: Number(one.totalMinor), id: one.orderId })),
    ...rows.orders.flatMap((one) => (one.cancelledAt === null ? [] : [{ kind: "cancelled" as const, at: one.cancelledAt }])),
    ...rows.refunds.map((one) => ({ kind: "refund" as const, at: one.at, amountMinor: Number(one.amountMinor) })),
  ]);
}
