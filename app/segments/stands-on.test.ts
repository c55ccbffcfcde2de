import { expect, test } from "vitest";
import { all, any, did, not } from "../../test/conditions.ts";
import type { Node } from "./rule.ts";
import { cycleOf, tooLarge } from "./stands-on.ts";

const asks = (segment: string): Node => ({ kind: "in-segment", segment });

test("a segment that leads back to itself", () => {
  const rules = new Map([
    ["b", all(did(), asks("c"))],
    ["c", not(asks("a"))],
    ["d", asks("d")],
  ]);
  expect(cycleOf("a", asks("b"), rules)).toEqual(["a", "b", "c", "a"]);
  expect(cycleOf("x", asks("b"), rules)).toBeNull();
  // Somebody else's circle is theirs.
  expect(cycleOf("x", asks("d"), rules)).toBeNull();
});

test("a rule is too large with all that it asks for, however few conditions are its own; and that is known at once", () => {
  const twice = (segment: string) => all(asks(segment), any(asks(segment), did()));
  // Each asks twice for the one before: the seventh comes to 509 conditions.
  const rules = new Map<string, Node>([["s0", did()], ...Array.from({ length: 60 }, (_, index) => [`s${index + 1}`, twice(`s${index}`)] as const)]);
  expect(tooLarge(twice("s5"), rules)).toBeNull();
  expect(tooLarge(twice("s6"), rules)).toMatchObject({ path: ["match"], message: expect.stringContaining("500 conditions") as string });
  expect(tooLarge(twice("s60"), rules)).not.toBeNull();
  expect(tooLarge(asks("gone"), rules)).toBeNull();
});
