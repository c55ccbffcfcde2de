// A shop of its own that is told random things, late and twice, day by day; then everything that is kept of everybody, counted again from what was told.
import type pg from "pg";
import { after, day, minute } from "../app/lib/time.ts";
import { decide } from "../app/segments/evaluate.ts";
import type { Deed, History, LoggedKind } from "../app/segments/history.ts";
import { momentsKept } from "../app/segments/history.ts";
import { deedKindNames } from "../app/segments/deed.ts";
import type { Node } from "../app/segments/rule.ts";
import { daysKept } from "../app/visits/visit.ts";
import { stream } from "../sandbox/simulator/stream.ts";
import { say } from "./figures.ts";
import { now } from "./segments-data.ts";
import { happen, late, told } from "./segments-happenings.ts";

export type Drift = {
  told: number;
  twice: number;
  perSecond: number;
  swept: number;
  sweepMs: number;
  people: number;
  merges: number;
  memberships: number;
  /** Memberships that are kept and should not be, or the other way round: by the whole-shop query, and by the plain meaning. */
  bySql: number;
  byMeaning: number;
  /** People of whom something else is kept than what was told. */
  kept: number;
  /** Rows that say beside it what these come to, and say it wrong: of buyers, and of what each browser did. */
  rows: number;
};

/** Everything that may be kept of a person is asked for by this. */
const everything: Node = {
  kind: "any",
  of: [
    ...deedKindNames.flatMap((did): Node[] => [
      { kind: "did", did, where: {}, times: { is: "at-least", n: 1 }, onDays: false, when: { kind: "ever" } },
      ...(did.endsWith("product") || did.endsWith("-cart")
        ? [{ kind: "did", did, where: { products: ["1"] }, times: { is: "at-least", n: 1 }, onDays: false, when: { kind: "ever" } } as Node]
        : []),
    ]),
    { kind: "first-seen", when: { kind: "ever" } },
    { kind: "first-landing" },
  ],
};

const times = (deeds: Deed[]) => deeds.map(({ at }) => at.getTime()).sort((a, b) => b - a);
const byProduct = (deeds: Deed[]) => Map.groupBy(deeds, (one) => one.item?.productId ?? null);

/** What of a person is kept otherwise than it was told, in words; nothing where all is well. */
function differs(kept: History, whole: History, dayOf: (at: number) => string): string[] {
  const wrong: string[] = [];
  const same = (what: string, one: unknown, other: unknown) => {
    if (JSON.stringify(one) !== JSON.stringify(other)) wrong.push(`${what}: ${JSON.stringify(one)} instead of ${JSON.stringify(other)}`);
  };
  for (const kind of new Set([...Object.keys(kept.deeds), ...Object.keys(whole.deeds)] as LoggedKind[])) {
    const [mine, all] = [kept.deeds[kind] ?? [], whole.deeds[kind] ?? []];
    // Of visits the days are kept, below.
    if (kind !== "visited") same(kind, times(mine).slice(0, momentsKept), times(all).slice(0, momentsKept));
    const [products, every] = [byProduct(mine), byProduct(all)];
    for (const [product, deeds] of every)
      if (product !== null) same(`${kind} ${product}`, times(products.get(product) ?? []).slice(0, momentsKept), times(deeds).slice(0, momentsKept));
    for (const product of products.keys()) if (!every.has(product)) wrong.push(`${kind} ${product}: never`);
    const happened = new Set(times(all));
    for (const at of times(mine)) if (!happened.has(at)) wrong.push(`${kind} at ${at}: never`);
  }
  const lastDays = (deeds: Deed[]) => [...new Map(times(deeds).toReversed().map((at) => [dayOf(at), at])).values()].slice(-daysKept); // prettier-ignore
  same("days", lastDays(kept.deeds.visited ?? []), lastDays(whole.deeds.visited ?? []));
  same("first seen", kept.person.firstSeenAt, whole.person.firstSeenAt);
  const landing = (one: History["person"]["firstLanding"]) => one && [one.source, one.medium, one.campaign];
  same("first landing", landing(kept.person.firstLanding), landing(whole.person.firstLanding));
  const listed = <One>(all: One[], line: (one: One) => unknown[]) => all.map((one) => JSON.stringify(line(one))).sort();
  const order = (one: History["orders"][number]) => [one.orderId, one.placedAt, one.netMinor, one.cartToken, one.checkoutToken];
  same("orders", listed(kept.orders, order), listed(whole.orders, order));
  const cart = (one: History["carts"][number]) => [one.token, one.updatedAt, one.itemCount];
  same("carts", listed(kept.carts, cart), listed(whole.carts, cart));
  const checkout = (one: History["checkouts"][number]) => [one.token, one.cartToken, one.startedAt, one.updatedAt, one.completedAt, one.reachable];
  same("checkouts", listed(kept.checkouts, checkout), listed(whole.checkouts, checkout));
  return wrong;
}

/** Buyers whose row is not what their orders come to; orders count as `histories` have them. */
async function wrongBuyers(client: pg.Client, shopId: number, histories: ReadonlyMap<string, History>): Promise<number> {
  const { rows } = await client.query<{ id: string; count: number; net: string; ends: Date[]; moments: Date[]; amounts: string[] }>(
    "SELECT profile_id::text AS id, order_count AS count, net_minor AS net, ARRAY[first_at, last_at] AS ends, moments, amounts FROM buyer WHERE shop_id = $1",
    [shopId],
  );
  const line = (id: string, count: number, net: number, times_: number[], amounts: number[]) => [id, count, net, ...times_, ...amounts].join(" ");
  const instants = (all: Date[]) => all.map((at) => at.getTime());
  const found = new Set(rows.map((one) => line(one.id, one.count, Number(one.net), instants([...one.ends, ...one.moments]), one.amounts.map(Number))));
  const wanted = new Set<string>();
  for (const [id, { orders }] of histories) {
    const all = [...orders].sort((a, b) => b.placedAt.getTime() - a.placedAt.getTime());
    const moments = instants(all.map((one) => one.placedAt));
    const amounts = all.map((one) => one.netMinor);
    const net = amounts.reduce((sum, one) => sum + one, 0);
    const ends = [moments.at(-1) ?? NaN, moments[0] ?? NaN];
    if (all.length > 0) wanted.add(line(id, all.length, net, [...ends, ...moments.slice(0, momentsKept)], amounts.slice(0, momentsKept)));
  }
  return [...found].filter((one) => !wanted.has(one)).length + [...wanted].filter((one) => !found.has(one)).length;
}

/** Rows of what browsers did that belong to somebody else than the browser does, name another newest moment than they have, or are wrong about saying all there is. */
async function wrongDeeds(client: pg.Client, shopId: number): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM (SELECT alone <> (count(*) OVER (PARTITION BY profile_id) = 1) AS wrong FROM visit WHERE shop_id = $1) v WHERE v.wrong)::int + count(*)::int AS count
     FROM deed d LEFT JOIN visit v ON v.shop_id = d.shop_id AND v.visitor = d.visitor
     LEFT JOIN (SELECT profile_id, count(*) AS browsers FROM visit WHERE shop_id = $1 GROUP BY 1) b ON b.profile_id = d.profile_id
     WHERE d.shop_id = $1 AND (CASE WHEN d.visitor = 'profile:' || d.profile_id THEN b.browsers = 1 OR NOT d.whole ELSE v.profile_id IS DISTINCT FROM d.profile_id OR d.whole <> (b.browsers = 1) END
       OR b.browsers IS NULL OR d.last_at <> d.moments[1] OR cardinality(d.moments) <> least(d.count, 10))`,
    [shopId],
  );
  return rows[0]?.count ?? NaN;
}

/** `own`: rules besides the standard ones. */
export async function drift(client: pg.Client, count: number, own: readonly Node[]): Promise<Drift> {
  const { append, ensurePartitions } = await import("../app/events/append.server.ts");
  const { processBatch } = await import("../app/pipeline/process-event.server.ts");
  const { sweep } = await import("../app/pipeline/sweep.server.ts");
  const { historyOf } = await import("../app/segments/history.server.ts");
  const { needsOf } = await import("../app/segments/needs.ts");
  const { saveSegment } = await import("../app/segments/saved.server.ts");
  const { matching } = await import("../app/segments/whole-shop.server.ts");
  const { worldOf } = await import("../app/segments/world.server.ts");
  const { installed } = await import("../app/shops/refresh.server.ts");
  const { transaction } = await import("../app/tx.server.ts");
  const { historiesOf, ownersOf } = await import("../test/histories-told.ts");

  const chance = stream("drift", count);
  const days = 45;
  const from = after(now, -days * day);
  const crowd = { people: Math.max(20, Math.floor(count / 20)), strangers: 0.02, crossed: 0.01, abroad: 1 };
  const events = told(happen(chance, crowd, count, from, (days * day) / count, 0), "random");
  const coming = late(chance, events);
  const months = [0, 31, 62].map((ago) => after(now, -ago * day));
  await ensurePartitions(months, "pixel");
  await ensurePartitions(months);
  const shop = await installed("random.myshopify.com", ["read_orders"], from);
  for (const [index, rule] of own.entries()) {
    const draft = { key: null, name: `own ${index}`, rule: { version: 1, match: rule }, madeFrom: null, version: null };
    const { outcome } = await saveSegment(shop, draft, from);
    if (outcome !== "saved") throw new Error(`Not saved: ${outcome}`);
  }

  let [worked, sweepMs, swept] = [0, 0, 0];
  let clock = from;
  const pass = async (to: Date) => {
    clock = to;
    const due = `SELECT count(*)::int AS count FROM membership_due WHERE shop_id = $1 AND due_at <= $2`;
    swept += (await client.query<{ count: number }>(due, [shop.id, clock])).rows[0]?.count ?? 0;
    const began = performance.now();
    await sweep(clock);
    sweepMs += performance.now() - began;
  };
  let analyzed = false;
  for (let index = 0; index < coming.length; index += 1_000) {
    const some = coming.slice(index, index + 1_000);
    const at = some.at(-1)?.at ?? clock;
    // Days pass between, some of them several times over.
    for (let next = after(clock, day); next < at; next = after(next, day)) await pass(next);
    if (clock < at) clock = at;
    await transaction((tx) => append(some.map(({ event }) => ({ shopId: shop.id, event })), tx)); // prettier-ignore
    const began = performance.now();
    while ((await processBatch(shop, clock)) > 0);
    worked += performance.now() - began;
    // As autovacuum would, some minutes later.
    if (!analyzed && index >= 20_000) {
      analyzed = true;
      await client.query("ANALYZE");
    }
    if (index % 50_000 === 0 && index > 0) say(`  ${index} told, ${Math.round((index * 1_000) / worked)}/s`);
  }
  await pass(after(clock, 36 * 60 * minute));
  await client.query("ANALYZE");

  const { world, live } = await worldOf(shop);
  const owner = await ownersOf(shop);
  const histories = await historiesOf(shop, events, owner, null);
  const line = (key: string, id: string) => `${key} ${id}`;
  const { rows } = await client.query<{ key: string; id: string }>("SELECT segment_key AS key, profile_id::text AS id FROM member WHERE shop_id = $1", [
    shop.id,
  ]);
  const members = new Set(rows.map(({ key, id }) => line(key, id)));
  const unlike = (others: Set<string>) => [...members].filter((one) => !others.has(one)).length + [...others].filter((one) => !members.has(one)).length;
  const found = new Set<string>();
  for (const { key, rule } of live) {
    const answer = await matching(shop, rule, clock, { limitMs: 60_000 });
    if (!answer.ok) throw new Error(answer.reason);
    for (const id of answer.answer) found.add(line(key, id));
  }
  const meant = new Set<string>();
  for (const [id, history] of histories) for (const { key, rule } of live) if (decide(rule, history, world, clock).member) meant.add(line(key, id));

  const needs = [needsOf(everything, new Map(), shop.timezone, clock)];
  const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
  const ids = [...histories.keys()];
  let kept = 0;
  for (let index = 0; index < ids.length; index += 500) {
    for (const [id, mine] of await historyOf(shop, ids.slice(index, index + 500), needs)) {
      const wrong = differs(mine, histories.get(id) as History, dayOf);
      if (wrong.length > 0) kept += 1;
      if (wrong.length > 0 && kept <= 3) say(`  ${id}: ${wrong.join("; ")}`);
    }
  }
  const wrongRows = (await wrongBuyers(client, shop.id, histories)) + (await wrongDeeds(client, shop.id));
  const merges = await client.query<{ count: number }>("SELECT count(*)::int AS count FROM profile_merge WHERE shop_id = $1", [shop.id]);
  return {
    ...{ told: events.length, twice: coming.length - events.length, perSecond: (coming.length * 1_000) / worked, swept, sweepMs, people: ids.length },
    ...{ merges: merges.rows[0]?.count ?? 0, memberships: members.size, bySql: unlike(found), byMeaning: unlike(meant), kept, rows: wrongRows },
  };
}
