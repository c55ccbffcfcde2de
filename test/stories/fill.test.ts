// The worker dies while a segment is filled, wherever it hurts: the next one ends it, and nobody comes in twice.
import { afterAll, beforeAll, expect, test } from "vitest";
import { sceneAt } from "../../sandbox/replay/scene.ts";
import { demoShop } from "../../sandbox/shopify/shop-state.ts";
import { assassinate } from "./assassin.ts";
import { commitGate, type CommitGate } from "./commit-gate.ts";
import { openStage, seeded, until, type Stage } from "./stage.ts";

const day = 86_400_000;
const people = 4_000;
let stage: Stage;
let gate: CommitGate;
let now: Date;

const filledCart = {
  ...{ kind: "did", did: "filled-cart", where: {}, times: { is: "at-least", n: 1 }, onDays: false },
  when: { kind: "last", length: { amount: 7, unit: "days" } },
};
/** Two rules for the same people. No SQL says the second one (a final sigma), so that everybody is looked at for it, page by page. */
const rules = {
  "by-statement": filledCart,
  "by-pages": { kind: "all", of: [filledCart, { kind: "not", of: { kind: "first-landing", sources: ["ΑΣ"] } }] },
};

const membersOf = async (key: string) =>
  (await stage.rows<{ id: string }>("SELECT profile_id AS id FROM membership WHERE segment_key = $1 ORDER BY 1", [key])).map((one) => one.id);
const meant = async () =>
  (
    await stage.rows<{ id: string }>("SELECT DISTINCT profile_id AS id FROM cart WHERE item_count > 0 AND updated_at > $1 ORDER BY 1", [
      new Date(now.getTime() - 7 * day),
    ])
  ).map((one) => one.id);
const filling = () => stage.rows<{ key: string; filled_to: string | null }>("SELECT key, filled_to FROM segment WHERE fill_from IS NOT NULL ORDER BY key");

/** A worker that dies when the database has committed what names these words, and before it hears of that. */
async function diesAfter(statement: string): Promise<void> {
  const committed = gate.holdNext(statement);
  const doomed = await stage.start("worker", { DATABASE_URL: gate.url });
  await committed;
  await doomed.kill9();
}

beforeAll(async () => {
  stage = await openStage();
  gate = await commitGate(stage.databaseUrl);
  const first = await Promise.all([stage.start("web"), stage.start("worker")]);
  await sceneAt(stage.world.url).install(demoShop.domain);
  // A shop whose time zone has just come is looked at anew as a whole, for all segments: here that must be over.
  const settled = "SELECT 1 FROM shop s JOIN segment_basis b ON b.shop_id = s.id AND b.timezone = s.timezone WHERE s.timezone <> 'UTC'";
  await until("the sweep has seen where the shop is", async () => (await stage.rows(settled)).length === 1, 30_000);
  await Promise.all(first.map((product) => product.kill9()));
  now = stage.world.clock.now();
  // Every third has no cart, and every fifth cart was left too long ago.
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
  for (const [key, match] of Object.entries(rules))
    await stage.rows("INSERT INTO segment (shop_id, key, name, rule, created_at, updated_at, fill_from) SELECT id, $1, $1, $2, $3, $3, $3 FROM shop", [
      ...[key, JSON.stringify({ version: 1, match }), now],
    ]);
}, 60_000);
afterAll(async () => {
  await gate?.close();
  await stage?.close();
});

test("after everybody was let in by one statement: they are in, and are looked at later", async () => {
  await diesAfter("segment_moved");
  expect(await membersOf("by-statement")).toEqual(await meant());
  expect((await filling()).map((one) => [one.key, one.filled_to])).toEqual([
    ["by-pages", null],
    ["by-statement", null],
  ]);
}, 60_000);

test("after a page, and at any moment between two", async () => {
  await diesAfter('SET "filled_to"');
  expect((await filling()).some((one) => one.filled_to !== null)).toBe(true);
  let at = JSON.stringify(await filling());
  const goesOn = () =>
    until(
      "the fill goes on",
      async () => {
        const next = JSON.stringify(await filling());
        if (next === at && next !== "[]") return false;
        at = next;
        return true;
      },
      30_000,
      10,
    );
  const hunter = assassinate(stage, "worker", { random: seeded(20_261_126), lifeMs: [0, 120], most: 3, ripe: goesOn });
  await until("nobody is left to be looked at", async () => (await filling()).length === 0, 60_000);
  await hunter.spare();
  expect(hunter.kills()).toBeGreaterThanOrEqual(1);
}, 90_000);

test("in the end the members are those of the rule, each with one line in the change log that says it was the segment", async () => {
  const expected = await meant();
  expect(expected.length).toBeGreaterThan(2_000);
  for (const key of Object.keys(rules)) expect(await membersOf(key)).toEqual(expected);
  const lines = await stage.rows(
    "SELECT segment_key, change, because, count(*)::int AS n, count(DISTINCT id)::int AS people FROM membership_change CROSS JOIN unnest(profile_ids) id GROUP BY 1, 2, 3 ORDER BY 1",
  );
  expect(lines).toEqual(
    Object.keys(rules)
      .sort()
      .map((segment_key) => ({ segment_key, change: "entered", because: "edited", n: expected.length, people: expected.length })),
  );
  // When time alone will let each of them go is known, although no page looked at her twice.
  const [due] = await stage.rows<{ n: number }>(
    "SELECT count(*)::int AS n FROM membership_due d JOIN cart c ON c.profile_id = d.profile_id WHERE d.due_at = c.updated_at + interval '7 days'",
  );
  expect(due?.n).toBe(expected.length);
  const [numbers] = await stage.rows<{ gaps: number }>("SELECT (max(seq) - count(*))::int AS gaps FROM membership_change");
  expect(numbers?.gaps).toBe(0);
});
