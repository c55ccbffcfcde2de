import { rejectedDeliveries } from "#app/capture/receive.server.ts";
import { databaseNote } from "#app/dashboard/setup.server.ts";
import { env } from "#app/env.server.ts";
import { privacyRequests } from "#app/shops/settings.server.ts";
import type { Shop } from "#app/shops/shop.ts";

const rejectedShown = 50;

/** Everything on the settings screen. */
export async function load(shop: Shop) {
  const [rejected, requests, database] = await Promise.all([rejectedDeliveries(shop.id, rejectedShown), privacyRequests(shop.id), databaseNote()]);
  return {
    sender: {
      senderName: shop.senderName ?? "",
      senderAddress: shop.senderAddress ?? "",
      postalAddress: shop.postalAddress ?? "",
      holdoutPercent: String(shop.holdoutPercent),
      countOffline: shop.countOffline,
    },
    senderConfirmedAt: shop.senderConfirmedAt,
    pausedAt: shop.pausedAt,
    rejected,
    requests: requests.map(({ id, kind, requestedAt, dueAt, completedAt, answer }) => ({ id, kind, requestedAt, dueAt, completedAt, file: answer !== null })),
    database,
    scopes: env().SCOPES.map((scope) => ({ scope, granted: shop.scopes.includes(scope) || shop.scopes.includes(scope.replace(/^read_/, "write_")) })),
  };
}
