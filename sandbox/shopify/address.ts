// Made-up postal addresses: one believable town per country, and telephone numbers nobody has.

type Place = { country: string; address1: string; city: string; zip: string; province: string | null; provinceCode: string | null };

const places: Record<string, Place> = {
  GB: { country: "United Kingdom", address1: "12 Quay Street", city: "Whitby", zip: "YO21 1DN", province: "England", provinceCode: "ENG" },
  IE: { country: "Ireland", address1: "4 Strand Road", city: "Galway", zip: "H91 XF5K", province: "Galway", provinceCode: "G" },
  US: { country: "United States", address1: "210 Harbor Avenue", city: "Portland", zip: "04101", province: "Maine", provinceCode: "ME" },
  CA: { country: "Canada", address1: "88 Water Street", city: "Halifax", zip: "B3J 1S9", province: "Nova Scotia", provinceCode: "NS" },
  AU: { country: "Australia", address1: "7 Wharf Road", city: "Hobart", zip: "7000", province: "Tasmania", provinceCode: "TAS" },
  DE: { country: "Germany", address1: "Hafenstraße 3", city: "Hamburg", zip: "20457", province: null, provinceCode: null },
  FR: { country: "France", address1: "5 quai des Pins", city: "Nantes", zip: "44000", province: null, provinceCode: null },
  NL: { country: "Netherlands", address1: "Havenkade 21", city: "Hoorn", zip: "1621 BG", province: null, provinceCode: null },
  ES: { country: "Spain", address1: "Calle del Puerto 9", city: "Vigo", zip: "36202", province: "Pontevedra", provinceCode: "PO" },
  IT: { country: "Italy", address1: "Via del Porto 14", city: "Genova", zip: "16126", province: "Genova", provinceCode: "GE" },
  SE: { country: "Sweden", address1: "Hamngatan 2", city: "Kalmar", zip: "392 31", province: null, provinceCode: null },
  JP: { country: "Japan", address1: "1-2-3 Minato", city: "Otaru", zip: "047-0007", province: "Hokkaidō", provinceCode: "JP-01" },
};

/** Countries a shopper of this world can live in. */
export const countries: readonly { code: string; name: string }[] = Object.entries(places).map(([code, place]) => ({
  code,
  name: place.country,
}));

/** The English name of a country this world knows, else its code. */
export function countryName(code: string): string {
  return places[code]?.country ?? code;
}

export type Person = { firstName: string; lastName: string; country: string; phone?: string | null };

/** A billing or shipping address as orders and checkouts carry it. */
export function addressPayload(person: Person) {
  const place = places[person.country];
  return {
    first_name: person.firstName,
    address1: place?.address1 ?? "1 Main Street",
    phone: person.phone ?? null,
    city: place?.city ?? "Harbour Town",
    zip: place?.zip ?? "10000",
    province: place?.province ?? null,
    country: countryName(person.country),
    last_name: person.lastName,
    address2: null,
    company: null,
    latitude: null,
    longitude: null,
    name: `${person.firstName} ${person.lastName}`.trim(),
    country_code: person.country,
    province_code: place?.provinceCode ?? null,
  };
}

/** A customer's stored address, which also knows its owner. */
export function customerAddressPayload(person: Person & { id: number }) {
  const { latitude: _latitude, longitude: _longitude, ...address } = addressPayload(person);
  return {
    id: person.id + 1,
    customer_id: person.id,
    ...address,
    country_name: address.country,
    default: true,
  };
}
