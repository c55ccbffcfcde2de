import { expect, test } from "vitest";
import { formatsOf } from "#app/components/format.ts";
import { changeWords } from "./change-words.ts";

const format = formatsOf({ currency: "GBP", timezone: "Europe/London" });
const today = "2026-11-26";

test.each([
  ["an old one", { entered: 1200, left: 3, since: null }, ["+1,200 / −3"]],
  ["an old one in which nobody moved", { entered: 0, left: 0, since: null }, ["No change"]],
  ["one that was just made", { entered: 0, left: 0, since: today }, ["New"]],
  ["one that was just made, and somebody came", { entered: 2, left: 0, since: today }, ["+2 / −0", "today"]],
  ["one made three days ago", { entered: 0, left: 0, since: "2026-11-23" }, ["No change", "since 23 Nov"]],
  ["one made three days ago, and somebody came and went", { entered: 2, left: 1, since: "2026-11-23" }, ["+2 / −1", "since 23 Nov"]],
])("%s", (_, line, text) => expect(changeWords(line, today, format)).toEqual(text));
