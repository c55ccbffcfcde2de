import { expect, test } from "vitest";
import { formatsOf } from "#app/components/format.ts";
import { changeLine, changeWords } from "./change-words.ts";

const format = formatsOf({ currency: "GBP", timezone: "Europe/London" });
const today = "2026-11-26";

test.each([
  ["an old one", { entered: 1200, left: 3, since: null }, ["+1,200 / −3"], "+1,200 / −3 in 7 days"],
  ["an old one in which nobody moved", { entered: 0, left: 0, since: null }, ["No change"], "No change in 7 days"],
  ["one that begins today", { entered: 0, left: 0, since: today }, ["New"], "New"],
  ["one that begins today, and somebody came", { entered: 2, left: 0, since: today }, ["+2 / −0", "today"], "+2 / −0 today"],
  ["one of three days ago", { entered: 0, left: 0, since: "2026-11-23" }, ["No change", "since 23 Nov"], "No change since 23 Nov"],
  ["one of three days ago, and somebody came and went", { entered: 2, left: 1, since: "2026-11-23" }, ["+2 / −1", "since 23 Nov"], "+2 / −1 since 23 Nov"],
])("%s", (_, line, text, alone) => {
  expect(changeWords(line, today, format)).toEqual(text);
  expect(changeLine(line, today, format)).toBe(alone);
});
