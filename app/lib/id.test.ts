import { expect, test } from "vitest";
import { standard } from "../segments/standard.ts";
import { newShortId } from "./id.server.ts";

test("short ids rise with time, and come after the names of what is there from the beginning", () => {
  const instants = ["2020-01-01", "2026-11-26T10:00:00Z", "2026-11-26T10:00:01Z", "2027-01-01", "2088-01-01"].map((at) => new Date(at));
  const ids = instants.map(newShortId);
  expect(ids).toEqual([...ids].sort());
  expect(new Set(ids.map((one) => one.length))).toEqual(new Set([12]));
  for (const { key } of standard) expect(key < (ids[0] ?? "")).toBe(true);
  // As many as a shop may have, all in one second.
  expect(new Set(Array.from({ length: 50 }, () => newShortId(new Date(0)))).size).toBe(50);
});
