import { append, ensurePartitions } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import { after, hour, minute } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import { log } from "../log.server.ts";
import { wake } from "../queue.server.ts";
import { admin, AdminError } from "../shops/admin.server.ts";
import { checkoutAnswer, checkoutDocument, checkoutsChangedAnswer, checkoutsChangedDocument } from "../shops/admin/checkout.ts";
import { customersChangedAnswer, customersChangedDocument } from "../shops/admin/customer.ts";
import { orderAnswer, orderDocument, ordersChangedAnswer, ordersChangedDocument } from "../shops/admin/order.ts";
import type { Shop } from "../shops/shop.ts";
import { statement, transaction } from "../tx.server.ts";
import { compareEvery, nextKind, plus, searchFrom, settled, settleFor, type Found, type Kind } from "./comparison.ts";
import { newsOfCheckouts, newsOfCustomers, newsOfOrders } from "./news.server.ts";
import { checkoutEvent, orderEvent, refundEvent } from "./read.ts";
import { beginPass, endPass, findComparison, movePass, noteProblem, setComparisonDue, type Comparison } from "./store.server.ts";

export { shopsToCompare, findComparison, erasePast } from "./store.server.ts";

/** What a page tells that we were never told, and where the next one begins. */
type Page = { events: NewEvent[]; unreadable: number; next: string | null };
type Asked = { query: string; after: string | null; startedAt: Date };

/** How long to wait after an answer that did not come. */
const waits = { later: 10 * minute, reconnect: hour, refused: 6 * hour };

/** One thing whole; null where Shopify's answer cannot be understood: it must not hold up the others. */
async function whole<Answer>(shop: Shop, id: string, ask: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AdminError) || error.kind !== "refused") throw error;
    log.warn({ shop: shop.domain, id }, "what Shopify told of this could not be read");
    return null;
  }
}

async function orders(shop: Shop, { query, after: cursor, startedAt }: Asked, now: Date): Promise<Page> {
  const variables = { query, after: cursor };
  const { orders: page } = await admin(shop.domain, {
    ...{ name: "OrdersChanged", document: ordersChangedDocument, answer: ordersChangedAnswer, variables, gentle: true },
  });
  const events: (NewEvent | null)[] = [];
  let unreadable = 0;
  for (const { id, name, refundIds } of await newsOfOrders(shop, settled(page.nodes, startedAt))) {
    const found = await whole(shop, id, () =>
      admin(shop.domain, { name: "OrderNow", document: orderDocument, answer: orderAnswer, variables: { id }, gentle: true }),
    );
    if (found === null) unreadable += 1;
    if (found === null || found.order === null) continue;
    if (name !== null) events.push(orderEvent(found.order, name, now));
    events.push(...found.order.refunds.filter((one) => refundIds.includes(one.id)).map((one) => refundEvent(id, one, now)));
  }
  return { events: events.filter((one) => one !== null), unreadable, next: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null };
}

async function checkouts(shop: Shop, { query, after: cursor, startedAt }: Asked, now: Date): Promise<Page> {
  const variables = { query, after: cursor };
  const { abandonedCheckouts: page } = await admin(shop.domain, {
    ...{ name: "CheckoutsChanged", document: checkoutsChangedDocument, answer: checkoutsChangedAnswer, variables, gentle: true },
  });
  const events: NewEvent[] = [];
  let unreadable = 0;
  for (const { checkout, known } of await newsOfCheckouts(shop, settled(page.nodes, startedAt))) {
    const found = await whole(shop, checkout.id, () =>
      admin(shop.domain, { name: "CheckoutNow", document: checkoutDocument, answer: checkoutAnswer, variables: { id: checkout.id }, gentle: true }),
    );
    const event = found === null || found.node === null ? null : checkoutEvent(found.node, known, now);
    if (event !== null) events.push(event);
    else unreadable += 1;
  }
  return { events, unreadable, next: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null };
}

async function customers(shop: Shop, { query, after: cursor, startedAt }: Asked, now: Date): Promise<Page> {
  const variables = { query, after: cursor };
  const { customers: page } = await admin(shop.domain, {
    ...{ name: "CustomersChanged", document: customersChangedDocument, answer: customersChangedAnswer, variables, gentle: true },
  });
  const events = await newsOfCustomers(shop, settled(page.nodes, startedAt), now);
  return { events, unreadable: 0, next: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null };
}

const read: Record<Kind, (shop: Shop, asked: Asked, now: Date) => Promise<Page>> = { orders, checkouts, customers };

/** Has a shop compared at the next opportunity, and not only when its hour has come. */
export async function compareSoon(shop: Pick<Shop, "id">, now: Date): Promise<void> {
  await setComparisonDue(shop.id, now);
  await wake("shop.compare", shop.id);
}

/**
 * Compares one page of a shop with what Shopify says, and appends what no webhook told to the log, as the events that webhooks would have made. Page and
 * place commit together, and the watermark moves with the last page: cut off anywhere, it goes on where it was. Returns whether there is more to compare now.
 */
export async function comparePage(shop: Shop, now: Date): Promise<boolean> {
  const standing = await findComparison(shop.id);
  if (standing === null || standing.dueAt > now) return false;
  if (standing.startedAt === null) await beginPass(shop.id, now);
  const pass = standing.startedAt === null ? await findComparison(shop.id) : standing;
  if (pass === null || pass.startedAt === null || pass.reading === null) return false;
  try {
    return await step(shop, pass, { startedAt: pass.startedAt, reading: pass.reading, after: pass.after }, now);
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    // A cursor that is no longer taken would be refused for ever: the pass begins anew.
    await noteProblem(shop.id, error.kind, after(now, waits[error.kind]), error.kind === "refused");
    log.warn({ shop: shop.domain, kind: error.kind, reading: pass.reading }, "the shop could not be compared with Shopify");
    return false;
  }
}

async function step(shop: Shop, pass: Comparison, at: { startedAt: Date; reading: Kind; after: string | null }, now: Date): Promise<boolean> {
  const page = await read[at.reading](shop, { query: searchFrom(pass.watermark), after: at.after, startedAt: at.startedAt }, now);
  await ensurePartitions(page.events.map((event) => event.sourceAt));
  const reading = page.next === null ? nextKind(at.reading) : at.reading;
  const keep = async (tx?: Tx): Promise<boolean> => {
    const events = page.events.map((event) => ({ shopId: shop.id, event }));
    const added = tx === undefined ? 0 : await append(events, tx);
    const found: Found = plus(pass.found, { [at.reading]: added, unreadable: page.unreadable });
    const watermark = after(at.startedAt, -settleFor);
    const moved =
      reading === null
        ? await endPass(shop.id, at, { found, watermark, dueAt: after(now, compareEvery), now }, tx)
        : await movePass(shop.id, at, { reading, after: page.next, found }, tx);
    // Somebody else compared this page in the meantime; what both appended met itself.
    if (moved && added > 0) {
      log.info({ shop: shop.domain, kind: at.reading, events: added }, "Shopify told of what no webhook had");
      await wake("events.process", shop.id, { ...(tx === undefined ? {} : { tx }) });
    }
    return moved && reading !== null;
  };
  // A page that tells nothing new is one statement.
  return page.events.length === 0 ? statement(() => keep()) : transaction(keep);
}
