import { expect, test } from "vitest";
import { db } from "./db.server.ts";
import { statement } from "./tx.server.ts";

test("a statement whose connection was cut is done again, three times at most; what the database refuses is not", async () => {
  let times = 0;
  // As the driver says it.
  const work = (cuts: number) => () => {
    times += 1;
    return times <= cuts ? Promise.reject(new Error("Connection terminated unexpectedly")) : db.$queryRaw`SELECT 1 AS one`;
  };
  expect(await statement(work(2))).toEqual([{ one: 1 }]);
  expect(times).toBe(3);
  times = 0;
  await expect(statement(work(3))).rejects.toThrow("terminated");
  expect(times).toBe(3);
  times = 0;
  await expect(statement(() => ((times += 1), db.$queryRaw`SELECT 1 / 0`))).rejects.toThrow(/division by zero/);
  expect(times).toBe(1);
});
