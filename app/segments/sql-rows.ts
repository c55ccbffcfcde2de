// Where in the database the deeds of a kind lie: as rows with a moment each, or in what is kept of each browser, up to ten moments to a row.
import { hash } from "node:crypto";
import { counted } from "../commerce/ordered-sql.ts";
import { joined, sql, type Sql } from "../lib/sql-text.ts";
import { deedKinds, type DeedKind } from "./deed.ts";
import type { Catalogue } from "./match.ts";
import type { World } from "./meaning.ts";
import type { Doing, Where } from "./rule.ts";
import type { Among } from "./sql-fits.ts";
import { momentOf } from "./sql-moments.ts";
import { isTwisted, sameTagAs } from "./sql-tag.ts";

/** What a rule is asked of, and when. */
export type Asking = { shopId: number; countOffline: boolean; world: World; now: Date };

/** A rule that cannot be said in SQL with the same meaning: a tag whose small letters hang on their neighbours; more conditions than anybody reads; a zone without a name. */
export class NotInSql extends Error {
  override name = "NotInSql";
  readonly reason: "tag" | "size" | "zone";
  constructor(reason: NotInSql["reason"]) {
    super(`The rule has no SQL: ${reason}`);
    this.reason = reason;
  }
}

/** What browsers told: events e that are meant, of whose moments something may be asked, and whose browser v each came from. */
type Told = { events: (moments: Sql[]) => Sql; owner: Sql };

/**
 * `rows`: a query of profile_id, at and net (what it brought). `moments`: which rows d of the table deed belong to it, each whole; `single`: of each person one at
 * most. `days`: the last days of browsers. `buyers`: what everybody's orders come to.
 */
export type Source = Rows | { kind: "moments"; where: Sql; single: boolean } | { kind: "days" } | { kind: "buyers" };
export type Rows = { kind: "rows"; rows: Sql; log: boolean; told?: Told };

/** The products that `where` means, or null where it means any. */
export function productsMeant({ products, vendors, collections }: Pick<Where, "products" | "vendors" | "collections">, catalogue: Catalogue): string[] | null {
  if (vendors === undefined && collections === undefined) return products ?? null;
  const known = [...catalogue].filter(
    ([id, one]) =>
      (products?.includes(id) ?? true) &&
      (vendors === undefined || (one.vendor !== null && vendors.includes(one.vendor))) &&
      (collections === undefined || one.collections.some((collection) => collections.includes(collection))),
  );
  return known.map(([id]) => id);
}

/** Which rows of deed hold a deed, by their detail; null where none is apart from others. */
function detailsOf({ did, where }: Doing, catalogue: Catalogue): string[] | null {
  const { priceMinor, forms, collections, sources, mediums, campaigns, flows } = where;
  if ([priceMinor, sources, mediums, campaigns, flows].some((one) => one !== undefined)) return null;
  if (did === "viewed-collection") return collections ?? [""];
  return forms ?? productsMeant(where, catalogue) ?? [""];
}

/** The deeds where they are kept per browser, newest first; null where that does not tell them from others. */
export function kept(doing: Doing, { shopId, world }: Asking): Source | null {
  if (doing.did === "ordered") return Object.values(doing.where).every((one) => one === undefined) ? { kind: "buyers" } : null;
  if (doing.did === "visited") return { kind: "days" };
  const details = deedKinds[doing.did].browser ? detailsOf(doing, world.catalogue) : null;
  if (details === null) return null;
  const keys = details.map((detail) => aboutKey(doing.did, detail));
  const [only] = keys;
  const single = keys.length === 1 && only !== undefined;
  return {
    kind: "moments",
    where: sql`d.shop_id = ${shopId} AND d.whole AND ${single ? sql`d.about = ${only}::uuid` : sql`d.about = ANY(${keys}::uuid[])`}`,
    single,
  };
}

/** The key of a kind and a detail in the column `about` of deed, as its migration makes it. */
function aboutKey(kind: DeedKind, detail: string): string {
  return hash("md5", `${kind} ${detail}`, "hex");
}

/** Who was erased. Her orders, carts and mails stay, without her; what her browsers told, and what she bought in all, does not. */
export const erased = (shopId: number): Sql => sql`SELECT g.id FROM profile g WHERE g.shop_id = ${shopId} AND g.redacted_at IS NOT NULL`;

const notErased = (column: Sql, shopId: number): Sql => sql`AND ${column} NOT IN (${erased(shopId)})`;

/** Somebody's orders here, those that count, of a table called o. */
export function counts({ shopId, countOffline }: Asking): Sql {
  return sql`o.shop_id = ${shopId} AND o.profile_id IS NOT NULL AND ${counted(countOffline)}`;
}

function priced(column: Sql, price: Where["priceMinor"]): Sql[] {
  if (price === undefined) return [];
  return [
    sql`${column} IS NOT NULL`,
    ...(price.atLeast === undefined ? [] : [sql`${column}::bigint >= ${price.atLeast}`]),
    ...(price.atMost === undefined ? [] : [sql`${column}::bigint <= ${price.atMost}`]),
  ];
}

/** What an item must be: of the products that are meant, and of the price. */
function ofItem(item: Sql, where: Where, catalogue: Catalogue): Sql[] {
  const products = productsMeant(where, catalogue);
  return [...(products === null ? [] : [sql`${item}->>'productId' = ANY(${products}::text[])`]), ...priced(sql`(${item}->>'priceMinor')`, where.priceMinor)];
}

function orders(where: Where, asking: Asking): Rows {
  const lines = ofItem(sql`i.line`, where, asking.world.catalogue);
  const plain = sql`SELECT o.profile_id, o.placed_at AS at, o.total_minor - o.refunded_minor AS net FROM placed_order o WHERE ${counts(asking)} ${notErased(sql`o.profile_id`, asking.shopId)}`;
  if (lines.length === 0) return { kind: "rows", rows: plain, log: false };
  // Lines are told by the log alone: those of the order's newest state.
  const rows = sql`${plain} AND o.order_id IN (
    WITH newest AS MATERIALIZED (
      SELECT DISTINCT ON (e.data->>'orderId') e.data->>'orderId' AS order_id, e.data->'lines' AS lines FROM event e
      WHERE e.shop_id = ${asking.shopId} AND e.name IN ('order.placed', 'order.paid', 'order.updated', 'order.cancelled')
      ORDER BY e.data->>'orderId', (e.data->>'updatedAt')::timestamptz DESC, e.seq DESC
    ) SELECT l.order_id FROM newest l CROSS JOIN LATERAL jsonb_array_elements(l.lines) i(line) WHERE ${joined(lines, " AND ")})`;
  return { kind: "rows", rows, log: true };
}

function tagged(where: Where): Sql[] {
  return (["source", "medium", "campaign"] as const).flatMap((tag) => {
    const values = where[`${tag}s`];
    if (values === undefined) return [];
    if (values.some(isTwisted)) throw new NotInSql("tag");
    return [sameTagAs(sql`(e.data->>${tag})`, values)];
  });
}

/** What browsers told, as the log has it. Whoever has the browser now did it. */
function logged({ did, where }: Doing, { shopId, world }: Asking): Rows {
  const filters: Sql[] =
    did === "viewed-collection"
      ? where.collections === undefined
        ? []
        : [sql`e.data->>'collectionId' = ANY(${where.collections}::text[])`]
      : ofItem(sql`e.data`, where, world.catalogue);
  if (where.forms !== undefined) filters.push(sql`e.data->>'form' = ANY(${where.forms}::text[])`);
  const names = deedKinds[did].events;
  const [name] = names;
  const named = names.length === 1 && name !== undefined ? sql`e.name = ${name}` : sql`e.name = ANY(${[...names]}::text[])`;
  // The whole log is looked through, one condition after the other: those that cost little and leave few come first. Browsers' ids begin with pixel/, and '0' is the byte after '/': the
  // other half of the log is not looked at.
  const events = (moments: Sql[]) =>
    sql`event e WHERE ${joined([...moments, sql`e.shop_id = ${shopId}`, named, ...filters, ...tagged(where)], " AND ")}
    AND e.source_id >= 'pixel/' AND e.source_id < 'pixel0' AND e.subject LIKE 'visitor:%'`;
  const owner = sql`visit v ON v.shop_id = ${shopId} AND v.visitor = substr(e.subject, 9)`;
  const rows = sql`SELECT v.profile_id, e.occurred_at AS at, 0::bigint AS net FROM (SELECT e.subject, e.occurred_at FROM ${events([])}) e JOIN ${owner}`;
  return { kind: "rows", rows, log: true, told: { events, owner } };
}

/** The deeds as rows, whatever is asked of them. */
export function rowsOf(doing: Doing, asking: Asking): Rows {
  const { shopId } = asking;
  const flows = doing.where.flows === undefined ? sql`` : sql`AND m.flow_key = ANY(${doing.where.flows}::text[])`;
  const told = (rows: Sql): Rows => ({ kind: "rows", rows, log: false });
  const hers = (table: "c" | "m") => notErased(table === "c" ? sql`c.profile_id` : sql`m.profile_id`, shopId);
  switch (doing.did) {
    case "ordered":
      return orders(doing.where, asking);
    case "filled-cart":
      return told(sql`SELECT c.profile_id, c.updated_at AS at, 0::bigint AS net FROM cart c WHERE c.shop_id = ${shopId} AND c.item_count > 0 ${hers("c")}`);
    case "was-in-checkout":
      return told(
        sql`SELECT c.profile_id, c.updated_at AS at, 0::bigint AS net FROM checkout c WHERE c.shop_id = ${shopId} AND c.deleted_at IS NULL ${hers("c")}`,
      );
    case "was-sent-message":
      return told(
        sql`SELECT m.profile_id, m.sent_at AS at, 0::bigint AS net FROM message m WHERE m.shop_id = ${shopId} AND m.state = 'sent' AND m.sent_at IS NOT NULL ${flows} ${hers("m")}`,
      );
    case "clicked-message":
      return told(sql`SELECT m.profile_id, c.at, 0::bigint AS net FROM message_click c JOIN message m ON m.shop_id = ${shopId} AND m.id = c.message_id
        WHERE c.shop_id = ${shopId} AND c.by = 'human' ${flows} ${hers("m")}`);
    case "unsubscribed":
      return told(sql`SELECT c.profile_id, c.occurred_at AS at, 0::bigint AS net FROM consent_record c
        WHERE c.shop_id = ${shopId} AND c.source = 'unsubscribe' AND c.state = 'out' ${hers("c")}`);
    default:
      return logged(doing, asking);
  }
}

/** When each profile last did it, as a query of profile_id and at; `among`: of some people only. */
export function lastTimes(doing: Doing, asking: Asking): { query: (among: Among | null) => Sql; log: boolean } {
  const source = kept(doing, asking) ?? rowsOf(doing, asking);
  const only = (who: Sql, at: Sql, among: Among | null) => {
    if (among === null) return sql``;
    return sql`AND ${who} IN (${among.ids}) ${among.since === null ? sql`` : sql`AND ${at} >= ${among.since}::timestamptz`}`;
  };
  switch (source.kind) {
    case "moments":
      return {
        query: (among) =>
          sql`SELECT d.profile_id, max(d.last_at) AS at FROM deed d WHERE ${source.where} ${only(sql`d.profile_id`, sql`d.last_at`, among)} GROUP BY d.profile_id`,
        log: false,
      };
    case "days":
      return {
        query: (among) => sql`SELECT v.profile_id, ${momentOf(sql`max(v.days[1])`)} AS at FROM visit v
          WHERE v.shop_id = ${asking.shopId} AND v.seen_hour IS NOT NULL ${only(sql`v.profile_id`, momentOf(sql`v.days[1]`), among)} GROUP BY v.profile_id`,
        log: false,
      };
    case "buyers":
      return {
        query: (among) =>
          sql`SELECT b.profile_id, b.last_at AS at FROM buyer b WHERE b.shop_id = ${asking.shopId} ${only(sql`b.profile_id`, sql`b.last_at`, among)}`,
        log: false,
      };
    case "rows":
      return {
        query: (among) =>
          sql`SELECT r.profile_id, max(r.at) AS at FROM (${source.rows}) r WHERE true ${only(sql`r.profile_id`, sql`r.at`, among)} GROUP BY r.profile_id`,
        log: source.log,
      };
  }
}
