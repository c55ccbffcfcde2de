import fc from "fast-check";
import { expect, test } from "vitest";
import { codesPerCall } from "../shops/admin/offer-codes.ts";
import { codeFrom, poolLow, poolSize } from "./code.ts";

test("a code is easy to type: no 0, O, 1 or I in what chance gave", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 16 }), (bytes) => {
      expect(codeFrom(bytes)).toMatch(/^BACK-[A-HJ-NP-Z2-9]{8}$/);
    }),
  );
});

test("every sign is as likely as any other, so a code holds 40 bits", () => {
  const counts = new Map<string, number>();
  for (let byte = 0; byte < 256; byte += 1) {
    const sign = codeFrom(Uint8Array.from({ length: 8 }, () => byte)).slice(5, 6);
    counts.set(sign, (counts.get(sign) ?? 0) + 1);
  }
  expect([...counts.values()]).toEqual(Array.from({ length: 32 }, () => 8));
});

test("a pool is filled again before it is empty, in one call", () => {
  expect(poolLow).toBeGreaterThan(0);
  expect(poolSize).toBeGreaterThan(poolLow);
  expect(poolSize).toBeLessThanOrEqual(codesPerCall);
});
