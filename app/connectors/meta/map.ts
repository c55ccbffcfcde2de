// A person as Meta wants her: normalised, then hashed with SHA-256. Source: Meta's customer-file guide, text of 2026-09-12.
import { sha256 } from "../../lib/hash.ts";
import type { Identifiers, Member } from "../contract.ts";

/** The columns we send, in this order; an unknown value is the empty string. */
export const schema = ["EMAIL", "PHONE", "FN", "LN", "COUNTRY"] as const;

const hashed = /^[0-9a-f]{64}$/i;

/** Trim and lower case; dots and plus signs stay. */
export function email(raw: string): string {
  return raw.normalize("NFC").trim().toLowerCase();
}

/** Digits with country code, no plus, no leading zeros. */
export function phone(raw: string): string {
  return raw.replace(/\D/g, "").replace(/^0+/, "");
}

/** Lower case, without ASCII punctuation and spaces; everything else stays, digits and letters of every script too, as Meta's own library has it. */
export function name(raw: string): string {
  return raw
    .normalize("NFC")
    .toLowerCase()
    .replace(/[!-/:-@[-`{-~\s]/g, "");
}

function hash(raw: string | null, normal: (raw: string) => string): string {
  if (raw === null) return "";
  // What is already a hash must not be hashed again; it is looked for first, or a hash sent as a phone would lose its letters.
  if (hashed.test(raw)) return raw.toLowerCase();
  const text = normal(raw);
  return text === "" ? "" : sha256(text);
}

/** The columns of one person, or null where neither address nor phone is known: nobody could be matched. */
export function identify(member: Member): Identifiers | null {
  const columns = {
    EMAIL: hash(member.email, email),
    PHONE: hash(member.phone, phone),
    FN: hash(member.firstName, name),
    LN: hash(member.lastName, name),
    COUNTRY: hash(member.country, (raw) => raw.trim().toLowerCase()),
  };
  return columns.EMAIL === "" && columns.PHONE === "" ? null : columns;
}
