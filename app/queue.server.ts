import { PgBoss, fromPrisma, systemClock, type Clock } from "pg-boss";
import { env } from "./env.server.ts";
import type { Tx } from "./lib/tx.ts";
import { log } from "./log.server.ts";
import { taskNames, tasks, type TaskName } from "./tasks.ts";
import { inside } from "./tx.server.ts";

const holder = globalThis as { comebackQueue?: Promise<PgBoss> };

/**
 * Time as it passes, whatever the machine's clock is set to. By that clock pg-boss waits until it shows what it awaits: set back by an hour it leaves alone for
 * an hour what a killed process had in hand, and by more than 24 days (as much as a timer holds) it asks once a millisecond.
 */
const passing: Clock = { ...systemClock, now: () => performance.timeOrigin + performance.now() };

async function start(): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: env().DATABASE_URL,
    application_name: "comeback-queue",
    max: 3,
    useListenNotify: true,
    clock: passing,
    // Due times live in our own rows; the queue carries wake-ups only, so it needs no cron.
    schedule: false,
  });
  boss.on("error", (err: unknown) => log.warn({ err }, "queue"));
  await boss.start();
  for (const name of taskNames) {
    // "short": a shop that is already waiting to be looked at is not queued twice.
    await boss.createQueue(name, {
      policy: "short",
      notify: true,
      retryLimit: 5,
      retryDelay: 5,
      retryBackoff: true,
      retryDelayMax: 300,
      expireInSeconds: 300,
      deleteAfterSeconds: 3600,
    });
    // Looking once fills pg-boss's own cache. Without it the first send inside a transaction would ask on a second connection, and wait for itself on the embedded database.
    await boss.findJobs(name, { id: "00000000-0000-0000-0000-000000000000" });
  }
  return boss;
}

/** The queue, started at first use. Remember that it carries wake-ups: what is due is written in our tables. */
export function queue(): Promise<PgBoss> {
  return (holder.comebackQueue ??= start());
}

/** Lets go of the queue: hands back nothing new, gives running tasks `timeout` milliseconds. */
export async function stopQueue(timeout: number): Promise<void> {
  const boss = await holder.comebackQueue;
  delete holder.comebackQueue;
  await boss?.stop({ graceful: true, timeout, close: true });
}

/** What happens in a shop comes in bursts: a wake-up waits until one pauses, but not for ever, so that all of it is one batch instead of many. */
const pauseMs = 40;
const longestMs = 100;
const soon = new Map<string, { timer: NodeJS.Timeout; since: number }>();

/**
 * Says it in a moment, once for everybody who asks until then, and outside of any transaction: for the doors, where a wake-up per request would cost
 * more than what it is about. Call it after the commit. What a crash in between loses, the next sweep finds.
 */
export function wakeSoon(name: TaskName, shopId: number): void {
  const key = `${name} ${shopId}`;
  const before = soon.get(key);
  const since = before?.since ?? performance.now();
  const left = longestMs - (performance.now() - since);
  if (before !== undefined) {
    if (left <= 0) return;
    clearTimeout(before.timer);
  }
  const timer = setTimeout(
    () => {
      soon.delete(key);
      if (holder.comebackQueue === undefined) return;
      wake(name, shopId).catch((err: unknown) => log.warn({ err, task: name }, "nobody was woken; the next sweep will"));
    },
    Math.min(pauseMs, left),
  ).unref();
  soon.set(key, { timer, since });
}

/**
 * Says that there is something to do for a shop. Inside a transaction the wake-up commits with it. Several wake-ups that nobody has
 * answered yet are one. `afterSeconds` puts it off by real seconds.
 */
export async function wake(name: TaskName, shopId: number, options: { tx?: Tx; afterSeconds?: number } = {}): Promise<void> {
  // Starting it takes a connection of its own: inside a transaction the embedded database would wait for itself.
  if (options.tx !== undefined && holder.comebackQueue === undefined)
    throw new Error("The queue must be started before a transaction wakes anybody: call queue() first.");
  const boss = await queue();
  const data = tasks[name].parse({ shopId });
  await boss.send(name, data, {
    singletonKey: String(shopId),
    ...(options.afterSeconds === undefined ? {} : { startAfter: options.afterSeconds }),
    ...(options.tx === undefined ? {} : { db: fromPrisma(inside(options.tx)) }),
  });
}
