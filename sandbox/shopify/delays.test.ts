import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { teller } from "./delays.ts";

let sent: [topic: string, payload: unknown][];
beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
});
afterEach(() => vi.useRealTimers());

const sender = {
  send: async (_shop: string, topic: string, payload: unknown) => {
    sent.push([topic, payload]);
  },
};

test("without delays a deed is told when it is over", async () => {
  const { tell } = teller(sender, false);
  await tell("a", "carts/update", 1, "t");
  await tell("a", "carts/update", 2, "t");
  expect(sent).toEqual([
    ["carts/update", 1],
    ["carts/update", 2],
  ]);
});

test("with delays a cart that is being filled is told once, as it ended up, and each cart for itself", async () => {
  const { tell } = teller(sender, true);
  await tell("a", "carts/create", 0, "");
  for (const [payload, about] of [
    [1, "t"],
    [2, "t"],
    [3, "other"],
  ] as const)
    await tell("a", "carts/update", payload, about);
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent).toEqual([
    ["carts/create", 0],
    ["carts/update", 2],
    ["carts/update", 3],
  ]);
});

test("orders come within a second, every one of them, and what has no delay at once", async () => {
  const { tell } = teller(sender, true);
  await tell("a", "orders/create", 1, "");
  await tell("a", "orders/create", 2, "");
  await tell("a", "app/uninstalled", 3, "");
  expect(sent).toEqual([["app/uninstalled", 3]]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toHaveLength(3);
});

test("a world that closes forgets what waits", async () => {
  const { tell, close } = teller(sender, true);
  await tell("a", "orders/create", 1, "");
  close();
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent).toEqual([]);
});
