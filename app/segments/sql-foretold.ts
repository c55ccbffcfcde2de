// Conditions over predictions as SQL: where somebody stands by what her orders come to, and what is expected of whoever stands there, looked up in a list.
import { sql, type Sql } from "../lib/sql-text.ts";
import type { Model } from "../predictions/model.ts";
import { bands, groupAt, paces, steps } from "../predictions/place.ts";
import { tablesOf } from "../predictions/tables.ts";
import { dueBounds, type Foretelling } from "./foretold.ts";
import { buyer, type Fits } from "./sql-fits.ts";
import type { Asking } from "./sql-rows.ts";

/** The whole days of a time between two moments, which are 24 hours each; of a time that runs backwards none or fewer. */
const wholeDays = (length: Sql) => sql`date_part('day', ${length})::int`;

/** The number of the first group of the band above the first, and how many there are to a band. */
const [firstOfMany, perBand] = [groupAt(1, 0), groupAt(2, 0) - groupAt(1, 0)];

/** The group of a buyer b, as groupOf() in predictions/place.ts has it. */
function groupOf(typicalGap: number): Sql {
  const gap = sql`(${wholeDays(sql`b.last_at - b.first_at`)} + ${typicalGap}::int) / b.order_count`;
  return sql`CASE b.order_count WHEN 1 THEN 0
    ELSE ${firstOfMany}::int + (width_bucket(b.order_count, ${bands}::int[]) - 2) * ${perBand}::int + width_bucket(${gap}, ${paces}::int[]) END`;
}

/** The step of a buyer b, as stepOf() has it. */
const stepOf = (now: Date) => sql`greatest(0, width_bucket(${wholeDays(sql`${now}::timestamptz - b.last_at`)}, ${steps}::int[]) - 1)`;

/** What a list by group has for a buyer b. */
const ofGroup = (list: readonly number[], typicalGap: number) => sql`(${list}::int[])[(${groupOf(typicalGap)}) + 1]`;

/** The place of a buyer b, as placeOf() in predictions/tables.ts has it. */
export const placeOf = (typicalGap: number, now: Date) => sql`((${groupOf(typicalGap)}) * ${steps.length}::int + ${stepOf(now)})`;

/** What a list by place has for a buyer b. */
const ofPlace = (list: readonly number[], typicalGap: number, now: Date) => sql`(${list}::int[])[${placeOf(typicalGap, now)} + 1]`;

/** What a buyer b is expected to spend within a year, as spendOf() in predictions/predict.ts has it; null where too little is known. */
export function spendOf(model: Model, now: Date): Sql | null {
  const { orders } = tablesOf(model);
  if (orders === null) return null;
  const { weight, meanMinor } = model.value;
  const sum = sql`greatest(0, b.net_minor + ${weight * meanMinor}::bigint)`;
  // Numbers without an end: thousandths times a large sum are more than a bigint holds.
  return sql`div(${ofPlace(orders, model.typicalGap, now)}::numeric * ${sum}, 1000 * (b.order_count + ${weight}::int))`;
}

/** Whether a buyer b stands no later after her last order than at the step that a list has for her group. */
export const standsUpTo = (lastSteps: readonly number[], typicalGap: number, now: Date) => sql`${stepOf(now)} <= ${ofGroup(lastSteps, typicalGap)}`;

/** Who fits one of these; nobody where too little is known. */
export function expectedOf(node: Foretelling, { world, now }: Asking): Fits {
  const model = world.predictions;
  if (model === null) return false;
  const tables = tablesOf(model);
  if (node.kind === "expected-order") {
    if (tables.expected === null) return false;
    const { from, until } = dueBounds(node);
    if (from >= until) return false;
    const expected = sql`b.last_at + ${ofGroup(tables.expected, model.typicalGap)} * interval '24 hours'`;
    const notYet = until === Infinity ? sql`` : sql`AND ${expected} > ${new Date(now.getTime() - until)}::timestamptz`;
    return buyer(sql`${expected} <= ${new Date(now.getTime() - from)}::timestamptz ${notYet}`);
  }
  const compare = (is: "at-least" | "at-most", value: Sql, limit: number) => buyer(is === "at-least" ? sql`${value} >= ${limit}` : sql`${value} <= ${limit}`);
  if (node.kind === "chance-of-order") {
    const chances = tables.chance[node.within];
    return chances === null ? false : compare(node.chance.is, ofPlace(chances, model.typicalGap, now), node.chance.percent);
  }
  const spend = spendOf(model, now);
  return spend === null ? false : compare(node.spend.is, spend, node.spend.value);
}
