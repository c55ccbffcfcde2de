// One spelling per mail address and phone number, so that the same person meets herself.
import { parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js";

/** Lower case, NFC, no space around; null when it cannot be a mail address that we would send to. */
export function normalEmail(raw: string | null | undefined): string | null {
  if (raw === null || raw === undefined) return null;
  const text = raw.normalize("NFC").trim().toLowerCase();
  if (text.length > 254 || !/^[^\s@<>()[\]\\,;:"\p{C}]{1,64}@[^\s@<>()[\]\\,;:"\p{C}]+\.[^\s@<>()[\]\\,;:"\p{C}.]{2,}$/u.test(text)) return null;
  return text.includes("..") || text.startsWith(".") || text.includes(".@") || text.includes("@.") ? null : text;
}

/** E.164 (+442079460000); null when it is no valid number, or has no country code and no country to take one from. */
export function normalPhone(raw: string | null | undefined, country: string | null): string | null {
  if (raw === null || raw === undefined || raw.length > 40) return null;
  const number = parsePhoneNumberFromString(raw, (country ?? undefined) as CountryCode | undefined);
  return number?.isValid() === true ? number.number : null;
}
