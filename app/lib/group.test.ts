import { expect, test } from "vitest";
import { grouped, TooBusy } from "./group.ts";

const limits = { size: 10, most: 100 };

test("what arrives during a write goes together into the next one", async () => {
  const groups: number[][] = [];
  const write = grouped<number, number>(async (items) => {
    groups.push(items);
    await Promise.resolve();
    return items.map((item) => item * 2);
  }, limits);
  expect(await Promise.all([1, 2, 3, 4].map(write))).toEqual([2, 4, 6, 8]);
  expect(groups).toEqual([[1], [2, 3, 4]]);
});

test("no group is larger than the limit, and nothing is lost or swapped", async () => {
  const sizes: number[] = [];
  const write = grouped<number, string>(async (items) => {
    sizes.push(items.length);
    return items.map((item) => `r${item}`);
  }, limits);
  const numbers = Array.from({ length: 45 }, (_, index) => index);
  expect(await Promise.all(numbers.map(write))).toEqual(numbers.map((number) => `r${number}`));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(limits.size);
});

test("a bad item fails alone: its companions are written", async () => {
  const write = grouped<string, string>(async (items) => {
    if (items.includes("bad")) throw new Error("refused");
    return items;
  }, limits);
  const outcomes = await Promise.allSettled(["first", "good", "bad", "good too"].map(write));
  expect(outcomes.map((one) => one.status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
});

test("when too much waits the caller is told at once, and what waits is still written", async () => {
  let go = () => {};
  const gate = new Promise<void>((open) => (go = open));
  const write = grouped<number, number>(
    async (items) => {
      await gate;
      return items;
    },
    { size: 2, most: 3 },
  );
  const accepted = [1, 2, 3, 4].map(write);
  await expect(write(5)).rejects.toBeInstanceOf(TooBusy);
  go();
  expect(await Promise.all(accepted)).toEqual([1, 2, 3, 4]);
  expect(await write(6)).toBe(6);
});
