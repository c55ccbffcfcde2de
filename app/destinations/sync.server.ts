import { Rejected, Retryable, Unauthorized, type Connector, type Wire } from "../connectors/contract.ts";
import { newId } from "../lib/id.server.ts";
import { after } from "../lib/time.ts";
import { log } from "../log.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { backoff } from "./due.ts";
import { audiencesOf, findConnection, markConnection, settle, updateAudience, waiting, type AudienceRow } from "./store.server.ts";

/** A reference that no two calls share, below 2^53: Meta wants a positive number per upload session. */
function reference(now: Date): number {
  return now.getTime() * 1000 + Math.floor(Math.random() * 1000);
}

/**
 * Sends what is waiting for each audience of a shop, removals first. Whatever fails leaves its people waiting: they are sent again, which changes
 * nothing at a platform that already has them. While the shop or an audience is paused nobody is added; who must leave still leaves.
 */
export async function sync<Settings>(shop: Shop, connector: Connector<Settings>, wire: Wire, clock: () => Date): Promise<void> {
  const connection = await findConnection(shop.id, connector.id);
  if (connection === null || connection.state !== "connected" || connector.audience === undefined) return;
  const settings = connector.settings.parse(connection.settings);
  for (const audience of await audiencesOf(shop.id)) {
    if (audience.connector !== connector.id || (audience.retryAt !== null && audience.retryAt > clock())) continue;
    try {
      await syncOne(shop, audience, connector, settings, wire, clock);
    } catch (error) {
      await fail(shop, audience, connector.id, error, clock());
    }
  }
}

async function syncOne<Settings>(
  shop: Shop,
  audience: AudienceRow,
  connector: Connector<Settings>,
  settings: Settings,
  wire: Wire,
  clock: () => Date,
): Promise<void> {
  const port = connector.audience as NonNullable<Connector<Settings>["audience"]>;
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
      await transaction((tx) =>
        settle(shop.id, audience.id, people, verb, now, { id: newId(now), refused: outcome.refused, reference: outcome.reference }, tx),
      );
      log.info({ shop: shop.domain, audience: audience.id, verb, people: people.length, refused: outcome.refused }, "audience");
      moved = true;
    }
  }
  if (!moved && audience.syncedAt !== null && audience.failures === 0) return;
  const size = await port.size(wire, settings, externalId);
  await updateAudience(shop.id, audience.id, { problem: null, syncedAt: clock(), failures: 0, retryAt: null, sizeLower: size.lower, sizeUpper: size.upper });
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
