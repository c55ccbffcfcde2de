import { expect, test } from "vitest";
import { after, day, hour } from "../lib/time.ts";
import type { Done } from "./history.ts";
import type { When } from "./rule.ts";
import { inside, spansOf, windowOf } from "./window.ts";

const at = new Date("2026-11-01T12:00:00Z");
const deed: Done = { id: "1", at, items: [], subject: "s", netMinor: 7 };
const ms = at.getTime();

test.each<[when: When, happened: [from: number, until: number], known: [from: number, until: number]]>([
  [{ kind: "ever" }, [ms, Infinity], [-Infinity, Infinity]],
  [{ kind: "last", length: { amount: 2, unit: "days" } }, [ms, ms + 2 * day], [-Infinity, ms + 2 * day]],
  // What must be some time ago is not so before that time, however early we know.
  [{ kind: "ago", atLeast: { amount: 3, unit: "hours" } }, [ms + 3 * hour, Infinity], [ms + 3 * hour, Infinity]],
])("while a deed counts: %j", (when, happened, known) => {
  const spans = (isKnown: boolean) => spansOf([deed], windowOf(when, "UTC"), { known: isKnown, now: at }).map((one) => [one.from, one.until]);
  expect([spans(false), spans(true)]).toEqual([[happened], [known]]);
});

test("what has stopped to count is left out from that very moment on", () => {
  const window = windowOf({ kind: "last", length: { amount: 1, unit: "hours" } }, "UTC");
  const count = (now: Date) => spansOf([deed], window, { known: false, now }).length;
  expect([count(after(at, hour - 1)), count(after(at, hour))]).toEqual([1, 0]);
});

test("dates are the shop's days", () => {
  const window = windowOf({ kind: "dates", from: "2026-11-02", before: "2026-11-03" }, "Pacific/Auckland");
  expect(inside(window, new Date("2026-11-01T11:00:00Z"))).toBe(true);
  expect(inside(window, new Date("2026-11-01T10:59:59Z"))).toBe(false);
  expect(inside(window, new Date("2026-11-02T11:00:00Z"))).toBe(false);
});
