// How often Home's interval holds the truth: shops whose truth is known, with arms from the product's own hash. `npm run bench -- lift`
import { parseArgs } from "node:util";
import { shelfOf } from "../sandbox/simulator/past.ts";
import { experimentOn } from "../sandbox/simulator/experiment.ts";
import { planOf } from "../sandbox/simulator/plan.ts";
import { demoShop, openShop } from "../sandbox/shopify/shop-state.ts";
import { throughProduct } from "./lift-through-product.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    orders: { type: "string", default: "2000" },
    lift: { type: "string", default: "0.15" },
    "through-product": { type: "string" },
  },
});
const [seeds, orders, dial] = [Number(values.seeds), Number(values.orders), Number(values.lift)];

const until = new Date("2026-11-25T12:00:00Z");
const from = new Date(until.getTime() - 365 * 86_400_000);
const shelf = shelfOf(openShop(demoShop, from));

type Sums = { measured: number; covered: number; proven: number; truth: number; error: number; width: number; people: number; holdout: number };

function tryAll(lift: number): Sums {
  const sums: Sums = { measured: 0, covered: 0, proven: 0, truth: 0, error: 0, width: 0, people: 0, holdout: 0 };
  for (let seed = 1; seed <= seeds; seed += 1) {
    const plan = planOf({ seed: `bench ${seed}`, from, until, timeZone: demoShop.timeZone, orders, lift, visitsPerOrder: 0, shelf });
    const { lift: found, truthMinor, treated, holdout } = experimentOn(plan, { salt: `salt ${seed}` });
    sums.people += treated.people + holdout.people;
    sums.holdout += holdout.people;
    if (found.kind !== "measured") continue;
    sums.measured += 1;
    sums.covered += found.lowMinor <= truthMinor && truthMinor <= found.highMinor ? 1 : 0;
    sums.proven += found.proven ? 1 : 0;
    sums.truth += truthMinor;
    sums.error += found.incrementalMinor - truthMinor;
    sums.width += found.highMinor - found.lowMinor;
  }
  return sums;
}

const money = (minor: number): string => `£${Math.round(minor / 100).toLocaleString("en-GB")}`;

function report(lift: number): Sums {
  const began = performance.now();
  const sums = tryAll(lift);
  const each = (sum: number): number => sum / Math.max(1, sums.measured);
  process.stdout.write(
    `  dial ${lift.toFixed(2)}   covered ${sums.covered} of ${sums.measured}   said "proven" ${sums.proven}   truth ${money(each(sums.truth))}   bias ${money(each(sums.error))}` +
      `   width ${money(each(sums.width))}   ${Math.round(sums.people / seeds)} people, ${Math.round(sums.holdout / seeds)} in a holdout   ${((performance.now() - began) / 1000).toFixed(1)} s\n`,
  );
  return sums;
}

process.stdout.write(`${seeds} shops of a year with ${orders} orders\n`);
const real = report(dial);
const nothing = report(0);
report(0.3);

let right = real.measured === seeds && real.covered >= 0.93 * seeds && nothing.covered >= 0.93 * seeds;
process.stdout.write(
  right ? "  The interval holds the truth at least 93 times in 100.\n" : "  NOT in order: the interval must hold the truth at least 93 times in 100.\n",
);
if (values["through-product"] !== undefined) right = (await throughProduct(Number(values["through-product"]), dial)) && right;
process.exitCode = right ? 0 : 1;
