// What predictions cost a shop: the model of a day, and everybody's figures, beside a plain aggregation of the same orders, in one run, in turns.
//   npm run bench -- predictions --profiles 20000
import { parseArgs } from "node:util";
import { byPostgres, fillShop, peer, type Totals } from "./predictions-data.ts";
import { median, say, timed } from "./figures.ts";
import { now } from "./segments-data.ts";
import { startServer } from "./segments-shop.ts";

const { values } = parseArgs({ options: { profiles: { type: "string", default: "1000000" }, rounds: { type: "string", default: "5" } } });
const largest = Number(values.profiles);
const rounds = Number(values.rounds);

const { client, close } = await startServer({ durable: true });

// After the address of the database is known.
const { db } = await import("../app/db.server.ts");
const { transaction } = await import("../app/tx.server.ts");
const { canonical } = await import("../app/segments/rule.ts");
const { figuresOf } = await import("../app/segments/figures.server.ts");
const { horizons } = await import("../app/predictions/model.ts");
const { makeModel, modelOf } = await import("../app/predictions/model.server.ts");
const { predictionOf } = await import("../app/predictions/predict.ts");
const { tablesOf } = await import("../app/predictions/tables.ts");
const { score } = await import("../app/segments/scores.server.ts");
const { countMatching } = await import("../app/segments/whole-shop.server.ts");
const { lockWriter } = await import("../app/segments/update.server.ts");

type Rule = Parameters<typeof countMatching>[1];
const chance: Rule = { kind: "chance-of-order", within: 90, chance: { is: "at-least", percent: 30 } };
const spend: Rule = { kind: "predicted-spend", spend: { is: "at-least", value: 10_000 } };
const both: Rule = { kind: "all", of: [chance, spend] };

let wrong = false;
/** What two ways must agree on. */
function agree(what: string, one: unknown, other: unknown): void {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
  if (a === b) return;
  wrong = true;
  say(`NOT in order: ${what}: ${a} is not ${b}`);
}

async function measure(shopId: number, profiles: number): Promise<void> {
  const { ms } = await timed(() => fillShop(client, shopId, profiles));
  const { ask, close: closePeer } = await peer(client, shopId);
  const shop = { id: shopId, timezone: "UTC", countOffline: false };
  await db.segment.create({
    data: { shopId, key: "likely", name: "Likely", rule: JSON.parse(canonical({ version: 1, match: chance })) as object, createdAt: now, updatedAt: now },
  });
  const counted = new Set<number>();
  const model = async () => (await modelOf(shopId)) ?? Promise.reject(new Error("There is no model."));
  const settled = async (work: ReturnType<typeof countMatching>): Promise<void> => {
    const found = await work;
    if (!found.ok) throw new Error(found.reason);
    counted.add(found.answer);
  };
  const plain: Totals[] = [];
  const works: [what: string, work: () => Promise<unknown>][] = [
    ["DuckDB: what each customer's orders come to", async () => plain.push(await ask())],
    ["PostgreSQL: the same, from the orders", async () => plain.push(await byPostgres(client, shopId))],
    ["the model of a day: read, learned, written", () => transaction((tx) => makeModel(shop, now, tx))],
    ["  with cut points, on a day that moves nobody", () => transaction((tx) => lockWriter(shopId, tx).then(() => score(shop, now, tx)))],
    // A model that nobody has seen has nothing worked out yet.
    ["what follows from a model, for every place", async () => tablesOf(structuredClone(await model()))],
    ["everybody's chances: the highest and the middle", async () => figuresOf(shopId, chance, await model(), now)],
    ["everybody's spend: the highest and the middle", async () => figuresOf(shopId, spend, await model(), now)],
    ["who has a chance and a spend of at least so much", () => settled(countMatching(shop, both, now))],
  ];
  const taken = works.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, [, work]] of works.entries()) {
      // The first round needs the model of the second to have been made, and warms all.
      if (round === 0 && index === 0) await transaction((tx) => makeModel(shop, now, tx));
      const { ms: took } = await timed(work);
      if (round > 0) taken[index]?.push(took);
    }
  }
  const buyers = await db.buyer.findMany({ where: { shopId }, select: { orderCount: true, netMinor: true, firstAt: true, lastAt: true } });
  const minor = buyers.reduce((sum, one) => sum + Number(one.netMinor), 0);
  const orders = buyers.reduce((sum, one) => sum + one.orderCount, 0);
  for (const one of plain) agree("what was aggregated", one, { customers: buyers.length, orders, minor });

  // One by one, as each person's own screen has it: the same highest and middle must come of it, and as many people.
  const made = await model();
  const began = performance.now();
  const all = buyers.map(({ orderCount, netMinor, firstAt, lastAt }) =>
    predictionOf(made, { count: orderCount, netMinor: Number(netMinor), firstAt, lastAt }, now),
  );
  const eachMs = performance.now() - began;
  const spread = (of: (number | undefined)[]) => {
    const rising = of.map((value) => value ?? NaN).sort((a, b) => a - b);
    return { highest: rising.at(-1), half: rising[Math.ceil(rising.length / 2) - 1] };
  };
  agree("the figures", await figuresOf(shopId, both, made, now), {
    chance: Object.fromEntries(horizons.map((horizon) => [horizon, spread(all.map((one) => one.chance[horizon]?.percent))])),
    spend: spread(all.map((one) => one.spend?.minor)),
  });
  const fitting = all.filter((one) => (one.chance[90]?.percent ?? 0) >= 30 && (one.spend?.minor ?? 0) >= 10_000).length;
  agree("who fits", [...counted], [fitting]);

  const [duck = NaN, postgres = NaN] = taken.map(median);
  const count = (number: number) => number.toLocaleString("en");
  say(
    `\n${count(profiles)} profiles, ${count(buyers.length)} customers, ${count(orders)} orders (filled in ${(ms / 1000).toFixed(0)} s), ${count(fitting)} fit both`,
  );
  say(`${"".padEnd(54)}${"ms".padStart(10)}${"of DuckDB".padStart(12)}${"of PostgreSQL".padStart(16)}`);
  const line = (what: string, took: number) =>
    say(`${what.padEnd(54)}${took.toFixed(1).padStart(10)}${(took / duck).toFixed(2).padStart(12)}${(took / postgres).toFixed(2).padStart(16)}`);
  works.forEach(([what], index) => line(what, median(taken[index] ?? [])));
  line("everybody, one by one, with every range", eachMs);
  closePeer();
}

await measure(1, Math.round(largest / 10));
await measure(2, largest);
await db.$disconnect();
await close();
process.exitCode = wrong ? 1 : 0;
