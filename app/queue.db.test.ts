// The queue under a clock that is not to be trusted.
import { afterEach, expect, test, vi } from "vitest";
import { queue, stopQueue } from "./queue.server.ts";

afterEach(async () => {
  vi.useRealTimers();
  await stopQueue(1_000);
});

test("where the machine's clock is set back the queue goes on by the time that passes", async () => {
  const warnings: string[] = [];
  const note = ({ name }: Error) => void warnings.push(name);
  process.on("warning", note);
  await queue();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 40 * 86_400_000 });
  // pg-boss's quickest round is one of five seconds. By the clock it would then wait for 40 days, which no timer holds: Node warns, and fires at once.
  await new Promise((later) => setTimeout(later, 5_500));
  process.off("warning", note);
  expect(warnings).not.toContain("TimeoutOverflowWarning");
});
