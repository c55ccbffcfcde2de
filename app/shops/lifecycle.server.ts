import { z } from "zod";
import type { TaskName } from "../tasks.ts";
import { day } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import type { ShopAtDoor } from "./shop.ts";
import { deleteSessions, updateShop, writePrivacyRequest } from "./store.server.ts";

/** By the privacy law pages of Shopify: answer or erase within 30 days. We do it at once; this is the date we would be late on. */
const legalDays = 30;

const customer = z.object({ id: z.union([z.number(), z.string()]).nullish() }).nullish();
const scopes = z.object({ current: z.array(z.string()) });
const dataRequest = z.object({ customer, data_request: z.object({ id: z.union([z.number(), z.string()]) }).nullish() });
const customerRedact = z.object({ customer });

type Arrived = { shop: ShopAtDoor; topic: string; json: unknown; eventKey: string; at: Date; now: Date };

export const lifecycleTopics = ["app/uninstalled", "app/scopes_update", "shop/update", "customers/data_request", "customers/redact", "shop/redact"];

/** Why a lifecycle payload cannot be understood, or null when it can. */
export function lifecycleProblem(topic: string, json: unknown): string | null {
  if (topic === "app/scopes_update" && !scopes.safeParse(json).success) return "The payload of app/scopes_update has no list of current scopes.";
  if (topic === "customers/data_request" && !dataRequest.safeParse(json).success) return "The payload of customers/data_request names no customer.";
  if (topic === "customers/redact" && !customerRedact.safeParse(json).success) return "The payload of customers/redact names no customer.";
  return null;
}

/** Applies a lifecycle or compliance webhook, in the transaction that also keeps its delivery. Returns the task to wake. */
export async function applyLifecycle({ shop, topic, json, eventKey, at, now }: Arrived, tx: Tx): Promise<TaskName | null> {
  switch (topic) {
    case "app/uninstalled":
      // A late copy of an earlier uninstall must not undo a reinstall.
      if (shop.installedAt !== null && at < shop.installedAt) return null;
      await updateShop(shop.id, { uninstalledAt: at, pixelSeenAt: null }, tx);
      await deleteSessions(shop.domain, null, tx);
      return "shop.refresh";
    case "app/scopes_update":
      await updateShop(shop.id, { scopes: scopes.parse(json).current.join(",") }, tx);
      return null;
    case "customers/data_request": {
      const asked = dataRequest.parse(json);
      return ask("data-request", String(asked.data_request?.id ?? eventKey), asked.customer?.id);
    }
    case "customers/redact":
      return ask("customer-redact", eventKey, customerRedact.parse(json).customer?.id);
    case "shop/redact":
      return ask("shop-redact", eventKey, null);
    default:
      return "shop.refresh";
  }

  async function ask(kind: string, id: string, customerId: string | number | null | undefined): Promise<TaskName> {
    const customerGid = customerId === null || customerId === undefined ? null : `gid://shopify/Customer/${customerId}`;
    await writePrivacyRequest(
      { shopId: shop.id, id: `${kind}/${id}`, kind, customerGid, requestedAt: now, dueAt: new Date(now.getTime() + legalDays * day) },
      tx,
    );
    return "privacy.answer";
  }
}
