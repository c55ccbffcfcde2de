// A shop that moves to another time zone: on which days each browser came is what the log says by the new days, however often it moves and wherever it is cut off.
import fc from "fast-check";
import { expect, test } from "vitest";
import { historiesOf, ownersOf } from "../../test/histories-told.ts";
import { db } from "../db.server.ts";
import { append, ensurePartitions } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import { after, day, minute } from "../lib/time.ts";
import { queue } from "../queue.server.ts";
import { decide } from "../segments/evaluate.ts";
import { fillPage } from "../segments/fill.server.ts";
import type { Node } from "../segments/rule.ts";
import { saveSegment } from "../segments/saved.server.ts";
import * as segments from "../segments/update.server.ts";
import { matching } from "../segments/whole-shop.server.ts";
import { worldOf } from "../segments/world.server.ts";
import { shopByDomain, updateShop } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction, whichShops } from "../tx.server.ts";
import { settlePage, shopsSettlingDays } from "../visits/new-days.server.ts";
import { lastDays } from "../visits/visit.ts";
import { settleSome } from "./new-days.server.ts";
import { processBatch } from "./process-event.server.ts";
import { sweep } from "./sweep.server.ts";

/** Clocks go back in London in the night after the first day. */
const first = new Date("2026-10-24T00:00:00Z");
const now = after(first, 8 * day);
const zones = ["Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York"] as const;

const on = (is: "at-least" | "at-most", n: number, when: object): Node => ({ kind: "did", did: "visited", where: {}, times: { is, n }, onDays: true, when }) as Node; // prettier-ignore
const last = (amount: number) => ({ kind: "last", length: { amount, unit: "days" } });
const rules: Record<string, Node> = {
  "two days": on("at-least", 2, { kind: "ever" }),
  "two of the last days": on("at-least", 2, last(4)),
  "one of the last days": on("at-most", 1, last(6)),
  "four of them": on("at-least", 4, { kind: "ever" }),
  "two days from one on": on("at-least", 2, { kind: "dates", from: "2026-10-26" }),
  "two days since she searched": on("at-least", 2, { kind: "since", deed: { did: "searched", where: {} } }),
};

let shops = 0;
async function newShop(): Promise<Shop> {
  const domain = `new-days-${(shops += 1)}.myshopify.com`;
  await installed(domain, [], first);
  return (await shopByDomain(domain)) ?? expect.unreachable();
}

const visit = fc.record({
  visitor: fc.constantFrom("a", "b", "c"),
  // Dense, so that ten moments and more fall on one day, and around its ends.
  at: fc.tuple(fc.constantFrom(0, 1, 1, 2, 2, 2, 4, 6), fc.nat(24 * 12 - 1)).map(([days, fives]) => after(first, days * day + fives * 5 * minute)),
  searched: fc.constantFrom(false, false, false, false, true),
});
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant("tells" as const), visits: fc.array(visit, { minLength: 4, maxLength: 30 }) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("moves" as const), to: fc.constantFrom(...zones) }) },
  { weight: 2, arbitrary: fc.constant({ does: "sweeps" as const }) },
  { weight: 3, arbitrary: fc.constant({ does: "settles" as const }) },
  { weight: 2, arbitrary: fc.constant({ does: "dies" as const }) },
);

let told = 0;
function eventOf({ visitor, at, searched }: { visitor: string; at: Date; searched: boolean }): NewEvent {
  const moment = { sourceId: `pixel/${(told += 1)}`, sourceAt: at, occurredAt: at, subject: `visitor:${visitor}` };
  // Two of the three browsers are one person's, by one cart.
  const tokens = { cartToken: visitor === "c" ? null : "t", checkoutToken: null };
  return searched
    ? { name: "search.submitted", ...moment, data: { query: "x", ...tokens } }
    : { name: "cart.viewed", ...moment, data: { ...tokens, quantity: 1 } };
}

/** A worker that dies within a step: all it did of that is undone. */
class Killed extends Error {}

test("days that were settled by another zone are what they would be had it always been the new one", async () => {
  await queue();
  await ensurePartitions([first, now]);
  await ensurePartitions([first, now], "pixel");
  const seen = { settled: 0, restarted: 0, members: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 6, maxLength: 16 }),
      fc.constantFrom(...zones),
      fc.array(visit, { maxLength: 30 }),
      async (steps, finally_, more) => {
        // It never hears of a move: a worker may know the shop since before.
        const shop = await newShop();
        const all: NewEvent[] = [];
        const keys = new Map<string, string>();
        for (const [name, rule] of Object.entries(rules)) {
          const saved = await saveSegment(shop, { key: null, name, rule: { version: 1, match: rule }, madeFrom: null, version: null }, first);
          keys.set(name, saved.outcome === "saved" ? saved.key : expect.unreachable(JSON.stringify(saved)));
        }
        while (await fillPage(shop, now));
        const settling = async () => (await whichShops({ settling: [shopsSettlingDays()] })).settling.includes(shop.id);
        const done = async (one: (typeof steps)[number]) => {
          if (one.does === "tells") {
            const events = one.visits.map(eventOf);
            all.push(...events);
            await transaction((tx) => append(events.map((event) => ({ shopId: shop.id, event })), tx)); // prettier-ignore
            while ((await processBatch(shop, now)) > 0);
          }
          if (one.does === "moves") {
            if (await settling()) seen.restarted += 1;
            await updateShop(shop.id, { timezone: one.to });
          }
          if (one.does === "sweeps") await sweep(now);
          if (one.does === "settles") await settleSome(shop, now, 7);
          if (one.does === "dies") {
            const dying = transaction(async (tx) => {
              await segments.lockWriter(shop.id, tx);
              await settlePage(shop.id, (await worldOf(shop, tx)).world.timezone, tx, 7);
              throw new Killed();
            });
            await expect(dying).rejects.toThrow(Killed);
          }
        };
        for (const one of steps) await done(one);
        await done({ does: "moves", to: finally_ });
        await sweep(now);
        const daysOf = async () => new Map((await db.visit.findMany({ where: { shopId: shop.id } })).map((one) => [one.visitor, one.days.map(Number)]));
        const before = await daysOf();
        while (await settleSome(shop, now, 11));
        expect(await settling()).toBe(false);
        await sweep(now);
        // From now on nothing is looked at again: what is told is settled by the new days at once.
        if (more.length > 0) await done({ does: "tells", visits: more });

        const hers = Map.groupBy(all, (event) => event.subject?.slice("visitor:".length) ?? "");
        const days = await daysOf();
        expect([...days.keys()].sort()).toEqual([...hers.keys()].sort());
        for (const [visitor, events] of hers) {
          const expected = lastDays(events.map((event) => event.occurredAt), finally_); // prettier-ignore
          expect(days.get(visitor), visitor).toEqual(expected.map(Number));
          if (JSON.stringify(before.get(visitor)) !== JSON.stringify(days.get(visitor))) seen.settled += 1;
        }
        const histories = await historiesOf({ ...shop, timezone: finally_ }, all, await ownersOf(shop), null);
        const { world } = await worldOf(shop);
        expect(world.timezone).toBe(finally_);
        for (const [name, rule] of Object.entries(rules)) {
          const fits = [...histories].flatMap(([id, history]) => (decide(rule, history, world, now).member ? [id] : [])).sort();
          const members = await db.membership.findMany({ where: { shopId: shop.id, segmentKey: keys.get(name) ?? "" } });
          expect(members.map((one) => one.profileId).sort(), name).toEqual(fits);
          expect(await matching(shop, rule, now), name).toEqual({ ok: true, answer: fits });
          seen.members += fits.length;
        }
      },
    ),
    { numRuns: Number(process.env["RUNS"] ?? 25), endOnFailure: true, ...(process.env["SEED"] === undefined ? {} : { seed: Number(process.env["SEED"]) }) },
  );
  // A law about days that nobody had to settle would say nothing.
  expect(Math.min(seen.settled, seen.restarted)).toBeGreaterThan(2);
  expect(seen.members).toBeGreaterThan(20);
}, 240_000);
