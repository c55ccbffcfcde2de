import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { armOf, flowExperiment, globalExperiment } from "./assign.ts";

const people = 100_000;
const salt = "a shop's salt";
const held = (experiment: string, percent: number, ofSalt = salt) =>
  Array.from({ length: people }, (_, index) => armOf(ofSalt, experiment, `profile-${index}`, percent) === "holdout");
const share = (arms: boolean[]) => arms.filter(Boolean).length / arms.length;

describe("the share is the one that was asked for", () => {
  // Four standard errors: a fair hash fails this once in sixteen thousand.
  test.each([1, 5, 10, 20, 50])("%i %% of 100,000", (percent) => {
    const p = percent / 100;
    expect(Math.abs(share(held(globalExperiment, percent)) - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / people));
  });
  test("0 % holds back nobody, 100 % everybody", () => {
    expect(share(held(globalExperiment, 0))).toBe(0);
    expect(share(held(globalExperiment, 100))).toBe(1);
  });
});

test("the same person falls on the same side, however often one looks", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.integer({ min: 0, max: 100 }),
      (experiment, id, percent) => armOf(salt, experiment, id, percent) === armOf(salt, experiment, id, percent),
    ),
  );
});

test("a larger holdout keeps everybody who was in the smaller one", () => {
  const [five, ten] = [held(globalExperiment, 5), held(globalExperiment, 10)];
  expect(five.every((inFive, index) => !inFive || ten[index])).toBe(true);
});

describe("one draw says nothing about another", () => {
  const both = (a: boolean[], b: boolean[]) => share(a.map((one, index) => one && b[index] === true));
  // Independent: together they hold back the product of their shares.
  const tolerance = 4 * Math.sqrt((0.01 * 0.99) / people);
  test("between experiments", () => {
    expect(Math.abs(both(held(globalExperiment, 10), held(flowExperiment("abandoned-checkout"), 10)) - 0.01)).toBeLessThan(tolerance);
  });
  test("between shops", () => {
    expect(Math.abs(both(held(globalExperiment, 10), held(globalExperiment, 10, "another salt")) - 0.01)).toBeLessThan(tolerance);
  });
});

test("an experiment's name cannot be made to look like another's", () => {
  expect(flowExperiment("global")).not.toBe(globalExperiment);
});
