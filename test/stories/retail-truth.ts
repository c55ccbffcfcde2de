// What an order history comes to, worked out from the raw files alone: nothing here is shared with what sends them.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Temporal } from "temporal-polyfill";

export type Truth = {
  orders: number;
  customers: number;
  grossMinor: number;
  matchedMinor: number;
  unmatchedMinor: number;
  lastMonth: { orders: number; grossMinor: number };
  /** Of each customer the orders that were not given back whole, with what they brought. */
  kept: Map<string, { at: Date; netMinor: number }[]>;
};

/** Who belongs where at a moment, and the fifths by which money is scored. */
export type RetailSegments = { repeat: number; lapsed: number; highValue: number; recency: number[]; frequency: number[]; money: number[] };

const day = 86_400_000;

/** The last value of each of the first four fifths, counted off one by one in rising order. */
function fifths(values: number[]): number[] {
  const rising = [...values].sort((a, b) => a - b);
  return [0.2, 0.4, 0.6, 0.8].map((share) => rising.find((_, index) => index + 1 >= share * rising.length - 1e-9) ?? 0);
}

export function segmentsOf({ kept }: Truth, now: Date): RetailSegments {
  const customers = [...kept.values()].filter((orders) => orders.length > 0);
  const last = (orders: { at: Date }[]) => Math.max(...orders.map((one) => one.at.getTime()));
  const spent = customers.map((orders) => orders.reduce((sum, one) => sum + one.netMinor, 0));
  const money = fifths(spent);
  return {
    repeat: customers.filter((orders) => orders.length >= 2).length,
    lapsed: customers.filter((orders) => now.getTime() - last(orders) >= 90 * day).length,
    highValue: spent.filter((one) => one > (money[3] ?? 0)).length,
    // A begun day counts as one.
    recency: fifths(customers.map((orders) => Math.floor((now.getTime() - last(orders)) / day) + 1)),
    frequency: fifths(customers.map((orders) => orders.length)),
    money,
  };
}

type Bought = { invoice: string; customer: string; at: Date; pence: number; backPence: number; codes: Set<string>; month: string };

/** The files say London time. */
const inLondon = (text: string) => new Date(Temporal.PlainDateTime.from(text.replace(" ", "T")).toZonedDateTime("Europe/London").epochMilliseconds);

/** Adds up some files, read as one. */
export function truthOf(files: readonly string[]): Truth {
  const orders = new Map<string, Bought>();
  const byCustomer = new Map<string, Bought[]>();
  const returns: { customer: string; code: string; pence: number; ordersBefore: number }[] = [];
  for (const file of files) {
    const [, ...rows] = cells(gunzipSync(readFileSync(file)).toString("utf8"));
    for (const [invoice = "", code = "", , quantity = "", date = "", price = "", customer = ""] of rows) {
      if (customer === "") continue;
      const mine = byCustomer.get(customer) ?? [];
      byCustomer.set(customer, mine);
      const pence = Number(quantity) * Math.round(Number(price) * 100);
      if (invoice.startsWith("C")) {
        returns.push({ customer, code, pence: -pence, ordersBefore: mine.length });
      } else if (/^\d+$/.test(invoice) && Number(quantity) > 0 && Number(price) > 0) {
        const order = orders.get(invoice) ?? {
          invoice,
          customer,
          at: inLondon(date),
          pence: 0,
          backPence: 0,
          codes: new Set<string>(),
          month: date.slice(0, 7),
        };
        if (!orders.has(invoice)) mine.push(order);
        orders.set(invoice, order);
        order.pence += pence;
        order.codes.add(code);
      }
    }
  }
  const all = [...orders.values()];
  const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);
  const orderOf = (one: (typeof returns)[number]) =>
    (byCustomer.get(one.customer) ?? []).slice(0, one.ordersBefore).findLast((order) => order.codes.has(one.code));
  const found = (one: (typeof returns)[number]): boolean => orderOf(one) !== undefined;
  for (const one of returns) {
    const order = orderOf(one);
    if (order !== undefined) order.backPence += one.pence;
  }
  const keptOf = (mine: Bought[]) =>
    mine.filter((order) => order.pence === 0 || order.backPence < order.pence).map((order) => ({ at: order.at, netMinor: order.pence - order.backPence }));
  const lastMonth = all.filter((order) => order.month === all.at(-1)?.month);
  return {
    orders: all.length,
    customers: new Set(all.map((order) => order.customer)).size,
    grossMinor: sum(all.map((order) => order.pence)),
    matchedMinor: sum(returns.filter(found).map((one) => one.pence)),
    unmatchedMinor: sum(returns.filter((one) => !found(one)).map((one) => one.pence)),
    kept: new Map([...byCustomer].map(([customer, mine]) => [customer, keptOf(mine)])),
    lastMonth: { orders: lastMonth.length, grossMinor: sum(lastMonth.map((order) => order.pence)) },
  };
}

/** Comma separated values with quotes, in the few rules that there are. */
function cells(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = "";
    if (text[at] === '"') {
      for (at += 1; ; at += 1) {
        const end = text.indexOf('"', at);
        cell += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        cell += '"';
      }
    } else {
      const start = at;
      while (at < text.length && text[at] !== "," && text[at] !== "\n") at += 1;
      cell = text.slice(start, at).replace(/\r$/, "");
    }
    row.push(cell);
    if (text[at] !== ",") {
      if (text[at] === "\r") at += 1;
      rows.push(row);
      row = [];
    }
    at += 1;
  }
  return rows;
}
