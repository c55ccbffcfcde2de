// The worker among several shops: none waits for another that has much to read, or whose events cannot be read at all.
import { afterEach, beforeAll, expect, test } from "vitest";
import { batchesOf, browse, noteReads, reads } from "../test/reads.ts";
import { db } from "./db.server.ts";
import { lockCursor, processCursor } from "./events/load.server.ts";
import { newId } from "./lib/id.server.ts";
import { after, day } from "./lib/time.ts";
import { batchSize } from "./pipeline/process-event.server.ts";
import { queue, wake } from "./queue.server.ts";
import { transaction } from "./tx.server.ts";
import { startWorker } from "./worker.ts";

const now = new Date("2026-11-20T10:00:00Z");
let number = 0;
let worker: Awaited<ReturnType<typeof startWorker>> | undefined;

/** A shop that is not installed any more: the worker reads what it left behind, and asks nobody outside for anything. */
async function newShop(): Promise<number> {
  const domain = `worker-${(number += 1)}.myshopify.com`;
  return (await db.shop.create({ data: { domain, salt: newId(now), createdAt: now, installedAt: now, uninstalledAt: now } })).id;
}

const until = async (what: () => Promise<boolean>) => {
  while (!(await what())) await new Promise((later) => setTimeout(later, 20));
};
const readAll = (shopId: number, events: number) => async () => (await batchesOf(shopId)).reduce((sum, one) => sum + one, 0) === events;
/** What has become of a shop's wake-ups. */
const statesOf = async (shopId: number) => (await (await queue()).findJobs("events.process", { key: String(shopId) })).map((one) => one.state);

beforeAll(async () => {
  await queue();
  await noteReads();
});

afterEach(async () => {
  await worker?.stop();
  worker = undefined;
});

test("a shop with one event is read long before the end of another's backlog, which was there first", async () => {
  const [busy, small] = [await newShop(), await newShop()];
  await browse(busy, 5 * batchSize, after(now, -day));
  await wake("events.process", busy);
  await browse(small, 1, after(now, -day));
  await wake("events.process", small);
  worker = await startWorker();
  await until(readAll(busy, 5 * batchSize));
  await until(readAll(small, 1));
  const order = (await reads()).filter((one) => one.cursor === processCursor).map((one) => one.shopId);
  expect(order.filter((one) => one === busy)).toHaveLength(5);
  // At most the batch that was under way, and one that was next in line already.
  expect(order.indexOf(small)).toBeLessThanOrEqual(2);
});

test("a shop whose events cannot be read is tried again alone: those that came along with it are done", async () => {
  const [broken, small] = [await newShop(), await newShop()];
  await browse(broken, 1, after(now, -day));
  await db.$executeRaw`UPDATE event SET name = 'order.placed', data = '{}' WHERE shop_id = ${broken}`;
  await browse(small, 1, after(now, -day));
  await wake("events.process", broken);
  await wake("events.process", small);
  worker = await startWorker();
  await until(readAll(small, 1));
  await until(async () => (await statesOf(broken)).includes("retry"));
  // The first sweep may have woken it once more, before its event was read.
  await until(async () => !(await statesOf(small)).some((one) => one === "active" || one === "created"));
  expect(new Set(await statesOf(small))).toEqual(new Set(["completed"]));
  expect(await batchesOf(broken)).toEqual([]);
});

const server = (process.env["TEST_DATABASE_URL"] ?? "") !== "";
if (!server) process.stdout.write("SKIPPED: logs side by side, because the embedded database has one connection; TEST_DATABASE_URL names a server\n");

test.skipIf(!server)("while one shop's batch takes long others are read beside it, however often that shop is woken", async () => {
  const [busy, small] = [await newShop(), await newShop()];
  await browse(busy, 60, after(now, -day));
  await browse(small, 1, after(now, -day));
  await transaction(async (tx) => {
    // As good as a batch that does not end: its cursor is held.
    await lockCursor(busy, processCursor, tx);
    await wake("events.process", busy);
    worker = await startWorker();
    await until(async () => (await statesOf(busy)).includes("active"));
    await wake("events.process", busy);
    await until(async () => (await statesOf(busy)).filter((one) => one === "completed").length > 0);
    await wake("events.process", small);
    await until(readAll(small, 1));
    // It waits still: it did not give up meanwhile.
    expect(await statesOf(busy)).toContain("active");
    expect(await batchesOf(busy)).toEqual([]);
  });
  await until(readAll(busy, 60));
});
