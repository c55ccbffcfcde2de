import { describe, expect, test } from "vitest";
import { ruleWords } from "../segments/rule-words.ts";
import { savedWords } from "../segments/saved-words.ts";
import { standardWords } from "../segments/standard-words.ts";
import { words } from "./words.ts";

type Text = { text: string; made: boolean };

/** Every text of a table; of what makes a text, how it is written. */
function texts(of: unknown): Text[] {
  if (typeof of === "string") return [{ text: of, made: false }];
  if (typeof of === "function") return [{ text: String(of), made: true }];
  return typeof of === "object" && of !== null ? Object.values(of).flatMap(texts) : [];
}

const all = texts([words, ruleWords, savedWords, standardWords]);
const those = (pattern: RegExp, of = all) => of.map(({ text }) => text).filter((text) => pattern.test(text));
const made = all.filter((one) => one.made);

describe("the words of the screens", () => {
  test("all of them are looked at, those with a gap for a name or a number, too", () => {
    expect(all.length).toBeGreaterThan(1000);
    expect(made.length).toBeGreaterThan(150);
    expect(those(/were sent/, made)).not.toEqual([]);
  });
  test("nobody is taken for a woman or a man", () => expect(those(/\b(she|her|hers|herself|he|him|his|himself)\b/i)).toEqual([]));
  test("a percentage has no space, and none is put together by hand", () => {
    expect(those(/\d\s%/)).toEqual([]);
    expect(those(/[\d}]%/, made)).toEqual([]);
  });
});
