// The countries of the Online Retail files, as they are written there, and their ISO codes.

const codes: Readonly<Record<string, string>> = {
  Australia: "AU",
  Austria: "AT",
  Bahrain: "BH",
  Belgium: "BE",
  Brazil: "BR",
  Canada: "CA",
  // Jersey stands for both of them: the file does not say which.
  "Channel Islands": "JE",
  Cyprus: "CY",
  "Czech Republic": "CZ",
  Denmark: "DK",
  EIRE: "IE",
  // No country, but a code that ISO reserves for it.
  "European Community": "EU",
  Finland: "FI",
  France: "FR",
  Germany: "DE",
  Greece: "GR",
  "Hong Kong": "HK",
  Iceland: "IS",
  Israel: "IL",
  Italy: "IT",
  Japan: "JP",
  Lebanon: "LB",
  Lithuania: "LT",
  Malta: "MT",
  Netherlands: "NL",
  Norway: "NO",
  Poland: "PL",
  Portugal: "PT",
  RSA: "ZA",
  "Saudi Arabia": "SA",
  Singapore: "SG",
  Spain: "ES",
  Sweden: "SE",
  Switzerland: "CH",
  USA: "US",
  "United Arab Emirates": "AE",
  "United Kingdom": "GB",
  // ISO leaves ZZ to whoever needs a code for "unknown".
  Unspecified: "ZZ",
};

/** The ISO code of a country as the files name it; nothing for a name they do not have. */
export function countryCode(name: string): string | undefined {
  return Object.hasOwn(codes, name) ? codes[name] : undefined;
}
