import { inside } from "../tx.server.ts";

// Everything that led to one order. All of it is asked for by shop and key; nothing is found by guessing an id of another shop.

export async function orderOf(shopId: number, orderId: string) {
  return inside().placedOrder.findUnique({ where: { shopId_orderId: { shopId, orderId } } });
}

export async function creditOf(shopId: number, orderId: string) {
  return inside().credit.findUnique({ where: { shopId_orderId: { shopId, orderId } } });
}

export async function refundsOf(shopId: number, orderId: string) {
  return inside().refund.findMany({ where: { shopId, orderId }, orderBy: { at: "asc" } });
}

export async function profileOf(shopId: number, id: string) {
  return inside().profile.findUnique({ where: { shopId_id: { shopId, id } } });
}

export async function checkoutsOf(shopId: number, tokens: string[], cartToken: string | null) {
  return inside().checkout.findMany({
    where: { shopId, OR: [{ token: { in: tokens } }, ...(cartToken === null ? [] : [{ cartToken }])] },
    select: { token: true, startedAt: true, updatedAt: true, completedAt: true, totalMinor: true, currency: true },
  });
}

export async function cartOf(shopId: number, token: string) {
  return inside().cart.findUnique({ where: { shopId_token: { shopId, token } }, select: { createdAt: true, updatedAt: true, itemCount: true } });
}

export async function messagesAbout(shopId: number, profileIds: string[], checkoutTokens: string[], from: Date, until: Date) {
  return inside().message.findMany({
    where: { shopId, OR: [{ checkoutToken: { in: checkoutTokens } }, { profileId: { in: profileIds }, createdAt: { gte: from, lte: until } }] },
    select: {
      id: true,
      flowKey: true,
      stepKey: true,
      state: true,
      reason: true,
      subject: true,
      basis: true,
      offerCode: true,
      createdAt: true,
      sentAt: true,
      profileId: true,
    },
    orderBy: { createdAt: "asc" },
  });
}

export async function clicksOn(shopId: number, messageIds: string[]) {
  return inside().messageClick.findMany({ where: { shopId, messageId: { in: messageIds } }, orderBy: { at: "asc" } });
}

export async function consentLines(shopId: number, profileIds: string[]) {
  return inside().consentRecord.findMany({
    where: { shopId, profileId: { in: profileIds }, channel: "email" },
    select: { state: true, source: true, occurredAt: true },
    orderBy: { occurredAt: "asc" },
  });
}

export async function runsAbout(shopId: number, profileIds: string[], checkoutTokens: string[]) {
  return inside().flowRun.findMany({
    where: { shopId, OR: [{ subject: { in: checkoutTokens } }, { profileId: { in: profileIds } }] },
    select: { flowKey: true, arm: true, state: true, reason: true, startedAt: true, endedAt: true, subject: true },
    orderBy: { startedAt: "asc" },
  });
}

export async function armsOfProfiles(shopId: number, profileIds: string[]) {
  return inside().assignment.findMany({
    where: { shopId, profileId: { in: profileIds } },
    select: { experiment: true, arm: true, at: true, contaminated: true },
  });
}

export async function messageOf(shopId: number, id: string) {
  return inside().message.findUnique({
    where: { shopId_id: { shopId, id } },
    select: {
      id: true,
      subject: true,
      html: true,
      text: true,
      toAddress: true,
      profileId: true,
      state: true,
      sentAt: true,
      createdAt: true,
      basis: true,
      stepKey: true,
      flowKey: true,
      reason: true,
    },
  });
}
