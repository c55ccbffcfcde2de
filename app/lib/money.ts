// Money is an integer in minor units of a currency: pence, cents, yen.

// ISO 4217 minor units that are not 2 (list of 2026-01). Not asked of Intl: it answers how money is usually shown (HUF and COP without decimals),
// differs between versions of its data, and what is stored must never change its meaning.
const none = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
const three = "BHD IQD JOD KWD LYD OMR TND";
const four = "CLF UYW";
const digitsOf = new Map(
  [[none, 0] as const, [three, 3] as const, [four, 4] as const].flatMap(([codes, digits]) => codes.split(" ").map((code) => [code, digits] as const)),
);

/** How many decimals a currency has (JPY 0, GBP 2, KWD 3). An unknown code counts as 2. */
export function currencyDigits(currency: string): number {
  return digitsOf.get(currency) ?? 2;
}

/** Reads a decimal amount as Shopify writes it ("12.34", "-5", "1000") into minor units, exactly. Null when it is no amount, or more than can be counted. */
export function toMinor(amount: string, currency: string): number | null {
  const match = /^(-?)(\d{1,13})(?:\.(\d{1,6}))?$/.exec(amount.trim());
  if (match === null) return null;
  const digits = currencyDigits(currency);
  const fraction = (match[3] ?? "").padEnd(digits + 1, "0");
  const whole = Number(match[2]) * 10 ** digits + Number(fraction.slice(0, digits) || "0");
  const rounded = whole + (Number(fraction[digits]) >= 5 ? 1 : 0);
  if (!Number.isSafeInteger(rounded)) return null;
  return rounded === 0 ? 0 : match[1] === "-" ? -rounded : rounded;
}

/** Writes minor units as a decimal amount ("12.34"). */
export function toDecimal(minor: number, currency: string): string {
  return (minor / 10 ** currencyDigits(currency)).toFixed(currencyDigits(currency));
}

/** Writes minor units for people: £8,911,407.90. */
export function formatMoney(minor: number, currency: string, locale = "en"): string {
  try {
    const digits = currencyDigits(currency);
    return new Intl.NumberFormat(locale, { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
      minor / 10 ** digits,
    );
  } catch {
    return `${toDecimal(minor, currency)} ${currency}`;
  }
}
