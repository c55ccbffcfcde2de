import type { Arm } from "../holdouts/assign.ts";
import { flowExperiment, globalExperiment } from "../holdouts/assign.ts";
import { after, day } from "../lib/time.ts";
import type { Shop } from "../shops/shop.ts";
import {
  armsOfProfiles,
  cartOf,
  checkoutsOf,
  clicksOn,
  consentLines,
  creditOf,
  messageOf,
  messagesAbout,
  orderOf,
  profileOf,
  refundsOf,
  runsAbout,
} from "./order-store.server.ts";
import { changesOnly, inOrder, type Moment } from "./timeline.ts";

export type OrderPath = {
  order: {
    id: string;
    name: string;
    placedAt: Date;
    cancelledAt: Date | null;
    test: boolean;
    source: string;
    currency: string;
    totalMinor: number;
    refundedMinor: number;
    discountMinor: number;
    discountCodes: string[];
  };
  profile: {
    id: string;
    firstName: string | null;
    lastName: string | null;
    email: string | null;
    phone: string | null;
    country: string | null;
    firstSeenAt: Date;
    redacted: boolean;
  } | null;
  moments: Moment[];
  credit: { by: string; touchedAt: Date; recovered: boolean; flowKey: string; stepKey: string | null } | null;
  arm: { arm: Arm; where: "shop" | "flow"; contaminated: boolean } | null;
};

const lookBack = 30 * day;

/** Everything known about how one order came to be; null where the shop has no such order. */
export async function orderPath(shop: Shop, orderId: string): Promise<OrderPath | null> {
  const order = await orderOf(shop.id, orderId);
  if (order === null) return null;
  const [credit, refunds, checkouts, cart] = await Promise.all([
    creditOf(shop.id, orderId),
    refundsOf(shop.id, orderId),
    checkoutsOf(shop.id, order.checkoutToken === null ? [] : [order.checkoutToken], order.cartToken),
    order.cartToken === null ? null : cartOf(shop.id, order.cartToken),
  ]);
  const people = [...new Set([order.profileId, credit?.profileId].filter((id): id is string => typeof id === "string"))];
  const tokens = checkouts.map((one) => one.token);
  const [profile, messages, consent, runs, assignments] = await Promise.all([
    people[0] === undefined ? null : profileOf(shop.id, people[0]),
    messagesAbout(shop.id, people, tokens, after(order.placedAt, -lookBack), order.placedAt),
    consentLines(shop.id, people),
    runsAbout(shop.id, people, tokens),
    armsOfProfiles(shop.id, people),
  ]);
  const clicks = await clicksOn(
    shop.id,
    messages.map((one) => one.id),
  );
  const stepOf = new Map(messages.map((one) => [one.id, one.stepKey]));
  const near = (at: Date) => at > after(order.placedAt, -lookBack) && at <= order.placedAt;

  const shown = runs.filter((one) => tokens.includes(one.subject) || near(one.startedAt));

  const moments: Moment[] = [
    ...(cart === null ? [] : [{ kind: "cart" as const, at: cart.createdAt, items: cart.itemCount }]),
    ...checkouts.map((one) => ({ kind: "checkout" as const, at: one.startedAt, totalMinor: Number(one.totalMinor) })),
    ...changesOnly(consent).map((one) => ({ kind: "consent" as const, at: one.occurredAt, state: one.state, source: one.source })),
    ...shown.map((one) => ({ kind: "run" as const, at: one.startedAt, flowKey: one.flowKey, arm: one.arm, reason: one.arm === "holdout" ? one.reason : null })),
    ...shown.flatMap((one) =>
      one.arm === "holdout" || one.endedAt === null || one.reason === null ? [] : [{ kind: "ended" as const, at: one.endedAt, reason: one.reason }],
    ),
    ...messages.map((one) => ({
      kind: "message" as const,
      at: one.sentAt ?? one.createdAt,
      id: one.id,
      stepKey: one.stepKey,
      subject: one.subject,
      state: one.state,
      reason: one.reason,
      basis: one.basis,
      offerCode: one.offerCode,
    })),
    ...clicks.map((one) => ({
      kind: "click" as const,
      at: one.at,
      by: one.by,
      reason: one.reason,
      stepKey: stepOf.get(one.messageId) ?? "",
      counted: credit !== null && credit.by === "click" && credit.messageId === one.messageId && credit.touchedAt.getTime() === one.at.getTime(),
    })),
    { kind: "order", at: order.placedAt, name: order.name, totalMinor: Number(order.totalMinor) },
    ...(order.cancelledAt === null ? [] : [{ kind: "cancelled" as const, at: order.cancelledAt }]),
    ...refunds.map((one) => ({ kind: "refund" as const, at: one.at, amountMinor: Number(one.amountMinor) })),
  ];

  return {
    order: { ...pick(order), id: order.orderId },
    profile: profile && {
      id: profile.id,
      firstName: profile.firstName,
      lastName: profile.lastName,
      email: profile.email,
      phone: profile.phone,
      country: profile.country,
      firstSeenAt: profile.firstSeenAt,
      redacted: profile.redactedAt !== null,
    },
    moments: inOrder(moments),
    credit: credit && {
      by: credit.by,
      touchedAt: credit.touchedAt,
      recovered: credit.recovered,
      flowKey: credit.flowKey,
      stepKey: stepOf.get(credit.messageId) ?? null,
    },
    arm: armFrom(assignments, credit?.flowKey ?? shown.at(-1)?.flowKey ?? "abandoned-checkout"),
  };
}

function pick(order: NonNullable<Awaited<ReturnType<typeof orderOf>>>) {
  const { name, placedAt, cancelledAt, test, source, currency, discountCodes } = order;
  return {
    name,
    placedAt,
    cancelledAt,
    test,
    source,
    currency,
    discountCodes,
    totalMinor: Number(order.totalMinor),
    refundedMinor: Number(order.refundedMinor),
    discountMinor: Number(order.discountMinor),
  };
}

/** The arm that decided: the shop's holdout goes before the flow's. */
function armFrom(assignments: { experiment: string; arm: string; contaminated: boolean }[], flowKey: string): OrderPath["arm"] {
  const everywhere = assignments.find((one) => one.experiment === globalExperiment);
  const here = assignments.find((one) => one.experiment === flowExperiment(flowKey));
  const contaminated = (everywhere?.contaminated ?? false) || (here?.contaminated ?? false);
  if (everywhere?.arm === "holdout") return { arm: "holdout", where: "shop", contaminated };
  return here === undefined ? null : { arm: here.arm === "holdout" ? "holdout" : "treated", where: "flow", contaminated };
}

export type KeptMessage = NonNullable<Awaited<ReturnType<typeof messageOf>>>;

/** A message as it was sent; null where the shop has none of this id. */
export async function keptMessage(shop: Shop, id: string): Promise<KeptMessage | null> {
  return /^[0-9a-f-]{36}$/i.test(id) ? messageOf(shop.id, id) : null;
}
