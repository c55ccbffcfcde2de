import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startDatabase, type Database } from "./front.ts";

let database: Database;
const open: (pg.Client | pg.Pool)[] = [];

const pool = (max = 10): pg.Pool => {
  const made = new pg.Pool({ connectionString: database.url, max, options: "-c timezone=UTC" });
  made.on("error", () => undefined);
  open.push(made);
  return made;
};
const client = async (): Promise<pg.Client> => {
  const made = new pg.Client({ connectionString: database.url });
  made.on("error", () => undefined);
  open.push(made);
  await made.connect();
  return made;
};
const until = async (done: () => boolean | Promise<boolean>): Promise<void> => {
  const last = Date.now() + 5000;
  while (!(await done())) {
    if (Date.now() > last) throw new Error("it did not happen within 5 seconds");
    await new Promise((wake) => setTimeout(wake, 10));
  }
};

beforeAll(async () => {
  database = await startDatabase({ idleInTransactionSeconds: 1 });
  await pool(1).query(
    "create table account (id int primary key, balance int not null check (balance >= 0)); insert into account values (1, 0), (2, 1000); create table note (text text unique)",
  );
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.end()));
});
afterAll(() => database.close());

describe("many clients on one session", () => {
  test("two pools of ten, with transactions and errors in between, lose and mix up nothing", async () => {
    const pools = [pool(), pool()] as const;
    const transfer = async (from: pg.Pool, index: number): Promise<string> => {
      const one = await from.connect();
      try {
        await one.query("begin");
        const { rows } = await one.query<{ balance: number }>("select balance from account where id = $1 for update", [1]);
        await one.query("update account set balance = $1 where id = $2", [(rows[0]?.balance ?? 0) + 1, 1]);
        // Every fourth one breaks a constraint half-way.
        if (index % 4 === 3) await one.query("update account set balance = $1::int where id = 2", [-1]);
        await one.query("commit");
        return "done";
      } catch (error) {
        await one.query("rollback");
        return (error as { code?: string }).code ?? "unknown";
      } finally {
        one.release();
      }
    };
    const single = async (from: pg.Pool, index: number): Promise<number> =>
      (await from.query<{ twice: number }>("select $1::int * 2 as twice", [index])).rows[0]?.twice ?? -1;
    const many = (from: pg.Pool, index: number): Promise<string | number> => (index % 2 === 0 ? transfer(from, index / 2) : single(from, index));
    const work = Array.from({ length: 400 }, (_, index) => many(pools[index % 4 < 2 ? 0 : 1], index));
    const results = await Promise.all(work);
    const transfers = results.filter((_, index) => index % 2 === 0);
    expect(transfers.filter((result) => result === "23514")).toHaveLength(50);
    expect(transfers.filter((result) => result === "done")).toHaveLength(150);
    results.forEach((result, index) => index % 2 === 1 && expect(result).toBe(index * 2));
    expect((await pools[0].query("select balance from account where id = 1")).rows).toEqual([{ balance: 150 }]);
  });

  test("named statements of the same name do not meet", async () => {
    const [one, two] = [await client(), await client()];
    const long = "x".repeat(62);
    for (const name of ["same", long]) {
      const answers = await Promise.all([
        one.query({ name, text: "select $1::text as a", values: ["one"] }),
        two.query({ name, text: "select $1::int + 1 as b", values: [1] }),
      ]);
      expect(answers.map(({ rows }) => rows as unknown)).toEqual([[{ a: "one" }], [{ b: 2 }]]);
    }
    await two.end();
    expect((await one.query({ name: "same", text: "select $1::text as a", values: ["again"] })).rows).toEqual([{ a: "again" }]);
  });

  test("an unnamed statement outlives what others do in between", async () => {
    const one = await rawClient();
    const two = await client();
    one.send(parse("select 41 + 1"), message("S"));
    await until(() => one.types().endsWith("Z"));
    await two.query("select $1::int", [7]);
    await two.query("select 1");
    one.clear();
    one.send(message("B", "\0\0\0\0\0\0\0\0"), message("E", "\0\0\0\0\0"), message("S"));
    await until(() => one.types().endsWith("Z"));
    expect(one.types()).toBe("2DCZ");
    expect(one.text()).toContain("42");
    one.socket.destroy();
  });

  test("a Flush is answered before the Sync, without an extra ReadyForQuery", async () => {
    const one = await rawClient();
    one.send(parse("select 1"), message("H"));
    await until(() => one.types() === "1");
    one.send(message("S"));
    await until(() => one.types() === "1Z");
    one.socket.destroy();
  });

  test("several queries sent at once are answered in order", async () => {
    const one = await rawClient();
    one.send(message("Q", "select 1\0"), message("Q", "select broken\0"), message("Q", "select 3\0"));
    await until(() => one.types() === "TDCZEZTDCZ");
    one.socket.destroy();
  });
});

describe("clients that go away", () => {
  test("an abrupt disconnect inside a transaction rolls back and lets the others go on", async () => {
    const one = await client();
    await one.query("begin");
    await one.query("insert into note values ('lost')");
    const waiting = pool(2).query("select count(*)::int as n from note where text = 'lost'");
    (one as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    expect((await waiting).rows).toEqual([{ n: 0 }]);
  });

  test("a transaction that only thinks is ended after its time, and rolled back", async () => {
    const one = await client();
    const told = new Promise<Error>((heard) => one.once("error", heard));
    await one.query("begin");
    await one.query("insert into note values ('idle')");
    const waiting = pool(2).query("select count(*)::int as n from note where text = 'idle'");
    expect(await told).toMatchObject({ code: "25P03" });
    expect((await waiting).rows).toEqual([{ n: 0 }]);
  });

  test("a client that speaks nonsense harms nobody", async () => {
    const socket = connect(Number(new URL(database.url).port), "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await new Promise((closed) => socket.once("close", closed).resume());
    expect((await pool(1).query("select 1 as n")).rows).toEqual([{ n: 1 }]);
  });

  test("a wrong password is refused", async () => {
    const address = new URL(database.url);
    address.password = "wrong";
    await expect(new pg.Client({ connectionString: String(address) }).connect()).rejects.toMatchObject({ code: "28P01" });
  });
});

describe("LISTEN and NOTIFY", () => {
  test("a notification reaches those who listen, once, and nobody else", async () => {
    const heard: string[] = [];
    const listener = async (name: string, ...channels: string[]): Promise<pg.Client> => {
      const one = await client();
      one.on("notification", ({ channel, payload }) => heard.push(`${name}:${channel}:${payload ?? ""}`));
      for (const channel of channels) await one.query(`LISTEN ${channel}`);
      return one;
    };
    const first = await listener("first", "news", '"Odd Name"');
    await listener("second", "NEWS");
    await listener("deaf");
    const speaker = pool(1);
    await speaker.query("select pg_notify('news', 'one')");
    await speaker.query("select pg_notify('Odd Name', 'two')");
    await speaker.query("begin; notify news, 'never'; rollback");
    await until(() => heard.length >= 3);
    await first.query("UNLISTEN news");
    await speaker.query("select 1");
    await speaker.query("notify news, 'three'");
    await until(() => heard.length >= 4);
    expect(heard.sort()).toEqual(["first:Odd Name:two", "first:news:one", "second:news:one", "second:news:three"]);
  });
});

test("COPY FROM STDIN is refused with a sentence, and the session goes on", async () => {
  const one = await client();
  await expect(one.query("copy note from stdin")).rejects.toMatchObject({ code: "0A000" });
  expect((await one.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
});

test("a dump begins a second database with the same rows", async () => {
  await pool(1).query("insert into note values ('kept')");
  const second = await startDatabase({ dump: await database.dump() });
  const one = new pg.Client({ connectionString: second.url });
  await one.connect();
  expect((await one.query("select text from note where text = 'kept'")).rows).toEqual([{ text: "kept" }]);
  await one.end();
  await second.close();
});

describe("a folder", () => {
  let folder: string;
  const started: ChildProcess[] = [];
  const start = async (): Promise<{ child: ChildProcess; url: string; complaint: string }> => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "serve.ts"), folder], { stdio: ["ignore", "pipe", "pipe"] });
    started.push(child);
    let [out, complaint] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    await new Promise<void>((ready) => {
      child.stdout.on("data", () => out.includes("\n") && ready());
      child.on("close", () => ready());
    });
    return { child, complaint, url: out === "" ? "" : (JSON.parse(out) as { url: string }).url };
  };
  const ended = (child: ChildProcess): Promise<number | null> =>
    child.exitCode !== null || child.signalCode !== null ? Promise.resolve(child.exitCode) : new Promise((done) => child.once("close", done));

  beforeAll(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "comeback-database-")), "deeper", "still");
  });
  afterAll(async () => {
    for (const child of started) child.kill("SIGKILL");
    await Promise.all(started.map(ended));
    await rm(join(folder, "..", ".."), { recursive: true, force: true });
  });

  test("is opened by one process at a time, survives kill -9 with every acknowledged row, and closes gently", { timeout: 60_000 }, async () => {
    const first = await start();
    const writer = new pg.Client({ connectionString: first.url });
    writer.on("error", () => undefined);
    await writer.connect();
    await writer.query("create table row (n int)");

    const second = await start();
    expect(second.url).toBe("");
    expect(second.complaint).toContain(`is in use by process ${first.child.pid}`);
    await expect(startDatabase({ folder })).rejects.toThrow("Only one process may open it");

    let acknowledged = 0;
    const writing = (async () => {
      for (let n = 1; ; n += 1) {
        await writer.query("insert into row values ($1)", [n]);
        acknowledged = n;
      }
    })().catch(() => undefined);
    await until(() => acknowledged >= 200);
    first.child.kill("SIGKILL");
    await writing;
    await ended(first.child);

    const third = await start();
    const reader = new pg.Client({ connectionString: third.url });
    reader.on("error", () => undefined);
    await reader.connect();
    const { rows } = await reader.query<{ n: number }>("select count(*)::int as n from row");
    expect(rows[0]?.n).toBeGreaterThanOrEqual(acknowledged);
    third.child.kill("SIGTERM");
    expect(await ended(third.child)).toBe(0);

    const fourth = await startDatabase({ folder });
    await fourth.close();
  });
});

describe("housekeeping", () => {
  test("while clients work, dead rows go and the tables have statistics; whoever speaks meanwhile is answered as ever", async () => {
    const own = await startDatabase();
    const worker = new pg.Client({ connectionString: own.url });
    const reader = new pg.Client({ connectionString: own.url });
    try {
      await worker.connect();
      await reader.connect();
      await worker.query("create table counted (id int primary key, n int not null) with (fillfactor = 100)");
      await worker.query("insert into counted select i, 0 from generate_series(1, 500) i");
      const estimate = async () => (await reader.query<{ n: number }>("select reltuples::int as n from pg_class where relname = 'counted'")).rows[0]?.n;
      const pages = async () => (await reader.query<{ n: number }>("select pg_relation_size('counted')::int as n")).rows[0]?.n ?? 0;
      expect(await estimate()).toBe(-1);
      // Each round leaves 500 dead rows; 40 of them would be 41 times the table.
      const before = await pages();
      for (let round = 0; round < 40; round += 1) {
        await worker.query("update counted set n = n + 1");
        for (let unit = 0; unit < 120; unit += 1) await worker.query("select $1::int", [unit]);
      }
      await until(async () => (await estimate()) === 500);
      expect((await worker.query<{ n: number }>("select min(n) as n from counted")).rows[0]?.n).toBe(40);
      expect(await pages()).toBeLessThan(before * 35);
      // And what a client prepared before is still its own.
      expect((await reader.query<{ n: number }>({ name: "kept", text: "select $1::int as n", values: [7] })).rows[0]?.n).toBe(7);
    } finally {
      await worker.end();
      await reader.end();
      await own.close();
    }
  });
});

function message(type: string, body = ""): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + Buffer.byteLength(body));
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
}
function parse(sql: string): Buffer {
  return message("P", `\0${sql}\0\0\0`);
}

/** A client that speaks the protocol byte by byte. `types()` are the types of the answers since `clear`. */
async function rawClient() {
  const { port, password } = new URL(database.url);
  const socket = connect(Number(port), "127.0.0.1");
  let got = Buffer.alloc(0);
  socket.on("data", (chunk) => (got = Buffer.concat([got, chunk])));
  const types = (): string => {
    let found = "";
    for (let at = 0; at + 5 <= got.length; at += 1 + got.readInt32BE(at + 1)) found += String.fromCharCode(got[at] ?? 0);
    return found;
  };
  const startup = Buffer.concat([Buffer.from([0, 3, 0, 0]), Buffer.from("user\0postgres\0\0")]);
  const length = Buffer.alloc(4);
  length.writeInt32BE(startup.length + 4);
  socket.write(Buffer.concat([length, startup]));
  await until(() => types() === "R");
  socket.write(message("p", `${password}\0`));
  await until(() => types().endsWith("Z"));
  got = Buffer.alloc(0);
  return {
    socket,
    types,
    text: () => got.toString("latin1"),
    clear: () => (got = Buffer.alloc(0)),
    send: (...messages: Buffer[]) => socket.write(Buffer.concat(messages)),
  };
}
