import { liftOf, type ArmSpend, type Lift } from "../attribution/lift.ts";
import type { FlowKey } from "../flows/flow.ts";
import { day } from "../lib/time.ts";
import type { Shop } from "../shops/shop.ts";
import { beginning, bucketFor, knownZone, withoutGaps, type Bar, type Bucket, type Period } from "./period.ts";
import { runReasons, type ReasonCount } from "./runs-store.server.ts";
import {
  armsOf,
  barsIn,
  creditedIn,
  creditedOrders,
  firstOrderAt,
  messagesIn,
  refundsIn,
  revenueIn,
  type CreditedOrder,
  type MessageFigures,
} from "./store.server.ts";

/** Orders shown at a time. */
export const pageSize = 20;

export type Measured = { lift: Lift; treated: ArmSpend; holdout: ArmSpend };

export type Overview = {
  anythingYet: boolean;
  period: Measured;
  allTime: Measured;
  credited: { orders: number; minor: number; recoveredOrders: number; recoveredMinor: number };
  revenue: {
    orders: number;
    customers: number;
    grossMinor: number;
    refundsMinor: number;
    unmatchedRefundsMinor: number;
    unmatchedRefunds: number;
    netMinor: number;
  };
  chart: { bucket: Bucket; bars: Bar[] };
  messages: MessageFigures;
  skips: ReasonCount[];
  orders: { lines: CreditedOrder[]; page: number; more: boolean };
};

/** What a flow brought that would not have come without it: its own experiment, of people whose run began in the period. */
export async function measure(shop: Shop, flowKey: FlowKey, period: { from: Date; until: Date }): Promise<Measured> {
  const { treated, holdout, since, share } = await armsOf(shop, flowKey, period);
  const days = since === null ? 0 : (period.until.getTime() - since.getTime()) / day;
  return { treated, holdout, lift: liftOf(treated, holdout, share, days) };
}

/** Why somebody got no (further) message: what a merchant asks first. A run that simply ended, or is on its way, is not among it. */
export function skipsOf(reasons: ReasonCount[]): ReasonCount[] {
  const fine = new Set(["every step done", "not due", "being sent"]);
  return reasons.filter((one) => one.reason !== null && !fine.has(one.reason));
}

/** Everything the home screen shows, for one period. */
export async function overview(shop: Shop, period: Period, page: number): Promise<Overview> {
  // The proven figure is that of one experiment: each flow has holdouts of its own, and a sum over both would count people twice.
  const flowKey: FlowKey = "abandoned-checkout";
  const place = { ...shop, timezone: knownZone(shop.timezone) };
  const [inPeriod, revenue, refunds, credited, messages, reasons, first, lines] = await Promise.all([
    measure(shop, flowKey, period),
    revenueIn(shop, period),
    refundsIn(shop, period),
    creditedIn(shop, period),
    messagesIn(shop.id, period),
    runReasons(shop.id, null, period),
    firstOrderAt(shop.id),
    creditedOrders(shop, period, (page - 1) * pageSize, pageSize + 1),
  ]);
  const from = first !== null && first > period.from ? first : period.from;
  const chartFrom = period.key === "all" ? (first ?? period.until) : period.from;
  const bucket = bucketFor(chartFrom, period.until);
  return {
    anythingYet: first !== null || reasons.length > 0,
    period: inPeriod,
    allTime: period.key === "all" ? inPeriod : await measure(shop, flowKey, { from: beginning, until: period.until }),
    credited,
    revenue: {
      ...revenue,
      refundsMinor: refunds.totalMinor,
      unmatchedRefundsMinor: refunds.unmatchedMinor,
      unmatchedRefunds: refunds.unmatched,
      netMinor: revenue.grossMinor - refunds.totalMinor,
    },
    chart: {
      bucket,
      bars: first === null ? [] : withoutGaps(await barsIn(place, { from, until: period.until }, bucket), bucket, chartFrom, period.until, place.timezone),
    },
    messages,
    skips: skipsOf(reasons),
    orders: { lines: lines.slice(0, pageSize), page, more: lines.length > pageSize },
  };
}
