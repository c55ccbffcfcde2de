import { afterEach, expect, it, vi } from "vitest";
import { passing } from "./queue.server.ts";

afterEach(() => {
  vi.useRealTimers();
});

it("the queue's time goes on where the machine's clock is set back", () => {
  const before = passing.now();
  expect(Math.abs(before - Date.now())).toBeLessThan(60_000);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 40 * 86_400_000 });
  expect(passing.now() - before).toBeGreaterThanOrEqual(0);
});
