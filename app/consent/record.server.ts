import type { Event } from "../events/event.ts";
import type { Moves, Profile, Resolved } from "../identity/resolve.server.ts";
import { normalEmail } from "../lib/address.ts";
import { hmacHex } from "../lib/hash.ts";
import { together } from "../lib/together.ts";
import type { Tx } from "../lib/tx.ts";
import { keyFor } from "../shops/keys.server.ts";
import type { Shop } from "../shops/shop.ts";
import type { Consent } from "./allows.ts";
import { deleteSuppression, findSuppressions, insertConsent, insertSuppression, latestConsent, moveConsent, reown, type ConsentRow } from "./store.server.ts";

export { consentOf, consentSaid, eraseConsent, latestConsent } from "./store.server.ts";

/** The keyed hash of an address in one shop: all that is left of it after an erasure. */
export function addressHash(shop: Shop, email: string): string {
  return hmacHex(keyFor("suppression"), `${shop.salt}\n${normalEmail(email) ?? email}`);
}

/** What the word of a customer stands on where no webhook told it: her record at Shopify, which names the day she gave it. */
const recordEvidence = (event: Event) => (event.sourceId.includes("/admin/") ? "customer record in Shopify" : null);

function rowOf(event: Event, profileId: string, key: string | null): ConsentRow | null {
  const base = { sourceId: event.sourceId, profileId, key, channel: "email" as const };
  switch (event.name) {
    case "email-consent.changed":
      // "Not subscribed" is not a word of hers: it neither gives nor takes anything.
      return event.data.state === "none"
        ? null
        : { ...base, state: event.data.state, source: "shopify", evidence: recordEvidence(event), occurredAt: new Date(event.data.at) };
    case "sms-consent.changed":
      return event.data.state === "none"
        ? null
        : { ...base, channel: "sms", state: event.data.state, source: "shopify", evidence: recordEvidence(event), occurredAt: new Date(event.data.at) };
    case "checkout.updated":
      return event.data.acceptsMarketing && event.data.person.email !== null
        ? { ...base, state: "single", source: "checkout", evidence: `checkout ${event.data.token}`, occurredAt: event.occurredAt }
        : null;
    case "order.placed":
      return event.data.acceptsMarketing
        ? { ...base, state: "single", source: "order", evidence: `order ${event.data.orderId}`, occurredAt: event.occurredAt }
        : { ...base, state: "implied-sale", source: "order", evidence: `order ${event.data.orderId}`, occurredAt: event.occurredAt };
    case "message.unsubscribed":
      return {
        ...base,
        state: "out",
        source: "unsubscribe",
        evidence: event.data.messageId === undefined ? null : `message ${event.data.messageId}`,
        occurredAt: event.occurredAt,
      };
    default:
      return null;
  }
}

/** Gives the ledger's lines to whoever they are about now. */
export async function follow(shop: Shop, { merges, moved }: Moves, tx: Tx): Promise<void> {
  await together(moveConsent(shop.id, merges, tx), reown(shop.id, moved, tx));
}

/** Writes what a batch of events says about consent into the ledger, and moves the ledgers of merged profiles. */
export async function record(shop: Shop, events: Event[], resolved: Resolved, now: Date, tx: Tx): Promise<void> {
  await follow(shop, resolved, tx);
  const rows: ConsentRow[] = [];
  for (const event of events) {
    const profileId = resolved.of(event);
    const row = profileId === null ? null : rowOf(event, profileId, resolved.keyOf(event));
    if (row !== null) rows.push(row);
    // A new explicit opt-in at Shopify lifts an unsubscription before it, never a bounce, a complaint or an erasure. An old one that is read again lifts nothing.
    if (event.name === "email-consent.changed" && event.data.email !== null && event.data.state !== "none" && event.data.state !== "out") {
      await deleteSuppression(shop.id, "email", addressHash(shop, event.data.email), ["unsubscribed"], new Date(event.data.at), tx);
    }
  }
  await insertConsent(shop.id, rows, now, tx);
}

/** Puts an address on the list of those that are never mailed again. */
export async function suppress(shop: Shop, email: string, reason: "unsubscribed" | "bounced" | "complained" | "erased", now: Date, tx?: Tx): Promise<void> {
  await insertSuppression(shop.id, "email", addressHash(shop, email), reason, now, tx);
}

/** Whether the address typed now is suppressed, and why; for the moment before a message leaves. */
export async function suppressionOf(shop: Shop, email: string, tx?: Tx): Promise<string | null> {
  const hash = addressHash(shop, email);
  return (await findSuppressions(shop.id, "email", [hash], tx)).get(hash) ?? null;
}

/** What the ledger says now of each profile about being mailed. */
export async function consentNow(shop: Shop, profiles: Pick<Profile, "id" | "email">[], tx?: Tx): Promise<Map<string, Consent>> {
  const lines = await latestConsent(
    shop.id,
    "email",
    profiles.map((one) => one.id),
    tx,
  );
  const hashes = new Map(profiles.flatMap((one) => (one.email === null ? [] : [[one.id, addressHash(shop, one.email)] as const])));
  const suppressed = await findSuppressions(shop.id, "email", [...hashes.values()], tx);
  const consents = new Map<string, Consent>(
    profiles.map((one) => [one.id, { state: "none", at: null, source: null, soldAt: null, suppressed: suppressed.get(hashes.get(one.id) ?? "") ?? null }]),
  );
  for (const line of lines) {
    const consent = consents.get(line.profileId);
    if (consent === undefined) continue;
    if (line.state === "implied-sale") consent.soldAt = line.occurredAt;
    else Object.assign(consent, { state: line.state, at: line.occurredAt, source: line.source });
  }
  return consents;
}
