// On a server a large segment is filled by two connections: the worker dies when one of them has committed and the other has not, and anywhere else.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCluster } from "../cluster.ts";
import { prepareTemplate } from "../database.ts";
import { assassinate } from "./assassin.ts";
import { filledCart, makeSegment, membersOf as membersIn, openCrowd, withCarts } from "./cart-crowd.ts";
import { commitGate, type CommitGate } from "./commit-gate.ts";
import { openStage, seeded, until, type Stage } from "./stage.ts";

const given = process.env["TEST_DATABASE_URL"];
const outcome = given === undefined || given === "" ? await startCluster({ durable: true }) : null;
if (outcome?.ok === false) process.stdout.write(`SKIPPED: a fill by two connections on a PostgreSQL server, because ${outcome.reason}\n`);

describe.skipIf(outcome?.ok === false)("a large segment", () => {
  const people = 24_000;
  const keys = Array.from({ length: 6 }, (_none, index) => `together-${index}`);
  let stage: Stage;
  let gate: CommitGate;
  let now: Date;
  let meant: string[];
  let dropTemplate: () => Promise<void>;

  const membersOf = (key: string) => membersIn(stage, key);
  const linesOf = (key: string) =>
    stage.rows<{ change: string; because: string; n: number; people: number }>(
      "SELECT change, because, count(*)::int AS n, count(DISTINCT id)::int AS people FROM membership_change CROSS JOIN unnest(profile_ids) id WHERE segment_key = $1 GROUP BY 1, 2",
      [key],
    );
  const make = (key: string) => makeSegment(stage, key, filledCart, now);

  beforeAll(async () => {
    if (outcome?.ok === true) process.env["TEST_DATABASE_URL"] = outcome.cluster.url;
    dropTemplate = await prepareTemplate();
    stage = await openStage();
    gate = await commitGate(stage.databaseUrl);
    now = await openCrowd(stage, people);
    await stage.rows("ANALYZE");
    meant = await withCarts(stage, now);
  }, 120_000);

  afterAll(async () => {
    await gate?.close();
    await stage?.close();
    await dropTemplate?.();
    if (outcome?.ok === true) {
      delete process.env["TEST_DATABASE_URL"];
      await outcome.cluster.close();
    }
  }, 60_000);

  test("has one half in, with its lines, where the worker dies between the two commits; it is new still", async () => {
    await make(keys[0] ?? "");
    // The other one writes lines first.
    const committed = gate.holdNext("INSERT INTO membership_change");
    const doomed = await stage.start("worker", { DATABASE_URL: gate.url });
    await committed;
    await doomed.kill9();
    const half = await membersOf(keys[0] ?? "");
    expect(half.length).toBeGreaterThan(meant.length / 3);
    expect(half.length).toBeLessThan((2 * meant.length) / 3);
    expect(half).toEqual(meant.slice(-half.length));
    expect(await linesOf(keys[0] ?? "")).toEqual([{ change: "entered", because: "edited", n: half.length, people: half.length }]);
    expect(await stage.rows("SELECT key FROM segment WHERE counted_at IS NULL AND fill_from IS NOT NULL")).toEqual([{ key: keys[0] }]);
  }, 60_000);

  test("is whole in the end, wherever the worker dies, with each in it once and by one line", async () => {
    for (const key of keys.slice(1)) await make(key);
    const atWork = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND query LIKE '%segment\\_found%' AND pid <> pg_backend_pid()`;
    const left = "SELECT 1 FROM segment WHERE counted_at IS NULL";
    const works = () => until("somebody is let in", async () => (await stage.rows(atWork)).length > 0 || (await stage.rows(left)).length === 0, 30_000, 3);
    const hunter = assassinate(stage, "worker", { random: seeded(20_261_126), lifeMs: [0, 120], most: 5, ripe: works });
    await until("nobody is left to be let in", async () => (await stage.rows(left)).length === 0, 60_000);
    await hunter.spare();
    expect(hunter.kills()).toBeGreaterThanOrEqual(3);
    for (const key of keys) {
      expect(await membersOf(key)).toEqual(meant);
      expect(await linesOf(key)).toEqual([{ change: "entered", because: "edited", n: meant.length, people: meant.length }]);
    }
    const [numbers] = await stage.rows<{ gaps: number; from: number }>(
      "SELECT (max(seq) - count(*))::int AS gaps, min(seq)::int AS from FROM membership_change",
    );
    expect(numbers).toEqual({ gaps: 0, from: 1 });
  }, 120_000);
});
