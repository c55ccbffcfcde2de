import { describe, expect, test } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import { normalEmail, normalPhone } from "../../lib/address.ts";
import { sha256 } from "../../lib/hash.ts";
import type { Member } from "../contract.ts";
import { email, identify, name, phone, schema } from "./map.ts";

type Vector = { field: string; input: string | null; normalized?: string | null; sha256?: string; error?: boolean; valid?: boolean; context?: string };
const read = (file: string): Vector[] => {
  const text = sharedData(`vectors/${file}`, "Meta's own vectors");
  return text === null ? [] : (JSON.parse(text) as { cases: Vector[] }).cases;
};
const [docs, builder, sdk] = [read("meta-docs.json"), read("meta-capi-param-builder.json"), read("meta-business-sdk.json")];
const given = <Field extends string>(list: Vector[], field: Field) =>
  list.filter((one): one is Vector & { input: string } => one.field === field && one.input !== null);

const member = (change: Partial<Member>): Member => ({ ref: "p", email: null, phone: null, firstName: null, lastName: null, country: null, ...change });
const column = (key: (typeof schema)[number], change: Partial<Member>) => identify(member({ email: "anchor@x.test", ...change }))?.[key];

/** Hashes that arrive already made: MD5 we never make and do not know. */
const isMd5 = (text: string) => /^[0-9a-f]{32}$/i.test(text);
const isSha256 = (text: string) => /^[0-9a-f]{64}$/i.test(text);

describe.skipIf(docs.length === 0)("Meta's guide", () => {
  test.each(given(docs, "em"))("address $input", ({ input, sha256: hash }) => expect(column("EMAIL", { email: input })).toBe(hash));
  test.each(given(docs, "ph"))("number $input, in the shopper's country", ({ input, sha256: hash }) =>
    expect(column("PHONE", { phone: normalPhone(input, "US") ?? input })).toBe(hash),
  );
  test.each(given(docs, "fn"))("name $input", ({ input, sha256: hash }) => expect(column("FN", { firstName: input })).toBe(hash));
  test("country: the code, not the name", () => expect(column("COUNTRY", { country: "US" })).toBe(docs.find((one) => one.field === "country")?.sha256));
});

describe.skipIf(builder.length === 0)("the cases of Meta's own parameter builder", () => {
  test("addresses: what it takes, we hash alike; what it refuses, never comes so far", () => {
    for (const one of given(builder, "em").filter(({ input }) => !isMd5(input.trim()))) {
      if (isSha256(one.input)) expect(column("EMAIL", { email: one.input })).toBe(one.input.toLowerCase());
      else if (one.normalized === null) expect({ input: one.input, spelled: normalEmail(one.input) }).toEqual({ input: one.input, spelled: null });
      else expect({ input: one.input, hash: column("EMAIL", { email: normalEmail(one.input) }) }).toEqual({ input: one.input, hash: one.sha256 });
    }
  });
  test("numbers: digits only, without leading zeros", () => {
    for (const one of given(builder, "ph").filter(
      ({ input, normalized }) => !isMd5(input) && !input.startsWith("alreadyHasPhoneCode") && normalized !== null,
    )) {
      if (isSha256(one.input)) expect(column("PHONE", { phone: one.input })).toBe(one.input.toLowerCase());
      else expect({ input: one.input, digits: phone(one.input) }).toEqual({ input: one.input, digits: one.normalized });
    }
  });
  test("names: small letters, without ASCII punctuation and spaces", () => {
    for (const one of given(builder, "fn/ln").filter(({ input }) => !isMd5(input))) {
      if (isSha256(one.input)) expect(column("LN", { lastName: one.input })).toBe(one.input.toLowerCase());
      else expect({ input: one.input, name: name(one.input) }).toEqual({ input: one.input, name: one.normalized });
    }
  });
  test("countries by their code", () => {
    for (const one of given(builder, "country").filter(({ input }) => /^[A-Z]{2}$/i.test(input.trim())))
      expect(column("COUNTRY", { country: one.input })).toBe(one.sha256);
  });
});

describe.skipIf(sdk.length === 0)("the cases of Meta's business SDK", () => {
  test("numbers, without adding a calling code", () => {
    for (const one of given(sdk, "ph")) expect(phone(one.input)).toBe(one.normalized);
  });
  test("an address with stray signs is refused here, where the SDK mends it: it may be somebody else's", () => {
    const mended = given(sdk, "em").filter((one) => one.normalized !== undefined && one.normalized !== null && one.normalized !== one.input);
    expect(mended.length).toBeGreaterThan(0);
    for (const one of mended) expect(normalEmail(one.input)).toBeNull();
  });
  test("what the SDK throws at is refused", () => {
    for (const one of given(sdk, "em").filter(({ error }) => error === true)) expect(normalEmail(one.input)).toBeNull();
  });
});

test("the columns are sent in one order, and what is unknown is empty, never the hash of nothing", () => {
  const fields = identify(member({ email: "Ann@X.test" }));
  expect(Object.keys(fields ?? {})).toEqual([...schema]);
  expect(fields).toEqual({ EMAIL: sha256("ann@x.test"), PHONE: "", FN: "", LN: "", COUNTRY: "" });
  expect(Object.values(identify(member({ email: "a@x.test", phone: "abc", firstName: "--", country: " " })) ?? {})).not.toContain(sha256(""));
});

test("who has neither address nor number could not be matched", () => {
  expect(identify(member({ firstName: "Ann", lastName: "Lee", country: "GB" }))).toBeNull();
  expect(identify(member({ phone: "000" }))).toBeNull();
  expect(identify(member({ phone: "+447400123456" }))).not.toBeNull();
});

test("one name in two ways of writing is one hash", () => {
  expect(column("FN", { firstName: "Jose\u0301" })).toBe(column("FN", { firstName: "JOS\u00c9" }));
  expect(email(" A@X.TEST ")).toBe("a@x.test");
});
