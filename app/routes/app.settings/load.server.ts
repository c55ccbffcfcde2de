import { rejectedDeliveries } from "#app/capture/receive.server.ts";
import { databaseNote } from "#app/dashboard/setup.server.ts";
import { findComparison } from "#app/past/compare.server.ts";
import { findFiles } from "#app/past/import.server.ts";
import { env } from "#app/env.server.ts";
import { privacyRequests } from "#app/shops/settings.server.ts";
import type { Shop } from "#app/shops/shop.ts";

const rejectedShown = 50;

/** Everything on the settings screen. */
export async function load(shop: Shop, now: Date) {
  const [rejected, requests, database, comparison, files] = await Promise.all([
    rejectedDeliveries(shop.id, rejectedShown),
    privacyRequests(shop.id),
    databaseNote(),
    findComparison(shop.id),
    findFiles(shop.id),
  ]);
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
    comparison: comparison && {
      comparing: comparison.startedAt !== null || comparison.dueAt <= now,
      finishedAt: comparison.finishedAt,
      lastFound: comparison.lastFound,
      missedAt: comparison.missedAt,
      missed: comparison.missed,
      problem: comparison.problem,
    },
    // Whoever holds the address of a file could read it: only how far it has come leaves the server.
    past: files.map(({ kind, state, objects, linesDone, linesRefused, finishedAt, problem }) => ({
      kind,
      state,
      objects,
      linesDone,
      linesRefused,
      finishedAt,
      problem,
    })),
    scopes: env().SCOPES.map((scope) => ({ scope, granted: shop.scopes.includes(scope) || shop.scopes.includes(scope.replace(/^read_/, "write_")) })),
  };
}
