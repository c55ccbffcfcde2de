import { Rejected, Retryable, Unauthorized, type AnyConnector, type ConnectionSettings, type Wire } from "../connectors/contract.ts";
import { newId } from "../lib/id.server.ts";
import { after } from "../lib/time.ts";
import { log } from "../log.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { settingsOf } from "./connect.server.ts";
import { backoff, nextCheck } from "./due.ts";
import {
  audiencesOf,
  findConnection,
  markConnection,
  receiptsToCheck,
  settle,
  updateAudience,
  updateReceipt,
  waiting,
  type AudienceRow,
} from "./store.server.ts";

/** As many late answers are asked for in one go. */
const checksAtOnce = 50;

/** A reference that no two calls share, below 2^53: Meta wants a positive number per upload session. */
function reference(now: Date): number {
  return now.getTime() * 1000 + Math.floor(Math.random() * 1000);
}

/**
 * Sends what is waiting for each audience of a shop, removals first. Whatever fails leaves its people waiting: they are sent again, which changes
 * nothing at a platform that already has them. While the shop or an audience is paused nobody is added; who must leave still leaves.
 */
export async function sync(shop: Shop, connector: AnyConnector, wire: Wire, clock: () => Date): Promise<void> {
  const connection = await findConnection(shop.id, connector.id);
  if (connection === null || connection.state !== "connected" || connector.audience === undefined) return;
  for (const audience of await audiencesOf(shop.id)) {
    if (audience.connector !== connector.id || (audience.retryAt !== null && audience.retryAt > clock())) continue;
    try {
      const settings = await settingsOf(shop, connector, wire, clock());
      if (settings !== null) await syncOne(shop, audience, connector.audience, settings, wire, clock);
    } catch (error) {
      await fail(shop, audience, connector.id, error, clock());
    }
  }
}

type Port = NonNullable<AnyConnector["audience"]>;

async function syncOne(shop: Shop, audience: AudienceRow, port: Port, settings: ConnectionSettings, wire: Wire, clock: () => Date): Promise<void> {
  let externalId = audience.externalId;
  if (externalId === null) {
    ({ externalId } = await port.create(wire, settings, {
      name: audience.name,
      description: `Kept equal to the segment of the same name by Comeback for ${shop.domain}.`,
    }));
    await updateAudience(shop.id, audience.id, { externalId });
  }
  let moved = false;
  const verbs = audience.state === "paused" || shop.pausedAt !== null ? (["remove"] as const) : (["remove", "add"] as const);
  for (const verb of verbs) {
    for (;;) {
      const people = await waiting(shop.id, audience.id, verb === "add" ? "adding" : "removing", port.limit);
      if (people.length === 0) break;
      const outcome = await port[verb](
        wire,
        settings,
        externalId,
        people.map((one) => one.identifiers),
        reference(clock()),
      );
      const now = clock();
      const checkAt = outcome.pending === true ? nextCheck(now, now) : null;
      await transaction((tx) =>
        settle(shop.id, audience.id, people, verb, now, { id: newId(now), refused: outcome.refused, reference: outcome.reference, checkAt }, tx),
      );
      log.info({ shop: shop.domain, audience: audience.id, verb, people: people.length, refused: outcome.refused }, "audience");
      moved = true;
    }
  }
  const late = await lookBack(shop, audience, port, settings, wire, clock());
  if (!moved && !late.known && audience.syncedAt !== null && audience.failures === 0) return;
  const size = await port.size(wire, settings, externalId);
  // A problem that the platform told afterwards stands until the next change went well; a call that is still being worked off says nothing yet.
  const problem = late.known ? late.problem : audience.failures === 0 ? audience.problem : null;
  await updateAudience(shop.id, audience.id, { problem, syncedAt: clock(), failures: 0, retryAt: null, sizeLower: size.lower, sizeUpper: size.upper });
}

/** Asks how earlier calls went that the platform had taken without an answer, and completes their receipts. */
async function lookBack(
  shop: Shop,
  audience: AudienceRow,
  port: Port,
  settings: ConnectionSettings,
  wire: Wire,
  now: Date,
): Promise<{ known: boolean; problem: string | null }> {
  const found: { known: boolean; problem: string | null } = { known: false, problem: null };
  if (port.outcome === undefined) return found;
  for (const receipt of await receiptsToCheck(shop.id, audience.id, now, checksAtOnce)) {
    const late = await port.outcome(wire, settings, receipt.reference ?? "").catch((error: unknown) => {
      // A call that the platform no longer knows must not hold back the others.
      if (error instanceof Rejected) return null;
      throw error;
    });
    await updateReceipt(shop.id, receipt.id, late === null ? { checkAt: nextCheck(receipt.at, now) } : { refused: late.refused, checkAt: null });
    if (late === null) continue;
    found.known = true;
    found.problem ??= late.problem;
    log.info({ shop: shop.domain, audience: audience.id, verb: receipt.verb, people: receipt.people, refused: late.refused }, "audience receipt");
  }
  return found;
}

async function fail(shop: Shop, audience: AudienceRow, connectorId: string, error: unknown, now: Date): Promise<void> {
  const failures = audience.failures + 1;
  if (error instanceof Unauthorized) {
    await markConnection(shop.id, connectorId, "reconnect", error.message);
    await updateAudience(shop.id, audience.id, { problem: error.message, failures });
  } else if (error instanceof Rejected) {
    await updateAudience(shop.id, audience.id, { problem: error.message, failures, retryAt: after(now, 60 * 60_000) });
  } else if (error instanceof Retryable) {
    await updateAudience(shop.id, audience.id, {
      problem: failures < 3 ? null : error.message,
      failures,
      retryAt: after(now, error.afterMs ?? backoff(failures)),
    });
  } else throw error;
  log.warn({ err: error, shop: shop.domain, audience: audience.id, failures }, "audience");
}
