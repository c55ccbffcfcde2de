// How long it takes from an event's commit in the log until what it changes is committed, at a steady rate that does not wait for anybody.
import { fork } from "node:child_process";
import { once } from "node:events";
import type pg from "pg";
import { share } from "./figures.ts";
import { shopId } from "./segments-data.ts";

/** `perSecond` for `seconds`, after a while of `warm.perSecond`. */
export type Plan = {
  people: number;
  perSecond: number;
  seconds: number;
  warm: { perSecond: number; seconds: number };
  name: string;
  first: number;
  from: number;
  wake: boolean;
};

/** How many events are told until some milliseconds have passed. */
export function dueAfter(ms: number, { perSecond, seconds, warm }: Pick<Plan, "perSecond" | "seconds" | "warm">): number {
  const passed = ms / 1_000;
  return Math.floor(Math.min(passed, warm.seconds) * warm.perSecond + Math.min(Math.max(0, passed - warm.seconds), seconds) * perSecond);
}

/**
 * Milliseconds, under the whole load; `start`: p99 until then; `commit`: p99 of the commits that told the log, which wait for the same disk and for nothing else.
 * `behind`: how many events were not read when the last one was told. `told`: all of them. `checkpoints`: how many the server began meanwhile.
 */
export type Lag = { p50: number; p99: number; start: number; commit: number; behind: number; told: number; checkpoints: number };

/** What tells and what reads begin cold, and have a quarter of the load until they are not: what were left behind then would be measured for seconds afterwards. */
const warming = { seconds: 2, share: 0.25 };

type Progress = { count: number; at: number };
type Told = Progress & { took: number };
const clock = () => performance.timeOrigin + performance.now();

/** From version 17 on they are counted elsewhere, and none are told here. */
const checkpointsBegun = "SELECT (to_jsonb(b) ->> 'checkpoints_timed')::int + (to_jsonb(b) ->> 'checkpoints_req')::int AS n FROM pg_stat_bgwriter b";

/** `read`: works until it is told to stop. */
export async function lag(client: pg.Client, load: Omit<Plan, "warm">, read: (running: () => boolean) => Promise<void>): Promise<Lag> {
  const plan: Plan = { ...load, warm: { seconds: warming.seconds, perSecond: load.perSecond * warming.share } };
  // Prepared once: it is asked fifty times a second, beside what is measured.
  const text = `SELECT seq, pg_current_wal_insert_lsn() - '0/0' AS logged, pg_current_wal_flush_lsn() - '0/0' AS flushed FROM cursor WHERE shop_id = ${shopId} AND name = 'process'`;
  const progress = async () => {
    const [row] = (await client.query<{ seq: string; logged: string; flushed: string }>({ name: "progress", text })).rows;
    return { seq: Number(row?.seq), logged: Number(row?.logged), flushed: Number(row?.flushed) };
  };
  const begun = async () => Number((await client.query<{ n: number | null }>(checkpointsBegun)).rows[0]?.n ?? 0);
  const checkpoints = await begun();
  const { seq: before } = await progress();
  const child = fork("bench/segments-appender.ts");
  const told: Told[] = [];
  child.on("message", ({ sent, at, took }: { sent?: number; at?: number; took?: number }) => {
    if (sent !== undefined && at !== undefined && took !== undefined) told.push({ count: sent, at, took });
  });
  child.send(plan);
  await once(child, "message");
  let running = true;
  const reader = read(() => running);
  child.send("go");
  const done: Progress[] = [];
  const count = dueAfter(Infinity, plan);
  const until = clock() + (plan.seconds + 20) * 1_000;
  // The cursor moves in the transaction that writes the memberships: what it has passed is there for everybody, and safe when as much is flushed as was logged then.
  const seen: { count: number; logged: number }[] = [];
  while ((done.at(-1)?.count ?? 0) < count && clock() < until) {
    const { seq, logged, flushed } = await progress();
    if (seq - before !== (seen.at(-1)?.count ?? 0)) seen.push({ count: seq - before, logged });
    const safe = seen.findLast((one) => one.logged <= flushed);
    if (safe !== undefined && safe.count !== (done.at(-1)?.count ?? 0)) done.push({ count: safe.count, at: clock() });
    await new Promise((later) => setTimeout(later, 20));
  }
  running = false;
  await reader;
  if (child.exitCode === null) await once(child, "exit");
  const lags: number[] = [];
  const cold: number[] = [];
  const warmUntil = (told[0]?.at ?? 0) + warming.seconds * 1_000;
  let [index, from] = [0, 0];
  for (const one of told) {
    while (index < done.length && (done[index]?.count ?? 0) < one.count) index += 1;
    const at = done[index]?.at ?? Infinity;
    for (let event = from; event < one.count; event += 1) (one.at < warmUntil ? cold : lags).push(at - one.at);
    from = one.count;
  }
  const last = told.at(-1)?.at ?? Infinity;
  const readThen = done.filter((one) => one.at <= last).at(-1)?.count ?? 0;
  const commits = told.filter((one) => one.at >= warmUntil).map((one) => one.took);
  return {
    ...{ p50: share(lags, 0.5), p99: share(lags, 0.99), start: share(cold, 0.99), commit: share(commits, 0.99) },
    ...{ behind: count - readThen, told: count, checkpoints: (await begun()) - checkpoints },
  };
}
