// What ordered.ts says of an order, in SQL: for the stores of all rooms, which ask for orders by the thousand. A test on a database holds the two together.
import { sql, type Sql } from "../lib/sql-text.ts";
import { offlineSources } from "./ordered.ts";

/** Whether the shop counts till and drafts: the setting as somebody read it, or the column in which it lies. */
type CountOffline = boolean | Sql;

/** isPlaced() of an order called o. */
export function placed(countOffline: CountOffline): Sql {
  return sql`(o.cancelled_at IS NULL AND NOT o.test AND (${countOffline} OR NOT o.source = ANY(${offlineSources}::text[])))`;
}

/** counts() of an order called o. */
export function counted(countOffline: CountOffline): Sql {
  return sql`(${placed(countOffline)} AND (o.total_minor = 0 OR o.refunded_minor < o.total_minor))`;
}
