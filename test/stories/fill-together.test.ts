// On a server a large segment is filled by two connections: the worker dies when one of them has committed and the other has not, and anywhere else.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sceneAt } from "../../sandbox/replay/scene.ts";
import { demoShop } from "../../sandbox/shopify/shop-state.ts";
import { startCluster } from "../cluster.ts";
import { prepareTemplate } from "../database.ts";
import { assassinate } from "./assassin.ts";
import { commitGate, type CommitGate } from "./commit-gate.ts";
import { openStage, seeded, until, type Stage } from "./stage.ts";

const given = process.env["TEST_DATABASE_URL"];
const outcome = given === undefined || given === "" ? await startCluster({ durable: true }) : null;
if (outcome?.ok === false) process.stdout.write(`SKIPPED: a fill by two connections on a PostgreSQL server, because ${outcome.reason}\n`);

describe.skipIf(outcome?.ok === false)("a large segment", () => {
  const day = 86_400_000;
  const people = 24_000;
  const keys = Array.from({ length: 6 }, (_none, index) => `together-${index}`);
  const match = {
    ...{ kind: "did", did: "filled-cart", where: {}, times: { is: "at-least", n: 1 }, onDays: false },
    when: { kind: "last", length: { amount: 7, unit: "days" } },
  };
  let stage: Stage;
  let gate: CommitGate;
  let now: Date;
  let meant: string[];
  let dropTemplate: () => Promise<void>;

  const membersOf = async (key: string) =>
    (await stage.rows<{ id: string }>("SELECT profile_id AS id FROM membership WHERE segment_key = $1 ORDER BY 1", [key])).map((one) => one.id);
  const linesOf = (key: string) =>
    stage.rows<{ change: string; because: string; n: number; people: number }>(
      "SELECT change, because, count(*)::int AS n, count(DISTINCT id)::int AS people FROM membership_change CROSS JOIN unnest(profile_ids) id WHERE segment_key = $1 GROUP BY 1, 2",
      [key],
    );
  const make = (key: string) =>
    stage.rows("INSERT INTO segment (shop_id, key, name, rule, created_at, updated_at, fill_from) SELECT id, $1, $1, $2, $3, $3, $3 FROM shop", [
      ...[key, JSON.stringify({ version: 1, match }), now],
    ]);

  beforeAll(async () => {
    if (outcome?.ok === true) process.env["TEST_DATABASE_URL"] = outcome.cluster.url;
    dropTemplate = await prepareTemplate();
    stage = await openStage();
    gate = await commitGate(stage.databaseUrl);
    const first = await Promise.all([stage.start("web"), stage.start("worker")]);
    await sceneAt(stage.world.url).install(demoShop.domain);
    const settled = "SELECT 1 FROM shop s JOIN segment_basis b ON b.shop_id = s.id AND b.timezone = s.timezone WHERE s.timezone <> 'UTC'";
    await until("the sweep has seen where the shop is", async () => (await stage.rows(settled)).length === 1, 30_000);
    await Promise.all(first.map((product) => product.kill9()));
    now = stage.world.clock.now();
    await stage.rows(
      `INSERT INTO profile (shop_id, id, first_seen_at) SELECT s.id, lpad(to_hex(n), 32, '0')::uuid, $1 FROM shop s, generate_series(1, ${people}) n`,
      [now],
    );
    await stage.rows(
      `INSERT INTO cart (shop_id, token, profile_id, created_at, updated_at, item_count, lines)
       SELECT s.id, 'cart-' || n, lpad(to_hex(n), 32, '0')::uuid, $1::timestamptz - interval '20 days', $1::timestamptz - CASE WHEN n % 5 = 0 THEN interval '8 days' ELSE interval '2 days' END, 1, '[]'
       FROM shop s, generate_series(1, ${people}) n WHERE n % 3 <> 0`,
      [now],
    );
    await stage.rows("ANALYZE");
    meant = (await stage.rows<{ id: string }>("SELECT profile_id AS id FROM cart WHERE updated_at > $1 ORDER BY 1", [new Date(now.getTime() - 7 * day)])).map(
      (one) => one.id,
    );
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
