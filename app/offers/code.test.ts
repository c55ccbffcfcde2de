import fc from "fast-check";
import { expect, test } from "vitest";
import { codesPerCall } from "../shops/admin/offer-codes.ts";
import { codeFrom, lastsLongEnough, poolEnd, poolLow, poolSize } from "./code.ts";

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

test.each([
  ["Europe/London", "2026-03-20T09:00:00Z", "2026-04-03T22:59:59.000Z"],
  ["Europe/London", "2026-11-21T09:00:00Z", "2026-12-05T23:59:59.000Z"],
  ["Pacific/Auckland", "2026-11-21T20:00:00Z", "2026-12-06T10:59:59.000Z"],
])("in %s a pool made at %s ends with a day of the shop", (timezone, now, end) => {
  expect(poolEnd(new Date(now), 7, timezone).toISOString()).toBe(end);
});

test("as long as a pool lasts long enough, a code of it is good for at least what was promised", () => {
  const madeAt = new Date("2026-11-21T09:00:00Z");
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 130 * 24 }), (validDays, hoursLater) => {
      const now = new Date(madeAt.getTime() + hoursLater * 3_600_000);
      const endsAt = poolEnd(madeAt, validDays, "Europe/London");
      if (lastsLongEnough(endsAt, validDays, now)) expect(endsAt.getTime() - now.getTime()).toBeGreaterThanOrEqual(validDays * 86_400_000);
      else expect(hoursLater).toBeGreaterThan(validDays * 24);
    }),
  );
});
