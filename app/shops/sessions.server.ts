import { Session } from "@shopify/shopify-api";
import type { SessionStorage } from "@shopify/shopify-app-session-storage";
import { z } from "zod";
import { seal, unseal } from "../lib/seal.server.ts";
import type { Tx } from "../lib/tx.ts";
import { keyFor } from "./keys.server.ts";
import { deleteSessions, findSession, findSessions, saveSession } from "./store.server.ts";

const stored = z.array(z.tuple([z.string(), z.union([z.string(), z.number(), z.boolean()])]));
const place = (domain: string, id: string) => `${domain}/shop_session/${id}`;

/** A session as it lies in the database: sealed, bound to its shop and id. */
export function sealSession(session: Session): string {
  return seal(keyFor("sessions"), place(session.shop, session.id), JSON.stringify(session.toPropertyArray(false)));
}

export function openSession(domain: string, id: string, sealed: string): Session {
  return Session.fromPropertyArray(stored.parse(JSON.parse(unseal(keyFor("sessions"), place(domain, id), sealed))), false);
}

/** The shop in a session id (`offline_<domain>`, or `<domain>_<user>` for online ones): every key begins with the shop. */
function domainOf(id: string): string {
  return id.startsWith("offline_") ? id.slice("offline_".length) : id.slice(0, Math.max(0, id.lastIndexOf("_")));
}

export async function loadSession(id: string, tx?: Tx): Promise<Session | undefined> {
  const domain = domainOf(id);
  const sealed = await findSession(domain, id, tx);
  return sealed === null ? undefined : openSession(domain, id, sealed);
}

export async function storeSession(session: Session, tx?: Tx): Promise<boolean> {
  await saveSession(session.shop, session.id, sealSession(session), session.expires ?? null, new Date(), tx);
  return true;
}

/** Shopify's session storage on our own table, sealed at rest. */
export const sessionStorage: SessionStorage = {
  storeSession: (session) => storeSession(session),
  loadSession: (id) => loadSession(id),
  async deleteSession(id) {
    await deleteSessions(domainOf(id), [id]);
    return true;
  },
  async deleteSessions(ids) {
    for (const id of ids) await deleteSessions(domainOf(id), [id]);
    return true;
  },
  async findSessionsByShop(shop) {
    return (await findSessions(shop)).map(({ id, sealed }) => openSession(shop, id, sealed));
  },
};
