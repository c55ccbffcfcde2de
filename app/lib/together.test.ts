import { expect, test } from "vitest";
import { together } from "./together.ts";

test("what was begun side by side is waited for, and each came to its own", async () => {
  expect(await together(Promise.resolve(1), Promise.resolve("two"), Promise.resolve())).toEqual([1, "two", undefined]);
  expect(await together()).toEqual([]);
});

test("it fails with what failed first, whatever its place, and only when nobody works any more", async () => {
  let working = 2;
  const later = async (ms: number, name: string) => {
    await new Promise((done) => setTimeout(done, ms));
    working -= 1;
    throw new Error(name);
  };
  await expect(together(later(30, "last"), Promise.resolve(), later(1, "first"))).rejects.toThrow("first");
  expect(working).toBe(0);
});
