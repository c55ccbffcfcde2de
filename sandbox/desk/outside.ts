// What left the building, of whatever kind, newest first: calls to other companies, letters, and what came in from Shopify.
import type { Departure } from "../log.ts";
import type { Letter } from "../mail/mailbox.ts";
import type { Delivery } from "../shopify/webhooks.ts";

export type Passed = { at: string; what: "Call" | "Letter" | "Webhook"; about: string; end: string; well: boolean; link: string };

/** The newest `most` of all three. Letters come newest first, the others newest last. */
export function newest(departures: readonly Departure[], letters: readonly Letter[], deliveries: readonly Delivery[], most: number): Passed[] {
  const calls = departures.slice(-most).map((one): Passed => ({
    at: one.at,
    what: "Call",
    about: `${one.method} ${one.host}${one.path.split("?")[0] ?? ""}`,
    end: one.status === 0 ? "no answer" : String(one.status),
    well: one.status >= 200 && one.status < 400,
    link: `/log?host=${encodeURIComponent(one.host)}`,
  }));
  const mails = letters.slice(0, most).map((one): Passed => ({
    at: one.arrivedAt,
    what: "Letter",
    about: `${one.subject} → ${one.to.join(", ")}`,
    end: "arrived",
    well: true,
    link: `/mail/${one.id}`,
  }));
  const hooks = deliveries.slice(-most).map((one): Passed => ({
    at: one.attempts.at(-1)?.at ?? one.triggeredAt,
    what: "Webhook",
    about: `${one.topic} from ${one.shop}`,
    end: one.fate,
    well: one.fate === "delivered",
    link: "/shopify",
  }));
  return [...calls, ...mails, ...hooks].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, most);
}
