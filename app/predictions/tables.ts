// What is predicted, for every place a customer can stand in: worked out once for a model. Between two steps nothing changes.
import { expectedNeeds, lacking, shortestGap, year, type Horizon, type Model } from "./model.ts";
import { bandOf, bands, groupCount, paceDays, partsOf, steps } from "./place.ts";
import { ratesOf, total, unsureBetween, type Rates } from "./rates.ts";

export type Tables = {
  /** The chance of another order within so many days, in percent, by place (`placeOf`); null where too little is known. */
  chance: Record<Horizon, readonly number[] | null>;
  /** How many orders are expected within a year, in thousandths, by place. */
  orders: readonly number[] | null;
  /** How many days after her last order the next one is expected, by group: the middle of those who come back within a year. */
  expected: readonly number[] | null;
};

export const placeOf = (group: number, step: number) => group * steps.length + step;

/** Her usual gap, as her group has it; of who ordered once, the shop's. */
const gapOf = (group: number, model: Model) => (group === 0 ? model.typicalGap : Math.max(shortestGap, paceDays(partsOf(group).pace)));

/** How a group goes: its rates, in its own unit of days. */
type Going = { next: Rates; unit: number; gap: number; band: number; later: Rates[] };

const known = new WeakMap<Model, { next: Rates[]; later: Rates[] }>();

function goingOf(model: Model, group: number): Going {
  const rates = known.get(model) ?? ratesOf(model);
  known.set(model, rates);
  const { band } = partsOf(group);
  const gap = gapOf(group, model);
  return { next: rates.next[band] as Rates, unit: band === 0 ? 1 : gap, gap, band, later: rates.later };
}

/** How sure it is that she orders between two moments after her last order, if she had not by the first. */
const sure = ({ next, unit }: Going, since: number, until: number) => total(next, until / unit) - total(next, since / unit);

/** How many orders stand for a band. */
const typical = bands.map((from, band) => Math.floor((from + (bands[band + 1] ?? from * 1.5) - 1) / 2));
/** A length of time in stretches, finer at first: where each ends, as a share of the whole. */
const stretches = Array.from({ length: 16 }, (_, index) => ((index + 1) / 16) ** 2);

/** Orders within so many days: the next one, whenever it comes, and those that usually follow such a one in what is left of the time. */
function ordersWithin(going: Going, since: number, within: number): number {
  const count = typical[going.band] as number;
  const following = going.later[bandOf(count + 1)] as Rates;
  const before = total(going.next, since / going.unit);
  let [sum, left, from] = [0, 1, 0];
  for (const share of stretches) {
    const until = within * share;
    const still = Math.exp(before - total(going.next, (since + until) / going.unit));
    const at = (from + until) / 2;
    const gap = Math.max(shortestGap, (going.gap * count + since + at) / (count + 1));
    sum += (left - still) * (1 + total(following, (within - at) / gap));
    left = still;
    from = until;
  }
  return sum;
}

/** How many orders are expected within so many days of somebody whose last one is some days ago. */
export function ordersExpected(model: Model, group: number, since: number, within: number): number {
  return ordersWithin(goingOf(model, group), since, within);
}

/** The day that stands for a step. */
const dayOf = (step: number) => {
  const [from, until] = [steps[step] as number, steps[step + 1]];
  return until === undefined ? from : (from + until - 1) / 2;
};

/** The days after her last order by which a share of those have come back who do within so many days. */
function comeBack(going: Going, share: number, within: number): number {
  const all = 1 - Math.exp(-sure(going, 0, within));
  let [low, high] = [0, within];
  for (let step = 0; step < 30; step += 1) {
    const middle = (low + high) / 2;
    if (1 - Math.exp(-sure(going, 0, middle)) < share * all) low = middle;
    else high = middle;
  }
  return high;
}

const groups = Array.from({ length: groupCount }, (_, group) => group);
const everywhere = (value: (going: Going, day: number) => number, model: Model) =>
  groups.flatMap((group) => {
    const going = goingOf(model, group);
    return steps.map((_, step) => value(going, dayOf(step)));
  });

const percent = (chance: number) => Math.round(100 * chance);

function make(model: Model): Tables {
  const enough = (horizon: Horizon) => lacking(model, horizon) === null;
  const chances = (horizon: Horizon) => (enough(horizon) ? everywhere((going, day) => percent(1 - Math.exp(-sure(going, day, day + horizon))), model) : null);
  return {
    chance: { 30: chances(30), 90: chances(90), 365: chances(365) },
    orders: enough(year) ? everywhere((going, day) => Math.round(1000 * ordersWithin(going, day, year)), model) : null,
    expected: enough(expectedNeeds) ? groups.map((group) => Math.max(1, Math.round(comeBack(goingOf(model, group), 0.5, year)))) : null,
  };
}

const made = new WeakMap<Model, Tables>();

/** The tables of a model, worked out when they are first asked for. */
export function tablesOf(model: Model): Tables {
  const tables = made.get(model) ?? make(model);
  made.set(model, tables);
  return tables;
}

/** Eight of ten lie within so many standard deviations. */
export const eightOfTen = 1.2816;

/** Shorter times: whoever comes within one of them comes within a longer one, too. */
const shorter = [3, 7, 15, 30, 60, 90, 180, 365] as const;

/** Between which shares the true one lies, eight times of ten: of those who stand in the same place. A rate that was counted is gamma distributed (Wilson and Hilferty's ends). */
export function chanceBetween(model: Model, group: number, step: number, horizon: Horizon): [low: number, high: number] {
  const going = goingOf(model, group);
  const since = dayOf(step);
  const end = (days: number, sign: -1 | 1) => {
    const unsure = unsureBetween(going.next, since / going.unit, (since + days) / going.unit);
    const off = Math.max(0, 1 - unsure / 9 + (sign * eightOfTen * Math.sqrt(unsure)) / 3) ** 3;
    return sure(going, since, since + days) * (sign < 0 ? Math.min(1, off) : Math.max(1, off));
  };
  const share = (value: number) => 100 * (1 - Math.exp(-value));
  const low = Math.max(...shorter.filter((days) => days <= horizon).map((days) => end(days, -1)));
  return [Math.floor(share(low)), Math.ceil(share(end(horizon, 1)))];
}

/** Between how many days after her last order eight of ten come back, of those who do within a year (or within other so many days). */
export function backBetween(model: Model, group: number, within: number = year): [first: number, last: number] {
  const going = goingOf(model, group);
  return [Math.floor(comeBack(going, 0.1, within)), Math.ceil(comeBack(going, 0.9, within))];
}
