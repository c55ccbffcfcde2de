// Money is an integer in minor units of a currency: pence, cents, yen.

// ISO 4217 minor units that are not 2; Intl knows them, so no table of our own can go stale.
const digitsOf = new Map<string, number>();

/** How many decimals a currency has (JPY 0, GBP 2, KWD 3). An unknown code counts as 2. */
export function currencyDigits(currency: string): number {
  const known = digitsOf.get(currency);
  if (known !== undefined) return known;
  let digits = 2;
  try {
    digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    digits = 2;
  }
  digitsOf.set(currency, digits);
  return digits;
}

/** Reads a decimal amount as Shopify writes it ("12.34", "-5", "1000") into minor units, exactly. Null when it is no amount. */
export function toMinor(amount: string, currency: string): number | null {
  const match = /^(-?)(\d{1,13})(?:\.(\d{1,6}))?$/.exec(amount.trim());
  if (match === null) return null;
  const digits = currencyDigits(currency);
  const fraction = (match[3] ?? "").padEnd(digits + 1, "0");
  const whole = Number(match[2]) * 10 ** digits + Number(fraction.slice(0, digits) || "0");
  const rounded = whole + (Number(fraction[digits]) >= 5 ? 1 : 0);
  return rounded === 0 ? 0 : match[1] === "-" ? -rounded : rounded;
}

/** Writes minor units as a decimal amount ("12.34"). */
export function toDecimal(minor: number, currency: string): string {
  return (minor / 10 ** currencyDigits(currency)).toFixed(currencyDigits(currency));
}

/** Writes minor units for people: £8,911,407.90. */
export function formatMoney(minor: number, currency: string, locale = "en"): string {
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency }).format(minor / 10 ** currencyDigits(currency));
  } catch {
    return `${toDecimal(minor, currency)} ${currency}`;
  }
}
