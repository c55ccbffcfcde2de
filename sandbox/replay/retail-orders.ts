// What the rows of an order history mean: orders, and refunds of what was bought before.
import type { Row } from "./retail-file.ts";

export type Line = { stockCode: string; title: string; quantity: number; priceMinor: number };

export type Order = { kind: "order"; invoice: string; at: Date; customer: number; country: string; lines: Line[] };

export type Refund = {
  kind: "refund";
  /** The cancellation's own number, and which of its refunds this is. */
  invoice: string;
  part: number;
  at: Date;
  customer: number;
  /** The invoice of the order that it gives back; null where the history has none. */
  orderInvoice: string | null;
  /** With the position of the line in that order. */
  lines: (Line & { index: number })[];
};

export type Deed = Order | Refund;

/** What a customer bought last, by stock code: the newest order that holds it, and where. */
type Bought = Map<string, { invoice: string; index: number }>;

/** How long an invoice may still get rows. */
const openMs = 10 * 60_000;

/**
 * Folds rows into deeds, oldest first. An invoice of somebody known is one order of its lines with a positive quantity and price. Each line of a
 * cancellation gives back her latest earlier order that holds its stock code; lines of one order go together. Rows of nobody known are passed over.
 */
export async function* deedsOf(rows: AsyncIterable<Row>): AsyncGenerator<Deed, void> {
  const customers = new Map<number, Bought>();
  for await (const invoice of invoicesOf(rows)) {
    const [first] = invoice;
    if (first.customer === null) continue;
    const bought = customers.get(first.customer) ?? new Map<string, { invoice: string; index: number }>();
    customers.set(first.customer, bought);
    if (/^\d/.test(first.invoice)) {
      const order = toOrder(invoice, first.customer);
      if (order.lines.length === 0) continue;
      order.lines.forEach((line, index) => bought.set(line.stockCode, { invoice: order.invoice, index }));
      yield order;
    } else if (first.invoice.startsWith("C")) {
      yield* refundsOf(invoice, first.customer, bought);
    }
  }
}

type Invoice = [Row, ...Row[]];

/** Invoices by their first rows. A few are mixed with their neighbours, so one stays open until the time of the rows has gone on. */
async function* invoicesOf(rows: AsyncIterable<Row>): AsyncGenerator<Invoice> {
  const open = new Map<string, Invoice>();
  const done = new Set<string>();
  let latest = 0;
  for await (const row of rows) {
    const at = row.at.getTime();
    if (at < latest - openMs) throw new Error(`${row.place}: goes back in time; give the files in the order of time`);
    latest = Math.max(latest, at);
    for (const [number, invoice] of open) {
      if (invoice[0].at.getTime() > latest - openMs) break;
      yield invoice;
      open.delete(number);
      done.add(number);
    }
    const mine = open.get(row.invoice);
    if (done.has(row.invoice)) throw new Error(`${row.place}: invoice ${row.invoice} has ended before`);
    if (mine === undefined) open.set(row.invoice, [row]);
    else if (mine[0].customer !== row.customer) throw new Error(`${row.place}: invoice ${row.invoice} has two customers`);
    else mine.push(row);
  }
  yield* open.values();
}

function toLine(row: Row): Line {
  // A fraction of a penny is nothing once it is money.
  return {
    stockCode: row.stockCode,
    title: row.title === "" ? row.stockCode : row.title,
    quantity: Math.abs(row.quantity),
    priceMinor: Math.round(row.price * 100),
  };
}

function toOrder(rows: Invoice, customer: number): Order {
  const [{ invoice, at, country }] = rows;
  return { kind: "order", invoice, at, customer, country, lines: rows.filter((row) => row.quantity > 0 && row.price > 0).map(toLine) };
}

function refundsOf(rows: Invoice, customer: number, bought: Bought): Refund[] {
  const [{ invoice, at }] = rows;
  const byOrder = new Map<string | null, Refund["lines"]>();
  for (const row of rows) {
    if (row.quantity >= 0) continue;
    const found = bought.get(row.stockCode);
    const key = found?.invoice ?? null;
    const lines = byOrder.get(key) ?? [];
    byOrder.set(key, lines);
    lines.push({ ...toLine(row), index: found?.index ?? lines.length });
  }
  return [...byOrder].map(([orderInvoice, lines], part) => ({ kind: "refund", invoice, part, at, customer, orderInvoice, lines }));
}

/** What a deed is worth, in minor units. */
export function worthMinor(deed: Deed): number {
  return deed.lines.reduce((sum, line) => sum + line.quantity * line.priceMinor, 0);
}
