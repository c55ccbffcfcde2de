import type { z } from "zod";
import { readJson } from "../capture/webhook.ts";
import { Rejected, Retryable } from "../connectors/contract.ts";
import { linesOf } from "../connectors/wire.server.ts";
import { append, ensurePartitions } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import { after, hour, minute, second } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import { log } from "../log.server.ts";
import { learn } from "../products/complete.server.ts";
import { wake } from "../queue.server.ts";
import { admin, AdminError } from "../shops/admin.server.ts";
import { allCustomers, allOrders, allProducts, bulkAnswer, bulkDocument, bulkRunAnswer, bulkRunDocument } from "../shops/admin/bulk.ts";
import { customerNow } from "../shops/admin/customer.ts";
import { lineNow, orderNow } from "../shops/admin/order.ts";
import { listedProduct } from "../shops/admin/product.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { compareEvery } from "./comparison.ts";
import { take, type Gathered, type Gathering } from "./gather.ts";
import { newsOfCustomers, newsOfOrders } from "./news.server.ts";
import { orderEvent, refundEvent } from "./read.ts";
import { findFiles, noteLines, takeFile, updateFile, writeComparison, writeFiles, type FileKind, type PastFile } from "./store.server.ts";

export { findFiles, shopsToRead, type PastFile } from "./store.server.ts";

const queries: Record<FileKind, string> = { customers: allCustomers, orders: allOrders, products: allProducts };
/** How many objects one transaction takes. */
const atOnce = 100;
const lookEvery = 5 * second;
/** How long a file is one worker's before another may take it; renewed with every piece that is done. */
const heldFor = 2 * minute;
/** How often a file is made anew that failed or went away before anything of it could be read. */
const mostAttempts = 5;
const waits = { later: minute, reconnect: hour, refused: 10 * minute };

/** What some objects of a file mean: events that were never told, or products; and how many objects could not be understood. */
type Meaning = { events: NewEvent[]; write?: (tx: Tx) => Promise<void>; refused: number };

/** Sees to it that a shop's past is read, once for each installation, and that it is compared from then on. Safe to repeat. */
export async function expectPast(shop: Shop, now: Date): Promise<void> {
  if (shop.installedAt === null || shop.uninstalledAt !== null) return;
  await writeComparison(shop.id, shop.installedAt, after(now, compareEvery));
  await writeFiles(shop.id, shop.installedAt, now, false);
  await wake("shop.import", shop.id);
}

/** Reads a shop's past once more. What is known stays as it is. */
export async function readAgain(shop: Shop, now: Date): Promise<void> {
  await writeFiles(shop.id, shop.installedAt ?? now, now, true);
  await wake("shop.import", shop.id);
}

/** Takes each file that is due a step further. Returns after how many seconds to look again, or null where nothing is under way. */
export async function importSome(shop: Shop, now: () => Date): Promise<number | null> {
  for (const file of await findFiles(shop.id)) {
    if (file.dueAt === null || !(await takeFile(shop.id, file.kind, now(), after(now(), heldFor)))) continue;
    try {
      await advance(shop, file, now);
    } catch (error) {
      const problem = problemOf(error);
      if (problem === null) throw error;
      await setBack(shop, file, problem, now());
    }
  }
  return (await findFiles(shop.id)).some((file) => file.dueAt !== null) ? lookEvery / second : null;
}

function problemOf(error: unknown): string | null {
  if (error instanceof AdminError) return error.kind;
  if (error instanceof Rejected) return "gone";
  return error instanceof Retryable ? "later" : null;
}

/** Tries again later; a file that failed too often is given up, and says so. */
async function setBack(shop: Shop, file: PastFile, problem: string, now: Date): Promise<void> {
  const attempts = file.attempts + 1;
  log.warn({ shop: shop.domain, file: file.kind, problem, attempts }, "the shop's past could not be read");
  const wait = waits[problem as keyof typeof waits] ?? waits.refused;
  // An access that has ended comes back when the merchant opens the app, and not by trying.
  const given = problem !== "reconnect" && attempts >= mostAttempts;
  await updateFile(shop.id, file.kind, { attempts, problem, ...(given ? { state: "failed", dueAt: null, finishedAt: now } : { dueAt: after(now, wait) }) });
}

async function advance(shop: Shop, file: PastFile, now: () => Date): Promise<void> {
  if (file.state === "wanted" || file.operationGid === null) return begin(shop, file, now());
  const { bulkOperation } = await admin(shop.domain, {
    ...{ name: "BulkNow", document: bulkDocument, answer: bulkAnswer, variables: { id: file.operationGid }, whole: true as const },
  });
  const status = bulkOperation?.status ?? "EXPIRED";
  if (status === "CREATED" || status === "RUNNING" || status === "CANCELING")
    return updateFile(shop.id, file.kind, { objects: bulkOperation?.objectCount ?? 0, dueAt: after(now(), lookEvery) });
  if (status !== "COMPLETED" || bulkOperation === null) {
    await updateFile(shop.id, file.kind, { state: "wanted", operationGid: null, linesDone: 0 });
    return setBack(shop, file, (bulkOperation?.errorCode ?? status).toLowerCase(), now());
  }
  await updateFile(shop.id, file.kind, { state: "reading", objects: bulkOperation.objectCount });
  // A shop with nothing of the kind gets no file.
  if (typeof bulkOperation.url === "string") await readFile(shop, file, file.operationGid, bulkOperation.url, now);
  const { rootObjectCount: objects } = bulkOperation;
  await updateFile(shop.id, file.kind, { state: "done", objects, dueAt: null, finishedAt: now(), problem: null });
}

async function begin(shop: Shop, file: PastFile, now: Date): Promise<void> {
  const { bulkOperationRunQuery: run } = await admin(shop.domain, {
    name: "BulkRun",
    document: bulkRunDocument,
    answer: bulkRunAnswer,
    // Grouped, what belongs to an object follows it: it can be read line by line.
    variables: { query: queries[file.kind], groupObjects: file.kind === "orders" },
  });
  // Shopify makes few files at a time for an app.
  if (run.bulkOperation === null) return setBack(shop, file, (run.userErrors[0]?.code ?? "refused").toLowerCase(), now);
  await updateFile(shop.id, file.kind, { state: "making", operationGid: run.bulkOperation.id, linesDone: 0, dueAt: after(now, lookEvery) });
}

/** Reads a file from the line where it was left, some objects at a time; their events and the place commit together. */
async function readFile(shop: Shop, file: PastFile, operationGid: string, url: string, now: () => Date): Promise<void> {
  const gathering: Gathering = { root: null, stray: 0 };
  let ready: Gathered[] = [];
  let done = file.linesDone;
  let skip = file.linesDone;
  const flush = async () => {
    const lines = ready.reduce((sum, one) => sum + one.lines, 0);
    if (lines > 0) await keep(shop, file.kind, operationGid, ready, done, done + lines, now());
    done += lines;
    ready = [];
  };
  try {
    for await (const line of linesOf(url)) {
      if (skip > 0) {
        skip -= 1;
        continue;
      }
      const whole = take(gathering, parsed(line));
      if (whole !== null) ready.push(whole);
      if (ready.length >= atOnce) await flush();
    }
  } catch (error) {
    // The address ended, or the file is gone: it is made anew, and what was done of it meets itself.
    if (error instanceof Rejected) await updateFile(shop.id, file.kind, { state: "wanted", operationGid: null, linesDone: 0 });
    throw error;
  }
  if (gathering.root !== null) ready.push(gathering.root);
  await flush();
}

function parsed(line: string): unknown {
  try {
    return readJson(line);
  } catch {
    return null;
  }
}

async function keep(shop: Shop, kind: FileKind, operationGid: string, objects: Gathered[], from: number, to: number, now: Date): Promise<void> {
  const { events, write, refused } = await meanings[kind](shop, objects, now);
  await ensurePartitions(events.map((event) => event.sourceAt));
  await transaction(async (tx) => {
    // Somebody else is reading this file: they go on, we stop.
    if (!(await noteLines(shop.id, kind, { operationGid, from, to, refused, until: after(now, heldFor) }, tx)))
      throw new AdminError("later", "The file is being read already.");
    await write?.(tx);
    const added = await append(
      events.map((event) => ({ shopId: shop.id, event })),
      tx,
    );
    if (added > 0) await wake("events.process", shop.id, { tx });
  });
}

function understood<Schema extends z.ZodType>(schema: Schema, objects: unknown[]): z.output<Schema>[] {
  return objects.flatMap((one) => {
    const read = schema.safeParse(one);
    return read.success ? [read.data] : [];
  });
}

const meanings: Record<FileKind, (shop: Shop, objects: Gathered[], now: Date) => Promise<Meaning>> = {
  customers: async (shop, objects, now) => {
    const customers = understood(
      customerNow,
      objects.map((one) => one.object),
    );
    return { events: await newsOfCustomers(shop, customers, now), refused: objects.length - customers.length };
  },
  orders: async (shop, objects, now) => {
    const orders = understood(
      orderNow,
      objects.map((one) => ({ ...one.object, lineItems: { nodes: understood(lineNow, one.below) } })),
    );
    const whole = new Map(orders.map((one) => [one.id, one]));
    const events = (await newsOfOrders(shop, orders)).flatMap(({ id, name, refundIds }) => {
      const order = whole.get(id);
      if (order === undefined) return [];
      return [
        ...(name === null ? [] : [orderEvent(order, name, now)]),
        ...order.refunds.filter((one) => refundIds.includes(one.id)).map((one) => refundEvent(id, one, now)),
      ];
    });
    return { events: events.filter((one) => one !== null), refused: objects.length - orders.length };
  },
  products: async (shop, objects) => {
    const products = understood(
      listedProduct,
      objects.map((one) => one.object),
    );
    return Promise.resolve({ events: [], write: (tx) => learn(shop, products, tx), refused: objects.length - products.length });
  },
};
