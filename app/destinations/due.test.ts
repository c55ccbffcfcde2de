import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoff, nextCheck, plan, type HeldState, type Standing } from "./due.ts";

describe("what the platform still lacks, and what it must lose", () => {
  test.each<[law: string, wanted: boolean, held: HeldState | null, verb: "add" | "remove" | "nothing"]>([
    ["wanted and unknown there: add", true, null, "add"],
    ["wanted and on the way: nothing", true, "adding", "nothing"],
    ["wanted and there: nothing", true, "held", "nothing"],
    ["wanted again while leaving: add", true, "removing", "add"],
    ["not wanted and there: remove", false, "held", "remove"],
    ["not wanted and on the way: remove all the same, the call may have arrived", false, "adding", "remove"],
    ["not wanted and leaving: nothing more", false, "removing", "nothing"],
    ["not wanted and unknown there: nothing", false, null, "nothing"],
  ])("%s", (_law, wanted, held, verb) => {
    expect(plan([{ profileId: "p", wanted, held }])).toEqual({ add: verb === "add" ? ["p"] : [], remove: verb === "remove" ? ["p"] : [] });
  });
});

test("a plan that was carried out leaves nothing to do, and the audience equal to the wish", () => {
  const standing = fc.record({ wanted: fc.boolean(), held: fc.constantFrom(null, "adding" as const, "held" as const, "removing" as const) });
  fc.assert(
    fc.property(fc.array(standing), (list) => {
      const standings = list.map((one, index): Standing => ({ ...one, profileId: `p${index}` }));
      const { add, remove } = plan(standings);
      const after = standings.map((one): Standing => ({
        ...one,
        held: add.includes(one.profileId) ? "adding" : remove.includes(one.profileId) ? "removing" : one.held,
      }));
      expect(plan(after)).toEqual({ add: [], remove: [] });
      for (const one of after) expect(one.wanted).toBe(one.held === "adding" || one.held === "held");
    }),
  );
});

test("the wait begins with a minute, doubles, and ends at an hour", () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 1000].map((failures) => backoff(failures) / 60_000)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test.each([
  [0, 1],
  [1, 1],
  [10, 10],
  [120, 120],
  [1000, 360],
  [72 * 60, 360],
])("a call that was taken %i minutes ago is asked for again in %i", (age, minutes) => {
  const at = new Date("2026-11-21T09:00:00Z");
  const now = new Date(at.getTime() + age * 60_000);
  expect(nextCheck(at, now)).toEqual(new Date(now.getTime() + minutes * 60_000));
});

test("after three days nobody asks any more", () => {
  const at = new Date("2026-11-21T09:00:00Z");
  expect(nextCheck(at, new Date(at.getTime() + 72 * 3_600_000 + 1))).toBeNull();
});
