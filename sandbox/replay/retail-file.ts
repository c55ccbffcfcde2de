// Reads "Online Retail" files (UCI no. 352), plain or gzip, row by row.
import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import { Temporal } from "temporal-polyfill";
import { countryCode } from "./countries.ts";

export type Row = {
  /** Six digits, with a letter before them for what is not an order: `C` a cancellation, `A` an adjustment. */
  invoice: string;
  stockCode: string;
  title: string;
  quantity: number;
  at: Date;
  /** As written: some prices are fractions of a penny. */
  price: number;
  /** Null where nobody knows who bought. */
  customer: number | null;
  country: string;
  /** For errors: `file.csv line 12`. */
  place: string;
};

const columns = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"];

/** The shop of the files stood in London and wrote down its own time. */
const timeZone = "Europe/London";

/** How far the files have been read, in bytes as they lie on the disk. */
export type Reading = { read: number; total: number };

/** All rows of some files, in their order. A row that is not as described ends it with an error that names file and line. */
export async function* retailRows(files: readonly string[], reading: Reading = { read: 0, total: 0 }): AsyncGenerator<Row> {
  reading.total = files.reduce((sum, file) => sum + sizeOf(file), 0);
  const instants = instantReader();
  for (const file of files) {
    const packed = await isGzip(file);
    const raw = createReadStream(file);
    raw.on("data", (chunk) => (reading.read += chunk.length));
    const parser = parse({ info: true, bom: true, relax_column_count: true });
    const forward = (error: Error): void => void parser.destroy(new Error(`${basename(file)} cannot be read: ${error.message}`));
    raw.on("error", forward);
    if (packed) raw.pipe(createGunzip().on("error", forward)).pipe(parser);
    else raw.pipe(parser);
    let first = true;
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      const place = `${basename(file)} line ${info.lines}`;
      if (first) {
        if (record.join() !== columns.join()) throw new Error(`${place}: expected the columns ${columns.join(", ")}`);
        first = false;
        continue;
      }
      yield toRow(record, place, instants);
    }
    if (first) throw new Error(`${basename(file)} is empty: expected the columns ${columns.join(", ")}`);
  }
}

function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile() !== true) throw new Error(`There is no file ${file}`);
  return found.size;
}

/** Told by its first two bytes: a name may end in anything. */
async function isGzip(file: string): Promise<boolean> {
  for await (const chunk of createReadStream(file, { end: 1 }) as AsyncIterable<Buffer>) return chunk[0] === 0x1f && chunk[1] === 0x8b;
  return false;
}

function toRow(record: string[], place: string, instants: (text: string) => Date | undefined): Row {
  const refuse = (what: string): never => {
    throw new Error(`${place}: ${what}`);
  };
  if (record.length !== columns.length) refuse(`has ${record.length} columns, not ${columns.length}`);
  const [invoice = "", stockCode = "", title = "", quantity = "", date = "", price = "", customer = "", country = ""] = record;
  if (!/^[A-Z]?\d{6}$/.test(invoice)) refuse(`"${invoice}" is not an invoice number`);
  if (stockCode === "") refuse("has no stock code");
  if (!/^-?\d+$/.test(quantity)) refuse(`"${quantity}" is not a quantity`);
  if (!/^-?\d+(\.\d+)?$/.test(price)) refuse(`"${price}" is not a price`);
  if (!/^(\d+(\.0)?)?$/.test(customer)) refuse(`"${customer}" is not a customer`);
  return {
    invoice,
    stockCode,
    title: title.trim(),
    quantity: Number(quantity),
    at: instants(date) ?? refuse(`"${date}" is not a time`),
    price: Number(price),
    customer: customer === "" ? null : Number(customer),
    country: countryCode(country) ?? refuse(`"${country}" is not a country that these files are known to have`),
    place,
  };
}

/** Local times to instants; the rows of an invoice share theirs, so the last answer is kept. */
function instantReader(): (text: string) => Date | undefined {
  let known: { text: string; at: Date | undefined } | undefined;
  return (text) => {
    if (known?.text !== text) known = { text, at: instantOf(text) };
    return known.at;
  };
}

function instantOf(text: string): Date | undefined {
  const iso = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/.exec(text);
  // The spreadsheet's own way, as some copies of the files have it: 12/1/2010 8:26.
  const us = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d)$/.exec(text);
  const two = (part: string | undefined): string => (part ?? "").padStart(2, "0");
  const local = iso ? `${iso[1]}T${iso[2]}` : us ? `${us[3]}-${two(us[1])}-${two(us[2])}T${two(us[4])}:${us[5]}:00` : undefined;
  if (local === undefined) return undefined;
  try {
    return new Date(Temporal.PlainDateTime.from(local, { overflow: "reject" }).toZonedDateTime(timeZone).epochMilliseconds);
  } catch {
    return undefined;
  }
}
