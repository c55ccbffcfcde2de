// Money as Shopify writes it: decimal strings with the currency's own number of places.

const placesByCurrency = new Map<string, number>();

/** How many decimal places a currency has: 2 for GBP, 0 for JPY, 3 for KWD. */
export function decimalPlaces(currency: string): number {
  const known = placesByCurrency.get(currency);
  if (known !== undefined) return known;
  const places = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  placesByCurrency.set(currency, places);
  return places;
}

/** `1999, "GBP"` → `"19.99"`; `1999, "JPY"` → `"1999"`. */
export function amount(minor: number, currency: string): string {
  const places = decimalPlaces(currency);
  const digits = String(Math.abs(minor)).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const fraction = places === 0 ? "" : `.${digits.slice(digits.length - places)}`;
  return `${minor < 0 ? "-" : ""}${whole}${fraction}`;
}

export type MoneySet = {
  shop_money: { amount: string; currency_code: string };
  presentment_money: { amount: string; currency_code: string };
};

/** The pair every modern webhook amount has; this world sells in the shop's own currency only. */
export function moneySet(minor: number, currency: string): MoneySet {
  const money = () => ({ amount: amount(minor, currency), currency_code: currency });
  return { shop_money: money(), presentment_money: money() };
}

/** For people: `£19.99`. */
export function display(minor: number, currency: string): string {
  return new Intl.NumberFormat("en-GB", { style: "currency", currency }).format(minor / 10 ** decimalPlaces(currency));
}
