import { randomBytes } from "node:crypto";
import type { Account, Connector, Wire } from "../connectors/contract.ts";
import { newId } from "../lib/id.server.ts";
import { minute } from "../lib/time.ts";
import { readToken, signToken } from "../lib/sign.ts";
import { keyFor } from "../shops/keys.server.ts";
import type { Shop } from "../shops/shop.ts";
import { segmentOf } from "../segments/built-in.ts";
import { wake } from "../queue.server.ts";
import { transaction } from "../tx.server.ts";
import { planFor } from "./plan.server.ts";
import { audiencesOf, deleteAudience, deleteConnection, findAudience, findConnection, insertAudience, saveConnection, updateAudience } from "./store.server.ts";

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
export async function connect<Settings extends { accountId: string | null }>(
  shop: Shop,
  connector: Connector<Settings>,
  wire: Wire,
  code: string,
  redirectUri: string,
  now: Date,
): Promise<void> {
  if (connector.connect === undefined) throw new Error("This platform is not connected by OAuth.");
  const settings = await connector.connect.exchange(wire, { code, redirectUri, now });
  const before = await findConnection(shop.id, connector.id);
  const accounts = (await connector.connect.accounts(wire, settings)).filter((one) => one.problem === null);
  const chosen = accounts.find((one) => one.id === before?.accountId) ?? (accounts.length === 1 ? accounts[0] : undefined);
  await saveConnection(shop.id, {
    connector: connector.id,
    settings: { ...settings, accountId: chosen?.id ?? null },
    accountId: chosen?.id ?? null,
    accountName: chosen?.name ?? null,
    state: chosen === undefined ? "choose-account" : "connected",
    problem: null,
    connectedAt: now,
  });
  await wake("audiences.sync", shop.id);
}

/** The ad accounts of a connection, to choose from. */
export async function accounts<Settings>(shop: Shop, connector: Connector<Settings>, wire: Wire): Promise<Account[]> {
  const connection = await findConnection(shop.id, connector.id);
  if (connection === null || connector.connect === undefined) return [];
  return connector.connect.accounts(wire, connector.settings.parse(connection.settings));
}

/** Chooses the ad account; false when the connected person does not have it. */
export async function chooseAccount<Settings>(shop: Shop, connector: Connector<Settings>, wire: Wire, accountId: string): Promise<boolean> {
  const connection = await findConnection(shop.id, connector.id);
  const account = (await accounts(shop, connector, wire)).find((one) => one.id === accountId && one.problem === null);
  if (connection === null || account === undefined) return false;
  await saveConnection(shop.id, {
    ...connection,
    settings: { ...(connection.settings as object), accountId },
    accountId,
    accountName: account.name,
    state: "connected",
    problem: null,
  });
  await wake("audiences.sync", shop.id);
  return true;
}

/** Starts keeping an audience equal to a segment; asking again for the same changes nothing. */
export async function startAudience(shop: Shop, connector: Pick<Connector<never>, "id" | "audience">, segmentKey: string, now: Date): Promise<boolean> {
  const segment = segmentOf(segmentKey);
  if (segment === null) return false;
  await insertAudience({ shopId: shop.id, id: newId(now), connector: connector.id, segmentKey, name: `${shop.name}: ${segment.name}`, createdAt: now });
  await replan(shop, connector, now);
  return true;
}

/** Works out every audience of a connector anew: after consent, settings or the holdout changed. */
export async function replan(shop: Shop, connector: Pick<Connector<never>, "id" | "audience">, now: Date): Promise<void> {
  await transaction(async (tx) => {
    for (const audience of await audiencesOf(shop.id, tx)) if (audience.connector === connector.id) await planFor(shop, audience, [connector], null, now, tx);
  });
  await wake("audiences.sync", shop.id);
}

/** Pauses or resumes an audience, or stops it: then everybody is removed from it. False when the shop has no such audience. */
export async function setAudience(
  shop: Shop,
  connector: Pick<Connector<never>, "id" | "audience">,
  id: string,
  state: "live" | "paused" | "stopped",
  now: Date,
): Promise<boolean> {
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
