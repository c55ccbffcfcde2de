// What Shopify blanks in a pixel's events while the app is not approved for it: names, addresses, e-mail and phone numbers.

const scopeOf: Record<string, string> = {
  email: "read_customer_email",
  phone: "read_customer_phone",
  smsMarketingPhone: "read_customer_phone",
  firstName: "read_customer_name",
  lastName: "read_customer_name",
  address1: "read_customer_address",
  address2: "read_customer_address",
  city: "read_customer_address",
  zip: "read_customer_address",
  province: "read_customer_address",
  provinceCode: "read_customer_address",
};

/** The same value with null in every protected field that no scope opens. Shops and products have no such fields. */
export function withoutProtected<Value>(value: Value, scopes: readonly string[]): Value {
  if (Array.isArray(value)) return value.map((one: unknown) => withoutProtected(one, scopes)) as Value;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, one]: [string, unknown]) => {
    const scope = scopeOf[key];
    return [key, scope !== undefined && !scopes.includes(scope) ? null : withoutProtected(one, scopes)];
  });
  return Object.fromEntries(entries) as Value;
}
