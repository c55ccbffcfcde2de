import { randomBytes } from "node:crypto";
import type { Account, AnyConnector, ConnectionSettings, Wire } from "../connectors/contract.ts";
import { newId } from "../lib/id.server.ts";
import { minute } from "../lib/time.ts";
import { readToken, signToken } from "../lib/sign.ts";
import { keyFor } from "../shops/keys.server.ts";
import type { Shop } from "../shops/shop.ts";
import { segmentsByKey } from "../segments/saved.server.ts";
import { wake } from "../queue.server.ts";
import { transaction } from "../tx.server.ts";
import { planFor } from "./plan.server.ts";
import {
  audiencesOf,
  deleteAudience,
  deleteConnection,
  findAudience,
  findConnection,
  insertAudience,
  saveConnection,
  saveSettings,
  updateAudience,
} from "./store.server.ts";

export {
  audiencesOf,
  countMembers,
  deleteConnection,
  eraseDestinations,
  findConnection,
  heldOf,
  moveMembers,
  receiptsOf,
  removeEverywhere,
  shopsWithWork,
  type ConnectionRow,
} from "./store.server.ts";

const stateFor = 15 * minute;

/** The `state` a merchant takes to a platform and brings back: signed, for one shop and connector, for 15 minutes. */
export function oauthState(shop: Shop, connectorId: string, now: Date): string {
  return signToken(keyFor("links"), "oauth", [shop.id, connectorId, now.getTime(), randomBytes(9).toString("base64url")]);
}

/** The shop and connector of a returned `state`, or null when it is not ours or too old. */
export function readOauthState(state: string, now: Date): { shopId: number; connectorId: string } | null {
  const parts = readToken(keyFor("links"), "oauth", state);
  if (parts?.length !== 4) return null;
  const age = now.getTime() - Number(parts[2]);
  return age >= 0 && age < stateFor ? { shopId: Number(parts[0]), connectorId: String(parts[1]) } : null;
}

/** Keeps what the platform gave for the code. Where there is one usable ad account it is chosen at once. */
export async function connect(shop: Shop, connector: AnyConnector, wire: Wire, code: string, redirectUri: string, now: Date): Promise<void> {
  if (connector.connect === undefined) throw new Error("This platform is not connected by OAuth.");
  const settings = await connector.connect.exchange(wire, { code, redirectUri, now });
  const before = await findConnection(shop.id, connector.id);
  const chosen = await accountToKeep(connector.connect, wire, settings, before?.accountId ?? null);
  await saveConnection(shop.id, {
    connector: connector.id,
    settings: { ...settings, accountId: chosen?.id ?? null },
    accountId: chosen?.id ?? null,
    accountName: chosen?.name ?? null,
    state: chosen === null ? "choose-account" : "connected",
    problem: null,
    connectedAt: now,
  });
  await wake("audiences.sync", shop.id);
}

/** The account of before, where whoever connects now may use it; else the only one there is. */
async function accountToKeep(
  port: NonNullable<AnyConnector["connect"]>,
  wire: Wire,
  settings: ConnectionSettings,
  before: string | null,
): Promise<Account | null> {
  const listed = await port.accounts(wire, settings);
  if (listed === null) {
    const again = before === null ? null : ((await port.typed?.(wire, settings, before)) ?? null);
    return again?.problem === null ? again : null;
  }
  const usable = listed.filter((one) => one.problem === null);
  return usable.find((one) => one.id === before) ?? (usable.length === 1 ? (usable[0] ?? null) : null);
}

/** The settings of a connection as they are to be used now: renewed and saved where they had run out. Null when there is no connection. */
export async function settingsOf(shop: Shop, connector: AnyConnector, wire: Wire, now: Date): Promise<ConnectionSettings | null> {
  const connection = await findConnection(shop.id, connector.id);
  if (connection === null) return null;
  const settings = connector.settings.parse(connection.settings);
  const fresh = (await connector.renew?.(wire, settings, now)) ?? null;
  if (fresh === null) return settings;
  await saveSettings(shop.id, connector.id, fresh);
  return fresh;
}

/** The ad accounts of a connection, to choose from; null where the merchant types hers. */
export async function accounts(shop: Shop, connector: AnyConnector, wire: Wire, now: Date): Promise<Account[] | null> {
  const settings = await settingsOf(shop, connector, wire, now);
  return settings === null || connector.connect === undefined ? [] : connector.connect.accounts(wire, settings);
}

/** Chooses the ad account, by its id or as it was typed; false when the connected person does not have it. */
export async function chooseAccount(shop: Shop, connector: AnyConnector, wire: Wire, text: string, now: Date): Promise<boolean> {
  const settings = await settingsOf(shop, connector, wire, now);
  const port = connector.connect;
  if (settings === null || port === undefined) return false;
  const listed = await port.accounts(wire, settings);
  const account = listed === null ? ((await port.typed?.(wire, settings, text)) ?? null) : (listed.find((one) => one.id === text) ?? null);
  const connection = await findConnection(shop.id, connector.id);
  if (connection === null || account === null || account.problem !== null) return false;
  await saveConnection(shop.id, {
    ...connection,
    settings: { ...(connection.settings as object), accountId: account.id },
    accountId: account.id,
    accountName: account.name,
    state: "connected",
    problem: null,
  });
  await wake("audiences.sync", shop.id);
  return true;
}

/** Starts keeping an audience equal to a segment; asking again for the same changes nothing. */
export async function startAudience(shop: Shop, connector: AnyConnector, segmentKey: string, now: Date): Promise<boolean> {
  const segment = (await segmentsByKey(shop)).get(segmentKey);
  if (segment === undefined) return false;
  await insertAudience({ shopId: shop.id, id: newId(now), connector: connector.id, segmentKey, name: `${shop.name}: ${segment.name}`, createdAt: now });
  await replan(shop, connector, now);
  return true;
}

/** Works out every audience of a connector anew: after consent, settings or the holdout changed. */
export async function replan(shop: Shop, connector: AnyConnector, now: Date): Promise<void> {
  await transaction(async (tx) => {
    for (const audience of await audiencesOf(shop.id, tx)) if (audience.connector === connector.id) await planFor(shop, audience, [connector], null, now, tx);
  });
  await wake("audiences.sync", shop.id);
}

/** Pauses or resumes an audience, or stops it: then everybody is removed from it. False when the shop has no such audience. */
export async function setAudience(shop: Shop, connector: AnyConnector, id: string, state: "live" | "paused" | "stopped", now: Date): Promise<boolean> {
  if ((await findAudience(shop.id, id)) === null) return false;
  await transaction(async (tx) => {
    await updateAudience(shop.id, id, { state, retryAt: null, problem: null }, tx);
    const audience = await findAudience(shop.id, id, tx);
    if (audience !== null) await planFor(shop, audience, [connector], null, now, tx);
  });
  await wake("audiences.sync", shop.id);
  return true;
}

/** Lets a failed audience be tried again now. */
export async function retryAudience(shop: Shop, id: string): Promise<boolean> {
  if ((await findAudience(shop.id, id)) === null) return false;
  await updateAudience(shop.id, id, { retryAt: null, problem: null });
  await wake("audiences.sync", shop.id);
  return true;
}

/** Forgets a connection and its audiences here. What the platform holds stays there: the screen says so and offers to empty it first. */
export async function disconnect(shop: Shop, connectorId: string): Promise<void> {
  await transaction(async (tx) => {
    for (const audience of await audiencesOf(shop.id, tx)) if (audience.connector === connectorId) await deleteAudience(shop.id, audience.id, tx);
    await deleteConnection(shop.id, connectorId, tx);
  });
}
