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

test("one source's flood does not hold up another", async () => {
  const groups: string[][] = [];
  let go = () => {};
  const gate = new Promise<void>((open) => (go = open));
  const write = grouped<string, string>(
    async (items) => {
      groups.push(items);
      await gate;
      return items;
    },
    { size: 4, most: 100, source: (item) => item[0] ?? "" },
  );
  const all = [write("x"), ...Array.from({ length: 20 }, (_, index) => write(`a${index}`)), write("b0"), write("c0")];
  go();
  await Promise.all(all);
  expect(groups[1]).toEqual(expect.arrayContaining(["b0", "c0"]));
  expect(groups.flat().filter((item) => item.startsWith("a"))).toEqual(Array.from({ length: 20 }, (_, index) => `a${index}`));
});

test("one source may not fill the whole line", async () => {
  let go = () => {};
  const gate = new Promise<void>((open) => (go = open));
  const write = grouped<string, string>(
    async (items) => {
      await gate;
      return items;
    },
    { size: 1, most: 100, mostEach: 2, source: (item) => item[0] ?? "" },
  );
  const accepted = [write("a0"), write("a1"), write("a2")];
  await expect(write("a3")).rejects.toBeInstanceOf(TooBusy);
  accepted.push(write("b0"));
  go();
  expect(await Promise.all(accepted)).toEqual(["a0", "a1", "a2", "b0"]);
});

test("a group that fails is halved until the bad ones stand alone", async () => {
  let writes = 0;
  const write = grouped<number, number>(
    async (items) => {
      writes += 1;
      if (items.includes(13)) throw new Error("refused");
      return items;
    },
    { size: 64, most: 100 },
  );
  const outcomes = await Promise.allSettled(Array.from({ length: 65 }, (_, index) => write(index)));
  expect(outcomes.flatMap((one, index) => (one.status === "rejected" ? [index] : []))).toEqual([13]);
  expect(writes).toBeLessThanOrEqual(1 + 2 * 7);
});

test("an error that is nobody's fault is told to everybody who waits, at once, without looking for whom to blame", async () => {
  let writes = 0;
  const write = grouped<number, number>(
    () => {
      writes += 1;
      return Promise.reject(new Error("the database is away"));
    },
    { ...limits, nobodysFault: (error) => (error as Error).message.includes("away") },
  );
  const outcomes = await Promise.allSettled(Array.from({ length: 11 }, (_none, index) => write(index)));
  expect(outcomes.every((one) => one.status === "rejected")).toBe(true);
  expect(writes).toBe(1);
});
