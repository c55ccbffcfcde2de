import { expect, test } from "vitest";
import { percent } from "./percent.ts";

test.each([
  [0, "0%"],
  [5, "5%"],
  [100 / 3, "33.3%"],
  [99.96, "100%"],
  [-12.04, "-12%"],
  [1234.5, "1,234.5%"],
])("%d is %s", (value, text) => expect(percent(value)).toBe(text));
