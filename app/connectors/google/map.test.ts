import { describe, expect, test } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import { sha256 } from "../../lib/hash.ts";
import type { Member } from "../contract.ts";
import { email, identify, phone, userIdentifiers } from "./map.ts";

type Vector = { fn: string; input: string | null; normalized?: string; sha256_hex?: string; error?: boolean };
const text = sharedData("vectors/google-data-manager.json", "Google's own vectors");
const vectors = text === null ? [] : (JSON.parse(text) as { cases: Vector[] }).cases;
const given = (fn: string, wrong: boolean) =>
  vectors.filter((one): one is Vector & { input: string } => one.fn === fn && one.input !== null && (one.error === true) === wrong);

const member = (change: Partial<Member>): Member => ({ ref: "p", email: null, phone: null, firstName: null, lastName: null, country: null, ...change });

describe.skipIf(vectors.length === 0)("the cases of Google's own formatters", () => {
  test("addresses", () => {
    expect(given("email", false).length).toBeGreaterThan(10);
    for (const { input, normalized, sha256_hex } of given("email", false)) {
      expect({ input, text: email(input) }).toEqual({ input, text: normalized });
      expect(identify(member({ email: input }))).toEqual({ emailAddress: sha256_hex });
    }
  });
  test("numbers", () => {
    expect(given("phone", false).length).toBeGreaterThan(5);
    for (const { input, normalized, sha256_hex } of given("phone", false)) {
      expect({ input, text: phone(input) }).toEqual({ input, text: normalized });
      expect(identify(member({ phone: input }))).toEqual({ phoneNumber: sha256_hex });
    }
  });
  test("what Google's formatters throw at is left out", () => {
    for (const { input } of given("email", true)) expect({ input, fields: identify(member({ email: input })) }).toEqual({ input, fields: null });
    for (const { input } of given("phone", true)) expect({ input, fields: identify(member({ phone: input })) }).toEqual({ input, fields: null });
  });
});

test("one Gmail mailbox is one hash, however it is written; elsewhere dots and plus signs stay", () => {
  expect(email("Ann.Lee+shop@GMAIL.com")).toBe("annlee@gmail.com");
  expect(email("Ann.Lee+shop@example.com")).toBe("ann.lee+shop@example.com");
  expect(email("ann@gmail.com.example.com")).toBe("ann@gmail.com.example.com");
});

test("who has neither address nor number could not be matched", () => {
  expect(identify(member({ firstName: "Ann", lastName: "Lee", country: "GB" }))).toBeNull();
  expect(identify(member({ phone: "none" }))).toBeNull();
});

test("what is unknown is left out, never the hash of nothing; what is a hash is not hashed again", () => {
  expect(Object.values(identify(member({ email: "a@x.test", phone: " " })) ?? {})).toEqual([sha256("a@x.test")]);
  const hash = sha256("a@x.test");
  expect(identify(member({ email: hash.toUpperCase(), phone: "a".repeat(64) }))).toEqual({ emailAddress: hash, phoneNumber: "a".repeat(64) });
});

test("each identifier goes over the wire by itself", () => {
  expect(userIdentifiers({ emailAddress: "e", phoneNumber: "p" })).toEqual([{ emailAddress: "e" }, { phoneNumber: "p" }]);
  expect(userIdentifiers({ phoneNumber: "p" })).toEqual([{ phoneNumber: "p" }]);
});
