import { words, type PlatformId } from "#app/components/words.ts";
import type { AnyConnector } from "#app/connectors/contract.ts";
import { connectorOf } from "#app/connectors/registry.server.ts";
import { wire } from "#app/connectors/wire.server.ts";
import { accounts, audiencesOf, countMembers, findConnection, receiptsOf } from "#app/destinations/connect.server.ts";
import { log } from "#app/log.server.ts";
import { segmentsByKey } from "#app/segments/saved.server.ts";
import { sizesOf } from "#app/segments/update.server.ts";
import type { Shop } from "#app/shops/shop.ts";

type Account = { id: string; name: string; currency: string | null; problem: string | null };
type Choice = { kind: "listed"; list: Account[] } | { kind: "typed" } | { kind: "failed" };

/** How the merchant names her ad account: from a list, or by typing it where the platform gives none. */
async function choiceOf(shop: Shop, connector: AnyConnector, now: Date): Promise<Choice> {
  try {
    const list = await accounts(shop, connector, wire, now);
    return list === null ? { kind: "typed" } : { kind: "listed", list };
  } catch (error) {
    log.info({ err: error, shop: shop.domain, platform: connector.id }, "ad accounts");
    return { kind: "failed" };
  }
}

const receiptsShown = 20;

type Named = Awaited<ReturnType<typeof segmentsByKey>>;
type Row = Awaited<ReturnType<typeof audiencesOf>>[number];

async function audienceOf(shop: Shop, row: Row, sizes: Map<string, number>, named: Named) {
  const [members, receipts] = await Promise.all([countMembers(shop.id, row.id), receiptsOf(shop.id, row.id, receiptsShown)]);
  const { id, name, segmentKey, state, problem, syncedAt, sizeLower, sizeUpper, retryAt, failures } = row;
  return {
    id,
    name,
    state,
    problem,
    syncedAt,
    sizeLower,
    sizeUpper,
    retryAt,
    failures,
    members,
    segment: named.get(segmentKey)?.name ?? null,
    rule: named.get(segmentKey)?.rule ?? null,
    inSegment: sizes.get(segmentKey) ?? 0,
    receipts: receipts.map(({ id: key, verb, people, refused, at, reference, checkAt }) => ({
      key,
      verb,
      people,
      refused: checkAt === null ? refused : null,
      at,
      reference,
    })),
  };
}

/** Each ad platform: the connection to it, the audiences kept there, and the segments that could become one. */
export async function load(shop: Shop, params: URLSearchParams, now: Date) {
  const [rows, sizes, named] = await Promise.all([audiencesOf(shop.id), sizesOf(shop.id), segmentsByKey(shop)]);
  const platforms = Object.keys(words.audiences.platforms) as PlatformId[];
  return {
    denied: params.has("denied"),
    platforms: await Promise.all(
      platforms.map(async (id) => {
        const connector = connectorOf(id);
        const connection = await findConnection(shop.id, id);
        const own = rows.filter((row) => row.connector === id);
        return {
          id,
          available: connector !== null,
          minimum: connector?.audience?.minimum ?? 0,
          connection: connection && {
            state: connection.state,
            problem: connection.problem,
            accountName: connection.accountName,
            connectedAt: connection.connectedAt,
          },
          choice: connector !== null && connection?.state === "choose-account" ? await choiceOf(shop, connector, now) : null,
          audiences: await Promise.all(own.map((row) => audienceOf(shop, row, sizes, named))),
          segments: [...named.values()]
            .filter((one) => !own.some((row) => row.segmentKey === one.key))
            .map(({ key, name, rule }) => ({ key, name, rule, size: sizes.get(key) ?? 0 })),
        };
      }),
    ),
  };
}
