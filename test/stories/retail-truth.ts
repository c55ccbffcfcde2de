// What an order history comes to, worked out from the raw files alone: nothing here is shared with what sends them.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export type Truth = {
  orders: number;
  customers: number;
  grossMinor: number;
  matchedMinor: number;
  unmatchedMinor: number;
  lastMonth: { orders: number; grossMinor: number };
};

type Bought = { invoice: string; customer: string; pence: number; codes: Set<string>; month: string };

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
        const order = orders.get(invoice) ?? { invoice, customer, pence: 0, codes: new Set<string>(), month: date.slice(0, 7) };
        if (!orders.has(invoice)) mine.push(order);
        orders.set(invoice, order);
        order.pence += pence;
        order.codes.add(code);
      }
    }
  }
  const all = [...orders.values()];
  const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);
  const found = (one: (typeof returns)[number]): boolean =>
    (byCustomer.get(one.customer) ?? []).slice(0, one.ordersBefore).some((order) => order.codes.has(one.code));
  const lastMonth = all.filter((order) => order.month === all.at(-1)?.month);
  return {
    orders: all.length,
    customers: new Set(all.map((order) => order.customer)).size,
    grossMinor: sum(all.map((order) => order.pence)),
    matchedMinor: sum(returns.filter(found).map((one) => one.pence)),
    unmatchedMinor: sum(returns.filter((one) => !found(one)).map((one) => one.pence)),
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
