import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitrate, type Other, type Ruling } from "./arbiter.ts";
import { flowKeys } from "./flow.ts";

const left = (subject = "co-1", change: Partial<Other> = {}): Other => ({
  id: `run of ${subject}`,
  flowKey: "abandoned-checkout",
  subject,
  active: true,
  ...change,
});
const looked = (subject = "7/1", change: Partial<Other> = {}): Other => ({
  id: `run of ${subject}`,
  flowKey: "browse-abandonment",
  subject,
  active: true,
  ...change,
});
const nothing: Ruling = { start: false, ends: [] };

describe("the highest intent is served", () => {
  test.each<[law: string, wanted: Other, others: Other[], ruling: Ruling]>([
    ["a checkout alone", left(), [], { start: true, ends: [] }],
    ["a look alone", looked(), [], { start: true, ends: [] }],
    ["a checkout ends the run of a look", left(), [looked()], { start: true, ends: [{ id: "run of 7/1", reason: "a checkout took over" }] }],
    ["a look starts nothing while a checkout is under way", looked(), [left()], nothing],
    ["a newer checkout ends the older", left("co-2"), [left()], { start: true, ends: [{ id: "run of co-1", reason: "a newer checkout took over" }] }],
    ["the same checkout starts nothing, and ends nothing", left(), [left()], nothing],
    ["a second look starts nothing: the run goes with her", looked("8/2"), [looked()], nothing],
    [
      "a checkout ends all the others",
      left("co-2"),
      [looked(), left()],
      {
        start: true,
        ends: [
          { id: "run of 7/1", reason: "a checkout took over" },
          { id: "run of co-1", reason: "a newer checkout took over" },
        ],
      },
    ],
    ["a look waits for a checkout that the holdout keeps from her, as it would for one that is mailed", looked(), [left("co-1", { active: false })], nothing],
    ["a look that is in the holdout starts no second", looked("8/2"), [looked("7/1", { active: false })], nothing],
    [
      "what the holdout keeps from her cannot be ended",
      left("co-2"),
      [looked("7/1", { active: false }), left("co-1", { active: false })],
      { start: true, ends: [] },
    ],
  ])("%s", (_law, wanted, others, ruling) => expect(arbitrate(wanted, others)).toEqual(ruling));
});

test("however entries come, one person has at most one run under way, and nothing ends what is more urgent", () => {
  const entries = fc.array(fc.record({ flowKey: fc.constantFrom(...flowKeys), subject: fc.constantFrom("a", "b", "c") }), { maxLength: 20 });
  fc.assert(
    fc.property(entries, (told) => {
      let runs: Other[] = [];
      for (const [index, wanted] of told.entries()) {
        const ruling = arbitrate(wanted, runs);
        for (const { id } of ruling.ends) {
          const ended = runs.find((one) => one.id === id) ?? expect.unreachable();
          expect(flowKeys.indexOf(ended.flowKey)).toBeGreaterThanOrEqual(flowKeys.indexOf(wanted.flowKey));
        }
        if (!ruling.start) expect(ruling.ends).toEqual([]);
        runs = runs.filter((one) => !ruling.ends.some((end) => end.id === one.id));
        if (ruling.start) runs.push({ ...wanted, id: String(index), active: true });
        expect(runs.length).toBeLessThanOrEqual(1);
      }
      if (told.length > 0) expect(runs).toHaveLength(1);
    }),
  );
});
