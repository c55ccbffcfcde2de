import { expect, test } from "vitest";
import { db, Prisma } from "./db.server.ts";

import { together } from "./lib/together.ts";
import type { Reader, Tx } from "./lib/tx.ts";
import { besideOf, databaseIsEmbedded, driverQuery, inside, reading, statement, transaction } from "./tx.server.ts";

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

const who = (tx?: Tx) => driverQuery<{ id: string }>(tx, "test-who", Prisma.sql`SELECT pg_current_xact_id()::text AS id`);

test("the driver works inside the transaction, and what it does there is undone with it", async () => {
  const ids = await transaction(async (tx) => {
    const [mine] = await inside(tx).$queryRaw<{ id: string }[]>`SELECT pg_current_xact_id()::text AS id`;
    return [mine?.id, ...(await who(tx)).map((one) => one.id)];
  });
  expect(new Set(ids).size).toBe(1);
  const undone = transaction(async (tx) => {
    await driverQuery(tx, "test-sequence", Prisma.sql`INSERT INTO sequence (shop_id, name, next) VALUES (${-7}::int, 'undone', 1)`);
    throw new Error("no");
  });
  await expect(undone).rejects.toThrow("no");
  expect(await db.sequence.count({ where: { shopId: -7 } })).toBe(0);
  await expect(who({} as Tx)).rejects.toThrow("not open");
  // The embedded database has one connection for all.
  if (await databaseIsEmbedded()) return;
  // Another one, opened from within, is another's.
  const [outer, within, again] = await transaction(async (tx) => [
    await who(tx),
    await db.$transaction((other) => other.$queryRaw<{ id: string }[]>`SELECT pg_current_xact_id()::text AS id`),
    await who(tx),
  ]);
  expect(again).toEqual(outer);
  expect(within).not.toEqual(outer);
});

test("statements that nobody waits for in between are carried out in the order in which they were asked", async () => {
  const said = await transaction((tx) => {
    const put = (n: number) =>
      driverQuery(tx, "test-put", Prisma.sql`SELECT set_config('comeback.said', coalesce(current_setting('comeback.said', true), '') || ${String(n)}, true)`);
    const read = () => driverQuery<{ said: string }>(tx, "test-said", Prisma.sql`SELECT current_setting('comeback.said') AS said`);
    return together(put(1), put(2), read(), put(3), read());
  });
  expect(said.map((rows) => (rows as { said?: string }[])[0]?.said).filter((one) => one !== undefined)).toEqual(["12", "123"]);
});

test("beside a transaction everything committed is found, and nothing of its own; the embedded database, which has one connection, gives the transaction", async () => {
  const put = (name: string, tx?: Tx) => driverQuery(tx, null, Prisma.sql`INSERT INTO sequence (shop_id, name, next) VALUES (-8, ${name}, 1)`);
  const names = async (reader: Reader) =>
    (await driverQuery<{ name: string }>(reader, "test-names", Prisma.sql`SELECT name FROM sequence WHERE shop_id = -8 ORDER BY name`)).map(({ name }) => name);
  const embedded = await databaseIsEmbedded();
  await put("before");
  const found = await transaction(async (tx) => {
    const beside = await besideOf(tx);
    await put("own", tx);
    if (!embedded) await put("by another");
    return { own: await names(tx), beside: await names(beside) };
  });
  expect(found).toEqual(
    embedded ? { own: ["before", "own"], beside: ["before", "own"] } : { own: ["before", "by another", "own"], beside: ["before", "by another"] },
  );
  await db.sequence.deleteMany({ where: { shopId: -8 } });
});

test("of several statements at once it is said which one failed, and a deadlock among them is tried again", async () => {
  const fail = (tx: Tx, code: string) => driverQuery(tx, `test-fail-${code}`, Prisma.sql`SELECT comeback_fail(${code})`);
  await db.$executeRaw`CREATE OR REPLACE FUNCTION comeback_fail(code text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'asked for' USING ERRCODE = code; END $$`;
  let times = 0;
  const work = (code: string) =>
    transaction((tx) => {
      times += 1;
      return together(times < 3 ? fail(tx, code) : who(tx), who(tx), inside(tx).$queryRaw`SELECT 1`);
    });
  expect(await work("40P01")).toHaveLength(3);
  expect(times).toBe(3);
  times = 0;
  await expect(work("22000")).rejects.toMatchObject({ code: "22000" });
  expect(times).toBe(1);
  await db.$executeRaw`DROP FUNCTION comeback_fail`;
});

test("times are read as they were written, near and far", async () => {
  const times = ["2026-11-26T10:49:53.123Z", "2026-11-26T00:00:00.000Z", "0044-03-15T12:00:00.000Z", "9999-12-31T23:59:59.999Z", "+010000-01-01T00:00:00.000Z"];
  const rows = await driverQuery<{ at: Date }>(
    undefined,
    "test-times",
    Prisma.sql`SELECT at FROM unnest(${["2026-11-26 10:49:53.123+00", "2026-11-26 00:00:00+00", "0044-03-15 12:00:00+00", "9999-12-31 23:59:59.999+00", "10000-01-01 00:00:00+00"]}::timestamptz[]) WITH ORDINALITY t(at, n) ORDER BY n`,
  );
  expect(rows.map(({ at }) => at.toISOString())).toEqual(times);
});

test("the database compiles none of our statements", async () => {
  expect(await db.$queryRaw`SELECT current_setting('jit') AS jit`).toEqual([{ jit: "off" }]);
});

test("what only reads is one transaction of its own, which writes nothing, leaves nothing behind and is done again where it was cut", async () => {
  const setting = (reader?: Reader) =>
    driverQuery<{ said: string | null }>(reader, null, Prisma.sql`SELECT current_setting('comeback.read', true) AS said, pg_current_snapshot()::text AS seen`);
  const put = (reader: Reader) => driverQuery(reader, null, Prisma.sql`SELECT set_config('comeback.read', 'mine', true)`);
  const [, [said]] = await reading((reader) => together(put(reader), setting(reader)));
  expect(said?.said).toBe("mine");
  for (const [after] of await Promise.all(Array.from({ length: 4 }, () => setting()))) expect(after?.said ?? "").toBe("");
  const insert = Prisma.sql`INSERT INTO sequence (shop_id, name, next) VALUES (${-8}::int, 'read', 1)`;
  await expect(reading((reader) => driverQuery(reader, null, insert))).rejects.toMatchObject({ code: "25006" });
  expect(await db.sequence.count({ where: { shopId: -8 } })).toBe(0);
  // What failed first is told, and not what it had refused afterwards; the connection is as good as before.
  const wrong = reading((reader) => together(driverQuery(reader, null, Prisma.sql`SELECT 1 / 0`), setting(reader)));
  await expect(wrong).rejects.toMatchObject({ code: "22012" });
  let left: Reader | undefined;
  expect(await reading(async (reader) => (await setting((left = reader))).length)).toBe(1);
  await expect(setting(left)).rejects.toThrow("not open");
  let times = 0;
  const cut = () => {
    times += 1;
    return times < 3 ? Promise.reject(new Error("Connection terminated unexpectedly")) : Promise.resolve("read");
  };
  expect(await reading(cut)).toBe("read");
});
