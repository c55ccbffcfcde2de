import { expect, test } from "vitest";
import { groupScores, rfmGroups, stages } from "./groups.ts";
import { readRule } from "./rule.ts";
import { writtenOut } from "./written-out.ts";

test("each of the 25 fields of recency and frequency belongs to exactly one group", () => {
  const fields = [1, 2, 3, 4, 5].flatMap((recency) => [1, 2, 3, 4, 5].map((frequency) => ({ recency, frequency })));
  for (const { recency, frequency } of fields) {
    expect(rfmGroups.filter((key) => groupScores[key].recency.includes(recency) && groupScores[key].frequency.includes(frequency))).toHaveLength(1);
  }
});

test("groups and stages are rules that a merchant could have written", () => {
  for (const match of [writtenOut({ kind: "rfm-group", groups: [...rfmGroups] }), writtenOut({ kind: "lifecycle", stages: [...stages] })]) {
    expect(readRule({ version: 1, match })).toEqual({ ok: true, rule: { version: 1, match } });
  }
});
