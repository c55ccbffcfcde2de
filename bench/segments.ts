// How fast a whole shop is asked: rules as the product compiles them, beside DuckDB on the same raw events and beside a plain scan of them, in one run, in turns.
//   npm run bench -- segments --profiles 50000 --events 500000
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { after, minute } from "../app/lib/time.ts";
import type { Node } from "../app/segments/rule.ts";
import { ducks, fillShop, peer, startServer } from "./segments-shop.ts";
import { median, say, timed } from "./figures.ts";
import { now, shopId } from "./segments-data.ts";
import { catalogue, shapes, type Shape } from "./segments-shapes.ts";

const { values } = parseArgs({
  options: {
    profiles: { type: "string", default: "1000000" },
    events: { type: "string", default: "10000000" },
    again: { type: "string", default: "0" },
    rounds: { type: "string", default: "6" },
    "no-live": { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
/** How often each shape is let in: its members stay, and make the table larger for the next. */
const fills = Math.ceil(rounds / 2);
/** Who asks after whom, each order once: a scan of the log leaves the processor's memory to nobody, and what was asked last is answered faster. */
const turns = [
  [0, 1, 2],
  [2, 1, 0],
  [1, 0, 2],
  [2, 0, 1],
  [0, 2, 1],
  [1, 2, 0],
] as const;
const wanted = { duck: 2, scan: 8, slowScan: 2, previewMs: 300, first: 10, unchanged: 6 };

const { client, close: closeServer } = await startServer({ durable: false });
await fillShop(client, Number(values.profiles), Number(values.events), Number(values.again));
const { rows: sizes } = await client.query<{ name: string; size: string }>(
  "SELECT 'deed' AS name, pg_size_pretty(pg_total_relation_size('deed')) AS size UNION ALL SELECT 'event', pg_size_pretty(sum(pg_total_relation_size(inhrelid::regclass))) FROM pg_inherits WHERE inhparent = 'event_part.pixel'::regclass",
);
say(`  ${sizes.map(({ name, size }) => `${name} ${size}`).join(", ")}`);
const { duck, close } = await peer(client);

// After the address of the database is known.
const { compile } = await import("../app/segments/sql.ts");
const { layOutSegment } = await import("../app/segments/block-store.server.ts");
const { makeMembers } = await import("../app/segments/whole-store.server.ts");
const { lockWriter } = await import("../app/segments/update.server.ts");
const { asked, countOf, limited } = await import("../app/segments/sql-store.server.ts");
const { db } = await import("../app/db.server.ts");
const { transaction } = await import("../app/tx.server.ts");
const { newShortId } = await import("../app/lib/id.server.ts");

const world = { timezone: "UTC", catalogue, rfm: null, predictions: null, rules: new Map<string, Node>() };
const queryOf = (rule: Node) => {
  const compiled = compile(rule, { shopId, countOffline: false, world, now });
  if (!compiled.ok) throw new Error(`No SQL: ${compiled.reason}`);
  return compiled;
};
const said = <T>(answer: { ok: true; answer: T } | { ok: false; reason: string }): T => {
  if (!answer.ok) throw new Error(answer.reason);
  return answer.answer;
};
// As whole-shop.server.ts does it.
const ours = async ({ rule }: Shape) => {
  const one = queryOf(rule);
  return said(await asked(25_000, (reader) => countOf(one.query, reader), one));
};
const theirs = ({ duckdb }: Shape) => ducks(duck, duckdb);
const scan = async ({ raw }: Shape) => Number((await client.query<{ count: string }>(`SELECT count(*) FROM (${raw}) f`)).rows[0]?.count);

let failed = false;
const judged = (value: number, bound: number, most: boolean) => {
  // Timings scatter: only what is clearly beyond its bound counts.
  const fine = most ? value <= bound * 1.15 : value >= bound / 1.15;
  if (!fine) failed = true;
  return fine ? "" : " !";
};

say(`\n${"".padEnd(62)}${"people".padStart(9)}${"ours ms".padStart(10)}${"DuckDB".padStart(9)}${"raw scan".padStart(10)}   ours/DuckDB  raw/ours`);
for (const shape of shapes) {
  const [mine, peers, raw]: [number[], number[], number[]] = [[], [], []];
  const counts = new Set<number>();
  const askers = [
    [ours, mine],
    [theirs, peers],
    [scan, raw],
  ] as const;
  for (let round = 0; round <= rounds; round += 1) {
    for (const turn of turns[round % turns.length] ?? turns[0]) {
      const [who, list] = askers[turn];
      const { ms, answer } = await timed(() => who(shape));
      counts.add(answer);
      // The first round warms all three.
      if (round > 0) list.push(ms);
    }
  }
  const [a, b, c] = [median(mine), median(peers), median(raw)];
  const [toDuck, toScan] = [a / b, c / a];
  const marks = shape.hot
    ? `${judged(toDuck, wanted.duck, true)}${shape.log === false ? "" : judged(toScan, wanted.scan, false)}`
    : judged(a / c, wanted.slowScan, true);
  const preview = shape.hot && a > wanted.previewMs ? " more than a preview may take" : "";
  say(
    `${(shape.hot ? "" : "slow: ") + shape.name}`.padEnd(62) +
      [...counts].join("≠").padStart(9) +
      a.toFixed(1).padStart(10) +
      b.toFixed(1).padStart(9) +
      c.toFixed(1).padStart(10) +
      `${toDuck.toFixed(2).padStart(12)}${toScan.toFixed(1).padStart(11)}${marks}${preview}`,
  );
  if (counts.size !== 1) failed = true;
}

say(
  `\n${"as a segment, in the change log".padEnd(62)}${"let in".padStart(9)}${"ms".padStart(10)}${"of DuckDB".padStart(12)}  a row each, ms   nothing to write, ms   of DuckDB`,
);
// The shop's log has a reader.
await transaction((tx) => lockWriter(shopId, tx));
/** Each is made later than all before. */
let made = 0;
for (const shape of shapes.filter((one) => one.hot)) {
  const evaluations: number[] = [];
  // As fill.server.ts does it.
  const write = (key: string) =>
    timed(async () =>
      said(
        await limited(25_000, async (tx) => {
          await lockWriter(shopId, tx);
          return makeMembers({ shopId, key, sequence: "bench", at: now, because: "edited" }, queryOf(shape.rule).query, tx);
        }),
      ),
    );
  const [first, rows, unchanged]: [number[], number[], number[]] = [[], [], []];
  let people = 0;
  for (let round = 0; round <= fills; round += 1) {
    const key = newShortId(after(now, (made += 1) * minute));
    const duckMs = (await timed(() => theirs(shape))).ms;
    const filled = await write(key);
    const laidOut = await timed(() => transaction((tx) => layOutSegment(shopId, key, tx)));
    await client.query("VACUUM ANALYZE membership");
    const again = await write(key);
    people = filled.answer;
    if (again.answer !== 0) throw new Error(`${shape.name}: ${again.answer} moved of whom nobody should.`);
    if (round === 0) continue;
    evaluations.push(duckMs);
    first.push(filled.ms);
    rows.push(laidOut.ms);
    unchanged.push(again.ms);
  }
  const [duckMs, firstMs, unchangedMs] = [median(evaluations), median(first), median(unchanged)];
  const [toFirst, toUnchanged] = [firstMs / duckMs, unchangedMs / duckMs];
  say(
    `${shape.name.padEnd(62)}${String(people).padStart(9)}${firstMs.toFixed(0).padStart(10)}${toFirst.toFixed(1).padStart(12)}${judged(toFirst, wanted.first, true)}` +
      `${median(rows).toFixed(0).padStart(15)}${unchangedMs.toFixed(0).padStart(22)}${toUnchanged.toFixed(1).padStart(12)}${judged(toUnchanged, wanted.unchanged, true)}`,
  );
}
if (failed) say("\nA figure with ! misses its bound (ours/DuckDB 2, raw/ours 8; slow shapes 2 of the raw scan; let in 10, nothing to write 6).");

close();
await db.$disconnect();
await closeServer();

// The second part has a server of its own, run as a real one is: what is kept up to date with every event and with time.
const live = values["no-live"]
  ? { status: 0 }
  : spawnSync(process.execPath, ["bench/segments-live.ts", "--profiles", values.profiles, "--past", values.events], { stdio: "inherit" });
process.exit(failed || live.status !== 0 ? 1 : 0);
