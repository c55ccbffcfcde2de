// The one background entry: answers wake-ups, sweeps for what time has made due, stops gently.
import { env } from "./env.server.ts";
import { log } from "./log.server.ts";
import { run } from "./pipeline/tasks.server.ts";
import { sweep } from "./pipeline/sweep.server.ts";
import { queue, stopQueue } from "./queue.server.ts";
import { taskNames, tasks } from "./tasks.ts";

/** Starts working. Several workers may run on one database: each shop's rows are taken by one at a time. */
export async function startWorker(): Promise<{ stop: () => Promise<void> }> {
  const boss = await queue();
  for (const name of taskNames) {
    await boss.work(name, { batchSize: 5, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 5, burstWhenBatchFull: true }, async (jobs) => {
      for (const job of jobs) {
        try {
          await run(name, tasks[name].parse(job.data).shopId);
        } catch (error) {
          log.error({ err: error, task: name }, "task failed");
          throw error;
        }
      }
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
