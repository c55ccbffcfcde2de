import { everyConnector } from "../connectors/registry.server.ts";
import { wire } from "../connectors/wire.server.ts";
import { deleteConnection } from "../destinations/connect.server.ts";
import { sync } from "../destinations/sync.server.ts";
import { env } from "../env.server.ts";
import { flowKeys } from "../flows/flow.ts";
import { advanceOne, type Advanced } from "../flows/run.server.ts";
import { endRuns, findFlows, poolsOf } from "../flows/settings.server.ts";
import { log } from "../log.server.ts";
import { fillPool } from "../offers/fill.server.ts";
import { comparePage } from "../past/compare.server.ts";
import { expectPast, importSome } from "../past/import.server.ts";
import { expectCollections, readCollections } from "../products/collections.server.ts";
import { complete, learnSome } from "../products/complete.server.ts";
import { wake } from "../queue.server.ts";
import { countNext } from "../segments/count.server.ts";
import { fillPage } from "../segments/fill.server.ts";
import { AdminError } from "../shops/admin.server.ts";
import { ensurePixel } from "../shops/pixel.server.ts";
import { refresh } from "../shops/refresh.server.ts";
import { mayAct, type Shop } from "../shops/shop.ts";
import { shopById } from "../shops/load.server.ts";
import type { TaskName } from "../tasks.ts";
import { transaction } from "../tx.server.ts";
import { answerRequests } from "./forget.server.ts";
import { follow } from "./follow.server.ts";
import { letGo } from "./horizon.server.ts";
import { settleSome } from "./new-days.server.ts";
import { readLog, readNews, takeTurn } from "./read-log.server.ts";

const clock = () => new Date();

/** How many sends of one shop run side by side: the wait is for the mail server, not for us. */
const sendsAtOnce = 4;

/** How long slow segments of one shop are counted in a row, or the days of its browsers settled. What is left waits for the next sweep, and other shops for less than a task may take. */
const inARowMs = 30_000;

/** What each task does for its shop. All may run twice or be cut off anywhere: what is left to do stands in the tables. */
export const handlers: Record<TaskName, (shop: Shop) => Promise<void>> = {
  "events.process": (shop) => takeTurn(shop, clock),
  "audiences.sync": async (shop) => {
    await follow(shop, ["audiences"], clock);
    const now = await shopById(shop.id);
    if (now === null || now.uninstalledAt !== null) return;
    for (const connector of everyConnector()) await sync(now, connector, wire, clock);
  },
  "flows.advance": async (shop) => {
    // While the shop is paused its runs are left as they are; the follower still ends those that bought.
    const due = await follow(shop, ["flows"], clock);
    if (!due.flows) return;
    const { mailed, offers } = await advanceAll(shop);
    // What was sent is in the log. Whoever reads it sees what has become due meanwhile, too.
    if (mailed) await takeTurn(shop, clock);
    if (offers) await wake("offers.fill", shop.id);
  },
  "segments.fill": async (shop) => {
    if (shop.uninstalledAt !== null) return;
    while (await fillPage(shop, clock()));
    await wake("audiences.sync", shop.id);
    await wake("flows.advance", shop.id);
  },
  "segments.count": async (shop) => {
    if (shop.uninstalledAt !== null) return;
    const began = performance.now();
    let counted = false;
    while (performance.now() - began < inARowMs && (await countNext(shop, clock()))) counted = true;
    if (!counted) return;
    await wake("audiences.sync", shop.id);
    await wake("flows.advance", shop.id);
  },
  "offers.fill": async (shop) => {
    if (!mayAct(shop).ok) return;
    const flows = await findFlows(shop.id);
    for (const key of flowKeys) {
      for (const pool of poolsOf(flows[key])) {
        const outcome = await fillPool(shop, pool, clock());
        if (outcome.problem !== null) log.warn({ shop: shop.domain, flow: key, step: pool.stepKey, problem: outcome.problem }, "offer pool");
        // Where the sweep is quicker than that, it asks again by itself.
        if (outcome.making > 0 && env().SWEEP_EVERY_SECONDS > 2) await wake("offers.fill", shop.id, { afterSeconds: 2 });
      }
    }
  },
  "products.complete": async (shop) => {
    if (shop.uninstalledAt !== null) return;
    while (await complete(shop, clock()));
    await learnSome(shop);
    while (await readCollections(shop, clock()));
    // Collections name products that nothing was known of.
    while (await complete(shop, clock()));
  },
  "shop.compare": async (shop) => {
    if (shop.uninstalledAt !== null) return;
    // What has arrived is read first: it was told. The pixel is looked after at the same time, so that one that was taken away is back within the hour.
    const read = () => readNews(shop, clock);
    await read();
    await ensurePixel(shop, clock());
    while (await comparePage(shop, clock())) await read();
    await read();
  },
  "shop.import": async (shop) => {
    if (shop.uninstalledAt !== null) return;
    await readLog(shop, clock);
    const seconds = await importSome(shop, clock);
    // Where the sweep is quicker than that, it asks again by itself.
    if (seconds !== null && env().SWEEP_EVERY_SECONDS > seconds) await wake("shop.import", shop.id, { afterSeconds: seconds });
  },
  "visits.let-go": (shop) => letGo(shop, clock()),
  "visits.new-days": async (shop) => {
    const began = performance.now();
    while (performance.now() - began < inARowMs && (await settleSome(shop, clock())));
  },
  "privacy.answer": (shop) => answerRequests(shop, clock()),
  "shop.refresh": async (shop) => {
    if (shop.uninstalledAt !== null) {
      // The tokens went with the webhook; what could still act goes now. Data waits for shop/redact.
      await transaction(async (tx) => {
        await endRuns(shop.id, null, "uninstalled", clock(), tx);
        await deleteConnection(shop.id, null, tx);
      });
      return;
    }
    if (shop.installedAt === null) return;
    await refresh(shop, clock());
    await expectPast(shop, clock());
    await expectCollections(shop, clock());
  },
};

/** Advances what is due, several mails side by side. Each lane begins when the one before it has found something; none looks again once one found nothing. */
async function advanceAll(shop: Shop): Promise<Advanced> {
  const all: Advanced = { mailed: false, offers: false };
  let over = false;
  const lane = async (nth: number): Promise<void> => {
    const next: Promise<void>[] = [];
    const onFound = () => {
      if (nth === sendsAtOnce || next.length > 0) return;
      next.push(lane(nth + 1));
      // What it throws is looked at below, perhaps much later.
      next[0]?.catch(() => undefined);
    };
    try {
      while (!over) {
        const current = await shopById(shop.id);
        const one = current === null || current.pausedAt !== null ? null : await advanceOne(current, wire, clock, onFound);
        if (one === null) break;
        all.mailed ||= one.mailed;
        all.offers ||= one.offers;
      }
    } finally {
      over = true;
    }
    await Promise.all(next);
  };
  await lane(1);
  return all;
}

/** Runs one task. A shop that is gone, or whose access has ended, is not an error: nothing can be done until the merchant returns. */
export async function run(name: TaskName, shopId: number): Promise<void> {
  const shop = await shopById(shopId);
  if (shop === null) return;
  try {
    await handlers[name](shop);
  } catch (error) {
    if (error instanceof AdminError && error.kind !== "later") {
      log.warn({ err: error, shop: shop.domain, task: name }, "task put off");
      return;
    }
    throw error;
  }
}
