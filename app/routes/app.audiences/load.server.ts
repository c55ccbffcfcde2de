import { connectors } from "#app/connectors/registry.server.ts";
import { wire } from "#app/connectors/wire.server.ts";
import { accounts, audiencesOf, countMembers, findConnection, receiptsOf } from "#app/destinations/connect.server.ts";
import { log } from "#app/log.server.ts";
import { builtIn, segmentOf } from "#app/segments/built-in.ts";
import { sizesOf } from "#app/segments/update.server.ts";
import type { Shop } from "#app/shops/shop.ts";

type Account = { id: string; name: string; currency: string | null; problem: string | null };

/** The ad accounts to choose from; null where Meta did not say. */
async function accountsOf(shop: Shop): Promise<Account[] | null> {
  const { meta } = connectors();
  if (meta === undefined) return [];
  try {
    return await accounts(shop, meta, wire);
  } catch (error) {
    log.info({ err: error, shop: shop.domain }, "ad accounts");
    return null;
  }
}

const receiptsShown = 20;

/** The connection to Meta, the audiences kept there, and the segments that could become one. */
export async function load(shop: Shop, params: URLSearchParams) {
  const { meta } = connectors();
  const [connection, rows, sizes] = await Promise.all([findConnection(shop.id, "meta"), audiencesOf(shop.id), sizesOf(shop.id)]);
  const audiences = await Promise.all(
    rows
      .filter((one) => one.connector === "meta")
      .map(async (one) => {
        const [members, receipts] = await Promise.all([countMembers(shop.id, one.id), receiptsOf(shop.id, one.id, receiptsShown)]);
        const { id, name, segmentKey, state, problem, syncedAt, sizeLower, sizeUpper, retryAt, failures } = one;
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
          segment: segmentOf(segmentKey)?.name ?? null,
          rule: segmentOf(segmentKey)?.rule ?? null,
          inSegment: sizes.get(segmentKey) ?? 0,
          receipts: receipts.map(({ id: key, verb, people, refused, at, reference }) => ({ key, verb, people, refused, at, reference })),
        };
      }),
  );
  return {
    available: meta !== undefined,
    denied: params.get("meta") === "denied",
    minimum: meta?.audience?.minimum ?? 0,
    connection: connection && {
      state: connection.state,
      problem: connection.problem,
      accountName: connection.accountName,
      connectedAt: connection.connectedAt,
    },
    accounts: connection?.state === "choose-account" ? await accountsOf(shop) : [],
    audiences,
    segments: builtIn
      .filter((one) => !rows.some((row) => row.segmentKey === one.key))
      .map(({ key, name, rule }) => ({ key, name, rule, size: sizes.get(key) ?? 0 })),
  };
}
