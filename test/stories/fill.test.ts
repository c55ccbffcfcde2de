// The worker dies while a segment is filled, wherever it hurts: the next one ends it, and nobody comes in twice.
import { afterAll, beforeAll, expect, test } from "vitest";
import { assassinate } from "./assassin.ts";
import { filledCart, makeSegment, membersOf as membersIn, openCrowd, withCarts } from "./cart-crowd.ts";
import { commitGate, type CommitGate } from "./commit-gate.ts";
import { openStage, seeded, until, type Stage } from "./stage.ts";

/** Enough that those who are let in share rows at first, and get their own in more than one step. */
const people = 15_000;
let stage: Stage;
let gate: CommitGate;
let now: Date;

/** Two rules for the same people. No SQL says the second one (a final sigma), so that everybody is looked at for it, page by page. */
const rules = {
  "by-statement": filledCart,
  "by-pages": { kind: "all", of: [filledCart, { kind: "not", of: { kind: "first-landing", sources: ["ΑΣ"] } }] },
};

const membersOf = (key: string) => membersIn(stage, key);
const meant = () => withCarts(stage, now);
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
  now = await openCrowd(stage, people);
  for (const [key, match] of Object.entries(rules)) await makeSegment(stage, key, match, now);
}, 60_000);
afterAll(async () => {
  await gate?.close();
  await stage?.close();
});

test("after everybody was let in by one statement: they are in, and are looked at later", async () => {
  await diesAfter("segment_lines");
  expect(await membersOf("by-statement")).toEqual(await meant());
  expect((await filling()).map((one) => [one.key, one.filled_to])).toEqual([
    ["by-pages", null],
    ["by-statement", null],
  ]);
}, 60_000);

test("after some of them got rows of their own: nobody is missing, and nobody is in twice", async () => {
  const rows = async (table: string) => (await stage.rows(`SELECT 1 FROM ${table} WHERE segment_key = 'by-statement'`)).length;
  expect([await rows("membership"), await rows("membership_block")]).toEqual([0, Math.ceil((await meant()).length / 120)]);
  await diesAfter("DELETE FROM membership_block");
  expect(Math.min(await rows("membership"), await rows("membership_block"))).toBeGreaterThan(0);
  expect(await membersOf("by-statement")).toEqual(await meant());
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
  expect(await stage.rows("SELECT 1 FROM membership_block")).toEqual([]);
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
