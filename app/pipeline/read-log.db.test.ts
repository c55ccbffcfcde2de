// How a log is read on while much comes in, and how shops take turns.
import { beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { db, Prisma } from "../db.server.ts";
import { audiencesCursor } from "../destinations/plan.server.ts";
import { lockCursor, processCursor } from "../events/load.server.ts";
import { flowsCursor } from "../flows/start.server.ts";
import { after, day } from "../lib/time.ts";
import { queue } from "../queue.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import type { TaskName } from "../tasks.ts";
import { transaction } from "../tx.server.ts";
import { batchesOf, browse, comeMeanwhile, noteReads, reads } from "../../test/reads.ts";
import { batchSize } from "./process-event.server.ts";
import { readLog, readNews, takeTurn } from "./read-log.server.ts";

const now = new Date("2026-11-20T10:00:00Z");
const clock = () => now;
let shop: Shop;
let other: Shop;
let number = 0;
const server = (process.env["TEST_DATABASE_URL"] ?? "") !== "";
if (!server) process.stdout.write("SKIPPED: a follower who is held up, because the embedded database has one connection; TEST_DATABASE_URL names a server\n");

const newShop = () => installed(`read-${(number += 1)}.myshopify.com`, ["read_orders"], now);
/** How often a shop waits in line to be read. */
const waiting = async ({ id }: Shop, task: TaskName = "events.process") => (await (await queue()).findJobs(task, { key: String(id), queued: true })).length;
/** The clock that counts how long somebody works stands still, or jumps each time it is looked at. */
const workTakes = (ms: number) => {
  let at = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (at += ms));
};

const followed = async () => {
  const last = await db.membershipChange.findFirstOrThrow({ where: { shopId: shop.id }, orderBy: { seq: "desc" } });
  const cursors = await db.cursor.findMany({ where: { shopId: shop.id, name: { in: [audiencesCursor, flowsCursor] } } });
  return cursors.length === 2 && cursors.every((one) => one.seq === last.seq);
};

/** While flows cannot follow. */
const whileHeld = async (work: () => Promise<void>) => {
  const enough = Promise.withResolvers<undefined>();
  const held = Promise.withResolvers<undefined>();
  const holding = transaction(async (tx) => {
    await lockCursor(shop.id, flowsCursor, tx);
    held.resolve(undefined);
    await enough.promise;
  });
  await held.promise;
  await work().finally(() => enough.resolve(undefined));
  await holding;
};

beforeAll(async () => {
  await queue();
  await noteReads();
});

beforeEach(async () => {
  // What one test left unread is nobody's in the next.
  for (const one of [shop, other] as (Shop | undefined)[]) if (one !== undefined) await readLog(one, clock);
  [shop, other] = [await newShop(), await newShop()];
});

describe("reading on", () => {
  test("while at least fifty come in meanwhile; fewer have a wake-up of their own", async () => {
    workTakes(0);
    await browse(shop.id, 50, after(now, -day));
    await comeMeanwhile(shop.id, [50, 49, 3]);
    await readLog(shop, clock);
    expect(await batchesOf(shop.id)).toEqual([50, 50, 49]);
    expect(await waiting(shop)).toBe(0);
    await readLog(shop, clock);
    expect(await batchesOf(shop.id)).toEqual([50, 50, 49, 3]);
  });

  test.each([
    ["at its end", 0, false],
    ["each second where that takes long", 10_000, true],
  ])("what was read is followed %s, by audiences and flows", async (_when, ms, before) => {
    workTakes(ms);
    await browse(shop.id, 3 * batchSize + 1, after(now, -day));
    await readLog(shop, clock);
    // All browsers are met in the first batch: the others change nothing that could be followed.
    const readers = (await reads()).filter((one) => one.shopId === shop.id).map((one) => one.cursor === processCursor);
    expect(readers.indexOf(false) < readers.lastIndexOf(true)).toBe(before);
    expect(await followed()).toBe(true);
  });

  test.skipIf(!server)("who follows holds up nobody who reads on", async () => {
    workTakes(10_000);
    await browse(shop.id, 2 * batchSize + 1, after(now, -day));
    let reading = Promise.resolve();
    await whileHeld(async () => {
      reading = readLog(shop, clock);
      await vi.waitFor(async () => expect(await batchesOf(shop.id)).toEqual([batchSize, batchSize, 1]), { timeout: 20_000 });
      expect(await followed()).toBe(false);
    });
    await reading;
    expect(await followed()).toBe(true);
  });

  test.skipIf(!server)("where reading fails who follows beside it is waited for", async () => {
    workTakes(10_000);
    await browse(shop.id, 2 * batchSize + 1, after(now, -day));
    onTestFinished(async () => void (await db.$executeRaw`UPDATE event SET name = 'page.viewed' WHERE shop_id = ${shop.id}`));
    await db.$executeRaw`UPDATE event SET name = 'order.placed' WHERE shop_id = ${shop.id} AND seq = (SELECT max(seq) FROM event WHERE shop_id = ${shop.id})`;
    const ended = vi.fn();
    await whileHeld(async () => {
      void readLog(shop, clock).catch(ended);
      await vi.waitFor(async () => expect(await batchesOf(shop.id)).toEqual([batchSize, batchSize]), { timeout: 20_000 });
      // Long enough for the third to fail.
      await new Promise((later) => setTimeout(later, 500));
      expect(ended).not.toHaveBeenCalled();
    });
    await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce(), { timeout: 20_000 });
    expect(await followed()).toBe(true);
  });

  test("where following fails the turn is over, and whoever comes next follows", async () => {
    workTakes(10_000);
    await browse(shop.id, 2 * batchSize + 1, after(now, -day));
    await db.$executeRaw`ALTER TABLE cursor ADD CONSTRAINT nobody_follows CHECK (name <> ${Prisma.raw(`'${flowsCursor}'`)} OR seq = 0) NOT VALID`;
    await expect(readLog(shop, clock)).rejects.toThrow("nobody_follows");
    await db.$executeRaw`ALTER TABLE cursor DROP CONSTRAINT nobody_follows`;
    await browse(shop.id, 1, now);
    await readLog(shop, clock);
    expect(await followed()).toBe(true);
  });

  test("goes to where the log ended at the beginning, however long that takes; what came since waits in line", async () => {
    workTakes(10_000);
    await browse(shop.id, 2 * batchSize + 60, after(now, -day));
    await comeMeanwhile(shop.id, [0, 0, 60]);
    await readLog(shop, clock);
    expect(await batchesOf(shop.id)).toEqual([batchSize, batchSize, 60]);
    expect(await waiting(shop)).toBe(1);
  });

  test("where nothing is to be read nothing is done", async () => {
    await readNews(shop, clock);
    expect(await batchesOf(shop.id)).toEqual([]);
    expect(await waiting(shop)).toBe(0);
  });
});

describe("a shop's turn", () => {
  test("alone, a shop is read to the end in one turn", async () => {
    workTakes(0);
    await browse(shop.id, 2 * batchSize + 10, after(now, -day));
    await takeTurn(shop, clock);
    expect(await batchesOf(shop.id)).toEqual([batchSize, batchSize, 10]);
    expect(await waiting(shop)).toBe(0);
  });

  test("it ends after one batch where another shop has something to read, and goes on behind it", async () => {
    workTakes(0);
    await browse(shop.id, 2 * batchSize, after(now, -day));
    await browse(other.id, 1, after(now, -day));
    await takeTurn(shop, clock);
    expect(await batchesOf(shop.id)).toEqual([batchSize]);
    expect(await waiting(shop)).toBe(1);
    await takeTurn(other, clock);
    await takeTurn(shop, clock);
    expect(await batchesOf(shop.id)).toEqual([batchSize, batchSize]);
  });

  test("it ends when it has taken long, although nobody waits", async () => {
    workTakes(10_000);
    await browse(shop.id, 2 * batchSize, after(now, -day));
    await takeTurn(shop, clock);
    expect(await batchesOf(shop.id)).toEqual([batchSize]);
    expect(await waiting(shop)).toBe(1);
  });

  test("there are no two of one shop at once: who is woken meanwhile is woken again afterwards", async () => {
    await browse(shop.id, 10, after(now, -day));
    let over = false;
    const first = takeTurn(shop, clock).then(() => (over = true));
    await takeTurn(shop, clock);
    expect(over).toBe(false);
    await first;
    expect(await batchesOf(shop.id)).toEqual([10]);
    expect(await waiting(shop)).toBe(1);
  });

  test.skipIf(!server)("while everybody follows it is over: the next one reads, does not wait for them, and wakes who sends", async () => {
    await browse(shop.id, 10, after(now, -day));
    const over = vi.fn();
    let first = Promise.resolve();
    await whileHeld(async () => {
      first = takeTurn(shop, clock).then(over);
      await vi.waitFor(async () => expect(await batchesOf(shop.id)).toEqual([10]), { timeout: 20_000 });
      await browse(shop.id, 3, now);
      // Until the first turn has let go, it is only noted that there is more.
      await vi.waitFor(
        async () => {
          await takeTurn(shop, clock);
          expect(await batchesOf(shop.id)).toEqual([10, 3]);
        },
        { timeout: 20_000 },
      );
      expect([await waiting(shop, "audiences.sync"), await waiting(shop, "flows.advance")]).toEqual([1, 1]);
      expect(over).not.toHaveBeenCalled();
    });
    await first;
  });

  test("one that fails is over: the next one reads", async () => {
    await browse(shop.id, 10, after(now, -day));
    await expect(
      takeTurn(shop, () => {
        throw new Error("no clock");
      }),
    ).rejects.toThrow("no clock");
    await takeTurn(shop, clock);
    expect(await batchesOf(shop.id)).toEqual([10]);
  });
});
