// What is kept of who belongs: how fast events become memberships, how far behind they are, what time alone makes due, filling, previews; and that nothing
// has drifted. On a PostgreSQL server of its own that is as durable as a real one.
//   npm run bench -- segments-live --profiles 20000
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { levels } from "../app/identity/telling.ts";
import { after, day } from "../app/lib/time.ts";
import type { Node } from "../app/segments/rule.ts";
import type { Shop } from "../app/shops/shop.ts";
import { stream } from "../sandbox/simulator/stream.ts";
import { median, say, table, timed } from "./figures.ts";
import { now, products, shopId } from "./segments-data.ts";
import { drift } from "./segments-drift.ts";
import { happen, told } from "./segments-happenings.ts";
import { lag, type Lag } from "./segments-lag.ts";
import { catalogue, shapes } from "./segments-shapes.ts";
import { ducks, fillShop, peer, startServer } from "./segments-shop.ts";

const { values } = parseArgs({
  options: {
    ...{ profiles: { type: "string", default: "1000000" }, past: { type: "string" }, events: { type: "string" } },
    ...{ measured: { type: "string" }, seconds: { type: "string" }, rounds: { type: "string", default: "3" } },
  },
});
const profiles = Number(values.profiles);
const past = Number(values.past ?? 10 * profiles);
const small = profiles < 100_000;
/** How many random events the last part tells; how many each rate is taken from; how long the steady load lasts. */
const random = Number(values.events ?? Math.min(1_000_000, profiles));
const measured = Number(values.measured ?? (small ? 3_000 : 15_000));
/** How many are told before a rate is taken: until most pages have been touched since the last checkpoint, which logs each of them whole once. */
const warming = (people: number) => (small ? measured : Math.max(100_000, people / 2));
const seconds = Number(values.seconds ?? (small ? 4 : 15));
const rounds = Number(values.rounds);
const batch = 1_000;

const { client, close } = await startServer({ durable: true });
// After the address of the database is known.
const { append, ensureComingPartitions } = await import("../app/events/append.server.ts");
const { audiencesCursor } = await import("../app/destinations/plan.server.ts");
const { flowsCursor } = await import("../app/flows/start.server.ts");
const { processBatch } = await import("../app/pipeline/process-event.server.ts");
const { readLog, takeTurn } = await import("../app/pipeline/read-log.server.ts");
const { sweep } = await import("../app/pipeline/sweep.server.ts");
const { queue } = await import("../app/queue.server.ts");
const { fillPage } = await import("../app/segments/fill.server.ts");
const { preview } = await import("../app/segments/preview.server.ts");
const { needsOf } = await import("../app/segments/needs.ts");
const { begin } = await import("../app/segments/saved-store.server.ts");
const { saveSegment } = await import("../app/segments/saved.server.ts");
const { standardLive } = await import("../app/segments/standard.ts");
const { changeSequence, lookAgain } = await import("../app/segments/update.server.ts");
const { shopById } = await import("../app/shops/load.server.ts");
const { transaction } = await import("../app/tx.server.ts");
const { taking } = await import("../app/worker.ts");
const boss = await queue();

const hot = shapes.filter((one) => one.hot);
/** With the standard ones they are twenty. The first is the one that is filled against the clock. */
const savable = hot.filter(({ rule }) => {
  const needs = needsOf(rule, new Map(), "UTC", now);
  return needs.speed === "hot" && !needs.catalogue;
});
const large = savable.find((one) => one.name.startsWith("2 looks")) ?? savable[0];
if (large === undefined) throw new Error("No shape can be saved.");
const own = [large, ...savable.filter((one) => one !== large)].slice(0, 20 - standardLive.length);

const count = async (sql: string, values_: unknown[] = []) => Number((await client.query<{ count: string }>(sql, values_)).rows[0]?.count);
const shop = async () => (await shopById(shopId)) ?? Promise.reject(new Error("The shop is gone."));

async function empty(): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'",
  );
  await client.query(`TRUNCATE ${rows.map((one) => one.name).join(", ")}`);
  await client.query("DROP TABLE IF EXISTS raw_row");
}

async function save(rule: Node, name: string): Promise<string> {
  const saved = await saveSegment(await shop(), { key: null, name, rule: { version: 1, match: rule }, madeFrom: null, version: null }, now);
  return saved.outcome === "saved" ? saved.key : Promise.reject(new Error(`${name}: ${saved.outcome}`));
}

async function fillAll(): Promise<void> {
  const filled = await shop();
  while (await fillPage(filled, now));
}

/** A shop with a past of which everybody has been looked at, so that the clock says of each when she is due again. Returns what that took per person, in ms. */
async function settle(people: number, events: number): Promise<number> {
  await empty();
  say(`\n${people} profiles, ${events} events`);
  await fillShop(client, people, events);
  // The data come without identity: each browser is known for its person's and knows where she lives, and whoever has none yet gets one.
  await client.query(`
    INSERT INTO profile_alias (shop_id, kind, key, profile_id, since, because, known)
    SELECT b.shop_id, 'visitor', b.visitor, b.profile_id, b.since, '{}'::text[],
      jsonb_build_object('country', jsonb_build_object('value', p.country, 'at', to_char(p.first_seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
    FROM (
      SELECT shop_id, visitor, profile_id, first_seen_at AS since FROM visit
      UNION ALL SELECT shop_id, 'v' || ('x' || right(id::text, 8))::bit(32)::int, id, first_seen_at FROM profile
    ) b JOIN profile p ON p.shop_id = b.shop_id AND p.id = b.profile_id ON CONFLICT DO NOTHING`);
  // Whoever was here before has a cart that is known for hers: that is news once in some weeks, and not with every look.
  const hers = `FROM profile_alias WHERE kind = 'visitor' AND key ~ '^v[0-9]+$'`;
  await client.query(
    `INSERT INTO profile_link (shop_id, a, b, level, since) SELECT shop_id, 'visitor:' || key, 'cart:t' || substr(key, 2), ${levels.indexOf("browser")}, since ${hers}`,
  );
  await client.query(
    `INSERT INTO profile_alias (shop_id, kind, key, profile_id, since, because, known) SELECT shop_id, 'cart', 't' || substr(key, 2), profile_id, since, '{}', '{}' ${hers}`,
  );
  await client.query(
    "UPDATE profile_alias SET level = 'browser', because = ARRAY['visitor:' || key, 'cart:t' || substr(key, 2)] WHERE kind = 'visitor' AND key ~ '^v[0-9]+$'",
  );
  const shelves = [...catalogue].map(([product_id, one]) => ({ product_id, ...one }));
  await client.query(
    `INSERT INTO product (shop_id, product_id, vendor, collections)
     SELECT ${shopId}, r.product_id, r.vendor, ARRAY(SELECT jsonb_array_elements_text(r.collections)) FROM jsonb_to_recordset($1::jsonb) AS r(product_id text, vendor text, collections jsonb)`,
    [JSON.stringify(shelves)],
  );
  // And without a place in the log: it has been read to its end.
  await client.query(`INSERT INTO sequence (shop_id, name, next) SELECT ${shopId}, 'event', max(seq) + 1 FROM event`);
  await client.query(`INSERT INTO cursor (shop_id, name, seq) SELECT ${shopId}, 'process', max(seq) FROM event`);
  await client.query("VACUUM ANALYZE profile_alias");
  for (const one of own.slice(1)) await save(one.rule, one.name);
  await fillAll();
  await lookAgain(shopId, now);
  const { ms } = await timed(() => sweep(now));
  await client.query("VACUUM ANALYZE");
  // Until then the server makes each file of its log anew; afterwards it writes over old ones, as one that has run for a while.
  await client.query("CHECKPOINT");
  return ms / people;
}

/**
 * Rows a second and nothing more, a thousand at a time by unnest: what the product's part is held against. As perf.md measured it: a table of a million rows with
 * a key that nothing orders and one more index, where doubles are let be; the rows are made while the clock runs.
 */
async function raw(): Promise<number> {
  const made = await client.query<{ there: boolean }>("SELECT to_regclass('raw_row') IS NOT NULL AS there");
  if (made.rows[0]?.there !== true) {
    await client.query("CREATE TABLE raw_row (id uuid PRIMARY KEY, shop_id int, profile_id int, kind smallint, product_id int, at int, amount real)");
    await client.query("CREATE INDEX raw_row_person ON raw_row (shop_id, profile_id, kind, at)");
    await client.query(
      "INSERT INTO raw_row SELECT gen_random_uuid(), 1, 1000000 * random(), 6 * random(), 5000 * random(), n, 0 FROM generate_series(1, 1000000) n",
    );
  }
  const text = `INSERT INTO raw_row (id, shop_id, profile_id, kind, product_id, at, amount)
    SELECT r.id, 1, r.profile, r.kind, r.product, r.at, r.amount FROM unnest($1::uuid[], $2::int[], $3::smallint[], $4::int[], $5::int[], $6::real[]) AS r(id, profile, kind, product, at, amount)
    ON CONFLICT DO NOTHING`;
  const chance = stream("raw", strangers);
  const some = <T>(one: (index: number) => T) => Array.from({ length: batch }, (_, index) => one(index));
  const { ms } = await timed(async () => {
    for (let part = 0; part < 60; part += 1) {
      const columns = [
        some(() => randomUUID()),
        some(() => chance.whole(1, 1_000_000)),
        some(() => chance.whole(1, 6)),
        some(() => chance.whole(1, products)),
        some((index) => part * batch + index),
        some(() => 0),
      ];
      await client.query({ name: "raw", text, values: columns });
    }
  });
  return (60 * batch * 1_000) / ms;
}

/** The same into the log: its key and its index both rise with time, so that every row comes beside the last. */
async function rawLog(round: number): Promise<number> {
  const batches = Array.from({ length: 20 }, (_, one) => {
    const rows = Array.from({ length: batch }, (_row, index) => (round * 20 + one) * batch + index);
    const at = rows.map((index) => after(now, index).toISOString());
    const data = rows.map((index) => JSON.stringify({ productId: String(index % 5_000), variantId: "44012", priceMinor: 8_400, currency: "GBP" }));
    return [at, rows, rows.map((index) => `pixel/raw-${index}`), rows.map((index) => `visitor:v${index % profiles}`), data];
  });
  const text = `INSERT INTO event (source_at, occurred_at, seq, shop_id, source_id, name, subject, data)
    SELECT r.at, r.at, r.seq, ${shopId + 1}, r.source_id, 'product.viewed', r.subject, r.data FROM unnest($1::timestamptz[], $2::bigint[], $3::text[], $4::text[], $5::jsonb[]) AS r(at, seq, source_id, subject, data)`;
  const { ms } = await timed(async () => {
    for (const values_ of batches) await client.query({ name: "raw log", text, values: values_ });
  });
  return (20 * batch * 1_000) / ms;
}

/** How many bytes the server has logged until now. */
const logged = () => count("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS count");

let strangers = 0;

/** Reads the log to its end. */
type Drain = (shop: Shop, clock: () => Date) => Promise<void>;
const batchByBatch: Drain = async (reading, clock) => {
  while ((await processBatch(reading, clock())) !== 0);
};

/** Events a second from the log to memberships, and that with their way into the log. */
async function rate(people: number, events: number, drain = batchByBatch): Promise<{ process: number; whole: number }> {
  const crowd = { people, strangers: 0.05, crossed: 0.002, abroad: 0.01 };
  const at = after(now, strangers);
  const all = told(happen(stream("rate", people, strangers), crowd, events, at, 1, strangers), `rate${strangers}-`);
  strangers += events;
  const into = await timed(async () => {
    for (let index = 0; index < all.length; index += batch)
      await transaction((tx) => append(all.slice(index, index + batch).map((event) => ({ shopId, event })), tx)); // prettier-ignore
  });
  const reading = await shop();
  const readUntil = () => count(`SELECT seq AS count FROM cursor WHERE shop_id = ${shopId} AND name = 'process'`);
  const before = await readUntil();
  const { ms } = await timed(() => drain(reading, () => after(at, events)));
  const read = (await readUntil()) - before;
  if (read !== events) throw new Error(`${read} events were read of ${events}.`);
  return { process: (events * 1_000) / ms, whole: (events * 1_000) / (ms + into.ms) };
}

/**
 * As on a server that has run for a while: the first events after a checkpoint log whole pages, and fill tables that were empty; a plan that was made for an empty table is
 * a bad one.
 */
async function warm(people: number): Promise<void> {
  await ensureComingPartitions(now);
  await rate(people, Math.ceil(measured / 3));
  await client.query("ANALYZE");
  await rate(people, warming(people));
}

/** Events a second, several times in turns with raw rows, so that both are of the same minutes; and the bytes that an event has the server log. */
async function inTurns(people: number): Promise<{ raw: number; rawLog: number; process: number; whole: number; bytes: number }> {
  const all: { raw: number; rawLog: number; process: number; whole: number; bytes: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const beside = { raw: await raw(), rawLog: await rawLog(round) };
    const before = await logged();
    const rates = await rate(people, measured);
    all.push({ ...beside, ...rates, bytes: ((await logged()) - before) / measured });
  }
  await client.query("DELETE FROM event WHERE shop_id = $1", [shopId + 1]);
  const middle = (of: keyof (typeof all)[number]) => median(all.map((one) => one[of]));
  return { raw: middle("raw"), rawLog: middle("rawLog"), process: middle("process"), whole: middle("whole"), bytes: middle("bytes") };
}

const sizes = [...new Set([Math.max(1_000, profiles / 100), Math.max(1_000, profiles / 10), profiles].map(Math.round))].sort((a, b) => a - b);
const bySize = new Map<number, Awaited<ReturnType<typeof inTurns>>>();
let settled = NaN;
await client.query("SELECT make_event_partition($1, true)", [now]);
for (const size of sizes.slice(0, -1)) {
  settled = await settle(size, Math.round((past * size) / profiles));
  await warm(size);
  bySize.set(size, await inTurns(size));
}
settled = await settle(profiles, past);
const { duck, close: closePeer } = await peer(client);

const { line, missed } = table();
line("everybody looked at for 19 segments, by the sweep", settled, "ms a profile");

const ducked: number[] = [];
for (let round = 0; round <= rounds; round += 1) ducked.push((await timed(() => ducks(duck, large.duckdb))).ms);
const evaluation = median(ducked.slice(1));
const key = await save(large.rule, large.name);
const step = async () => void (await fillPage(await shop(), now));
const first = await timed(step);
const members = await count("SELECT count(*) FROM member WHERE shop_id = $1 AND segment_key = $2", [shopId, key]);
const duckSays = await ducks(duck, large.duckdb);
line(`DuckDB's evaluation of "${large.name}"`, evaluation, "ms", null, `${duckSays} people`);
line("first fill of it: whoever it finds is in", first.ms / evaluation, "of DuckDB's", { most: 10 }, `${first.ms.toFixed(0)} ms, ${members} people`);
line("and everybody looked at for what time will change", (await timed(fillAll)).ms / profiles, "ms a profile");
await transaction((tx) => begin(shopId, [key], false, now, tx));
const again = await timed(step);
line("filled again, nothing changed", again.ms / evaluation, "of DuckDB's", { most: 6 }, `${again.ms.toFixed(0)} ms`);
await fillAll();
line("people it should not differ by from DuckDB's", Math.abs(members - duckSays), "people", { most: 0 });
closePeer();

for (const one of hot) {
  const took: number[] = [];
  let outcome = "";
  for (let round = 0; round <= rounds; round += 1) {
    const { ms, answer } = await timed(async () => preview(await shop(), { version: 1, match: one.rule }, now));
    if (round > 0) took.push(ms);
    outcome = answer.outcome === "counted" ? `${answer.count} people` : answer.outcome;
  }
  line(`preview: ${one.name}`, outcome.endsWith("people") ? median(took) : NaN, "ms", { most: 300 }, outcome);
}

await warm(profiles);
const atLast = await inTurns(profiles);
bySize.set(profiles, atLast);
line("raw unnest, 1000 a batch", atLast.raw, "rows/s");
line("raw unnest into the log, in its order", atLast.rawLog, "rows/s");
line(`event to ${standardLive.length + own.length} memberships, durable`, atLast.process, "events/s");
line("the same beside raw", atLast.process / atLast.raw, "of raw", { least: 0.1 });
line("with its way into the log", atLast.whole, "events/s", null, `${(atLast.whole / atLast.raw).toFixed(3)} of raw`);
line("logged by the server for it, and for its way into the log", atLast.bytes / 1_000, "kB");
for (const [size, { raw, process }] of bySize)
  line(`an event in a shop of ${size}`, 1_000 / process, "ms", null, `${(raw / process).toFixed(1)} raw rows of the same minutes`);
const smallest = bySize.get(sizes[0] ?? 0) ?? atLast;
const beside = atLast.raw / atLast.process / (smallest.raw / smallest.process);
line(`an event in a shop of ${profiles} beside one of ${sizes[0] ?? 0}, in raw rows`, beside, "times", { most: 1.3 });

/**
 * How far memberships are behind, several times. Events have to come into the log for this, on the same machine: so it is 80 % of the rate with their way into the log,
 * taken right before each, since the machine itself is not always equally fast, and for as long: what it can do for two seconds it cannot always do for fifteen. `drain` does
 * then what is done beside the reading: the worker's has audiences and flows follow.
 */
async function lags(
  name: string,
  { wake, drain }: { wake: boolean; drain: Drain },
  read: (start: { clock: () => Date }, running: () => boolean) => Promise<void>,
): Promise<void> {
  const found: (Lag & { perSecond: number })[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const perSecond = Math.round((await rate(profiles, 5 * measured, drain)).whole * 0.8);
    const start = Date.now();
    const from = strangers;
    const load = { people: profiles, perSecond, seconds, name: `lag${from}-`, first: from, from, wake };
    const one = await lag(client, load, (running) => read({ clock: () => after(now, from + (Date.now() - start)) }, running));
    strangers += one.told;
    found.push({ ...one, perSecond });
  }
  const each = (one: Lag & { perSecond: number }) =>
    `${one.p99.toFixed(0)} at ${one.perSecond}/s (${one.start.toFixed(0)} in the two seconds before, ${one.behind} events behind at the end, the log's own commits ${one.commit.toFixed(0)}, checkpoints begun ${one.checkpoints})`;
  const middle = (of: (one: Lag) => number) => median(found.map(of));
  line(`lag at 80 % of that, ${name}: p50`, middle((one) => one.p50), "ms"); // prettier-ignore
  line("p99", middle((one) => one.p99), "ms", { most: 250 }, found.map(each).join("; ")); // prettier-ignore
}

const reading = await shop();
await lags("read without a pause", { wake: false, drain: batchByBatch }, async ({ clock }, running) => {
  while (running()) if ((await processBatch(reading, clock())) === 0) await new Promise((later) => setTimeout(later, 5));
});
// Audiences and flows have followed the change log to its end; what the shop began with is no news to them.
for (const name of [audiencesCursor, flowsCursor])
  await client.query(
    `INSERT INTO cursor (shop_id, name, seq) SELECT ${shopId}, $1, next - 1 FROM sequence WHERE shop_id = ${shopId} AND name = $2
     ON CONFLICT (shop_id, name) DO UPDATE SET seq = excluded.seq`,
    [name, changeSequence],
  );
// As the worker does it: woken by the queue, and once it has caught up it waits to be woken again.
const working = await taking("events.process");
await lags("woken as the worker is", { wake: true, drain: readLog }, async ({ clock }, running) => {
  await boss.work("events.process", working, () => takeTurn(reading, clock));
  while (running()) await new Promise((later) => setTimeout(later, 20));
  await boss.offWork("events.process");
});

const tomorrow = after(now, day);
const due = await count("SELECT count(*) FROM membership_due WHERE shop_id = $1 AND due_at <= $2", [shopId, tomorrow]);
const swept = await timed(() => sweep(tomorrow));
line("the sweep of a day", swept.ms / 1_000, "s", null, `${due} profiles due`);
line("each of them", swept.ms / due, "ms");

await empty();
await client.query("VACUUM");
say(`\n${random} random events, late and twice, in a shop of their own`);
const found = await drift(
  client,
  random,
  own.map((one) => one.rule),
);
line(`told (and ${found.twice} of them twice)`, found.told, "events", null, `${found.people} people, ${found.merges} merges, ${found.memberships} memberships`);
line("event to memberships in it", found.perSecond, "events/s");
line("swept in it, day by day", found.swept, "profiles", null, `${(found.sweepMs / found.swept).toFixed(2)} ms each`);
line("memberships that the whole-shop query does not find, or finds besides", found.bySql, "rows", { most: 0 });
line("memberships that the plain meaning does not give, or gives besides", found.byMeaning, "rows", { most: 0 });
line("people of whom something else is kept than was told", found.kept, "people", { most: 0 });
line("rows that come to something else: buyers, and what browsers did", found.rows, "rows", { most: 0 });
if (missed()) say("\nA figure with ! misses what was asked by more than a shaky clock explains.");

process.exitCode = missed() ? 1 : 0;
const { db } = await import("../app/db.server.ts");
const { stopQueue } = await import("../app/queue.server.ts");
await stopQueue(1_000);
await db.$disconnect();
await close();
process.exit();
