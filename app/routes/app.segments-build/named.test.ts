import { expect, test } from "vitest";
import { readRule } from "#app/segments/rule.ts";
import { meantBy, nameOf, namedLike } from "./named.ts";

test.each([
  ["country", "Ireland", "IE"],
  ["country", "ie", "IE"],
  ["country", "uk", "GB"],
  ["country", " united k", "GB"],
  ["country", "cote d'ivoire", "CI"],
  ["language", "germ", "de"],
  ["language", "EN", "en"],
  ["language", "eng", "en"],
  ["language", "yue", "yue"],
] as const)("a %s that is looked for as %s is found first", (of, typed, value) => expect(namedLike(of, typed)[0]?.value).toBe(value));

test("what is none is not found, and what nobody lives in is none", () => {
  for (const typed of ["qq", "european union", "no such place", "zzx", "I-"]) expect(namedLike("country", typed)).toEqual([]);
  expect(namedLike("country", "").filter(({ value }) => ["EU", "UN", "UK", "ZZ"].includes(value))).toEqual([]);
  expect(namedLike("language", "no such tongue")).toEqual([]);
});

test("each is found by its own name, and is what a rule may ask for", () => {
  for (const [of, field] of [
    ["country", "countries"],
    ["language", "languages"],
  ] as const) {
    const all = namedLike(of, "");
    expect(all.length).toBeGreaterThan(150);
    for (const { value, label } of all) {
      expect(namedLike(of, label)[0]?.label).toBe(label);
      expect(readRule({ version: 1, match: { kind: of, [field]: [value] } }).ok).toBe(true);
    }
  }
});

test("what has no name is called what it is", () => expect([nameOf("country", "QQ"), nameOf("language", "qqq"), nameOf("country", "nonsense")]).toEqual(["QQ", "qqq", "nonsense"])); // prettier-ignore

test.each([
  ["ie", "IE"],
  ["Ireland", "IE"],
  ["irel", "IE"],
  ["zealand", "NZ"],
  ["niger", "NE"],
  ["nige", null],
  ["atlantis", null],
  [" ", null],
])("%s can mean %s and nothing else", (typed, value) => expect(meantBy("country", typed)).toBe(value));
