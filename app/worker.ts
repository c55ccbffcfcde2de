// The one background entry: answers wake-ups, sweeps for what time has made due, stops gently.
import { env } from "./env.server.ts";
import { log } from "./log.server.ts";
import { run } from "./pipeline/tasks.server.ts";
import { sweep } from "./pipeline/sweep.server.ts";
import { queue, stopQueue } from "./queue.server.ts";
import { taskNames, tasks, type TaskName } from "./tasks.ts";
import { databaseIsEmbedded } from "./tx.server.ts";

/** How many shops' logs one worker reads side by side at most. */
const mostSideBySide = 3;

/**
 * One shop with much to read does not keep all others waiting. Of the connections that everything here shares this takes a quarter, and as many
 * more while somebody follows; the embedded database has one.
 */
async function logsSideBySide(): Promise<number> {
  return (await databaseIsEmbedded()) ? 1 : Math.max(1, Math.min(mostSideBySide, Math.floor(env().DATABASE_POOL / 4)));
}

/** How wake-ups of a task are taken from the queue. */
export async function taking(name: TaskName) {
  const many = { batchSize: 5, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 5, burstWhenBatchFull: true };
  return { ...many, localConcurrency: name === "events.process" ? await logsSideBySide() : 1 };
}

/** Starts working. Several workers may run on one database: each shop's rows are taken by one at a time. */
export async function startWorker(): Promise<{ stop: () => Promise<void> }> {
  const boss = await queue();
  for (const name of taskNames) {
    await boss.work(name, { ...(await taking(name)), perJobResults: true }, async (jobs) => {
      const results: { id: string; status: "completed" | "failed"; output?: unknown }[] = [];
      for (const job of jobs) {
        try {
          await run(name, tasks[name].parse(job.data).shopId);
          results.push({ id: job.id, status: "completed" });
        } catch (error) {
          // One shop's trouble is no other's: those that came along with it are done all the same, and it alone is tried again.
          log.error({ err: error, task: name }, "task failed");
          results.push({ id: job.id, status: "failed", output: error });
        }
      }
      return results;
    });
  }

  let stopping = false;
  let sweeping: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const tick = () => {
    if (stopping) return;
    sweeping = sweep(new Date())
      .catch((error: unknown) => log.error({ err: error }, "sweep failed"))
      .finally(() => {
        timer = setTimeout(tick, env().SWEEP_EVERY_SECONDS * 1000);
      });
  };
  tick();
  // Whoever has changed the time or the tables by other ways than ours need not wait for the next sweep.
  let nudged = false;
  const sweepNow = () => {
    if (nudged) return;
    nudged = true;
    void sweeping.then(() => {
      nudged = false;
      clearTimeout(timer);
      tick();
    });
  };
  process.on("SIGUSR2", sweepNow);
  return {
    stop: async () => {
      stopping = true;
      process.off("SIGUSR2", sweepNow);
      clearTimeout(timer);
      await sweeping;
      clearTimeout(timer);
      await stopQueue(20_000);
    },
  };
}
