// A person as Google wants her: normalised, then hashed with SHA-256, in hex. Source: Data Manager API, formatting guide, read 2026-11-20.
import { sha256 } from "../../lib/hash.ts";
import type { Identifiers, Member } from "../contract.ts";

const hashed = /^[0-9a-f]{64}$/i;

/** Small letters, no space anywhere; at Gmail no dots and nothing after a plus, because Google delivers those to the same mailbox. Empty when it is none. */
export function email(raw: string): string {
  const text = raw.normalize("NFC").replace(/\s/g, "").toLowerCase();
  const at = text.lastIndexOf("@");
  const [local, domain] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  const mailbox = domain === "gmail.com" || domain === "googlemail.com" ? (local.split("+")[0] ?? "").replaceAll(".", "") : local;
  return mailbox === "" || domain === "" ? "" : `${mailbox}@${domain}`;
}

/** A plus and digits. Empty when there are none. */
export function phone(raw: string): string {
  const digits = raw.replace(/\D/g, "");
  return digits === "" ? "" : `+${digits}`;
}

function hash(raw: string | null, normal: (raw: string) => string): string | null {
  if (raw === null) return null;
  // What is already a hash must not be hashed again; it is looked for first, or a hash sent as a phone would lose its letters.
  if (hashed.test(raw)) return raw.toLowerCase();
  const text = normal(raw);
  return text === "" ? null : sha256(text);
}

/** The identifiers of one person, or null where neither address nor phone is known: nobody could be matched. */
export function identify(member: Member): Identifiers | null {
  const [address, number] = [hash(member.email, email), hash(member.phone, phone)];
  if (address === null && number === null) return null;
  return { ...(address === null ? {} : { emailAddress: address }), ...(number === null ? {} : { phoneNumber: number }) };
}

/** What is kept of a person, as the list that goes over the wire. */
export function userIdentifiers(kept: Identifiers): Record<string, string>[] {
  return ["emailAddress", "phoneNumber"].flatMap((field) => (kept[field] === undefined ? [] : [{ [field]: kept[field] }]));
}
