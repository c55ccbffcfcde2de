// How often a browser did what: in whatever order, bursts and copies it is told, and made anew from the log.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { eventsOf, happenings } from "../../test/happenings.ts";
import { firstMoment } from "../../test/rules.ts";
import { db } from "../db.server.ts";
import { append, ensurePartitions } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import { after, day } from "../lib/time.ts";
import { processBatch } from "../pipeline/process-event.server.ts";
import { queue } from "../queue.server.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { daysKept } from "./visit.ts";

const now = after(firstMoment, 60 * day);
let shops = 0;

beforeAll(async () => {
  await queue();
  await ensurePartitions([firstMoment, now]);
  await ensurePartitions(
    [0, 30, 60, 90].map((days) => after(firstMoment, days * day)),
    "pixel",
  );
});

async function newShop(): Promise<Shop> {
  const domain = `deeds-${(shops += 1)}.myshopify.com`;
  await installed(domain, ["read_orders"], firstMoment);
  return (await shopByDomain(domain)) ?? expect.unreachable();
}

async function tell(shop: Shop, events: NewEvent[]): Promise<void> {
  if (events.length > 0) await transaction((tx) => append(events.map((event) => ({ shopId: shop.id, event })), tx)); // prettier-ignore
  while ((await processBatch(shop, now, { sharedFrom: events.length % 2 === 0 ? 1 : 200 })) > 0);
}

const keptOf = async (shop: Shop) => ({
  deeds: (await db.deed.findMany({ where: { shopId: shop.id }, orderBy: [{ visitor: "asc" }, { kind: "asc" }, { detail: "asc" }] })).map(
    ({ visitor, kind, detail, moments, count, lastAt, whole }) => ({
      visitor: visitor.replace(/^profile:.*/, "all of hers"),
      kind,
      detail,
      moments,
      count,
      lastAt,
      whole,
    }),
  ),
  visits: (await db.visit.findMany({ where: { shopId: shop.id }, orderBy: { visitor: "asc" } })).map(({ visitor, landing, days, seenHour, alone }) => ({
    ...{ visitor, landing, days: days.map(Number), seenHour, alone },
  })),
});

/** Carts make one person of two browsers; one browser never has any. Half of what is done is one thing, so that it is done more often than is kept. */
const browsing = happenings(70, 110).map((all) =>
  eventsOf(
    all.flatMap((one, index) =>
      one.kind !== "browse" ? [] : [{ ...one, ...(one.visitor === 1 ? { cart: null } : {}), ...(index % 2 === 0 ? {} : { name: "product.viewed" as const }) }],
    ),
  ),
);

test("any order, repetition and burst adds up to the same; the owner is the visit's; the migrations make the same from the log", async () => {
  const migration = readFileSync("prisma/migrations/0009_segments/migration.sql", "utf8");
  const [fill, land] = migration.slice(migration.indexOf("INSERT INTO deed")).split(/;\n/) as [string, string];
  const later = readFileSync("prisma/migrations/0011_fast_segments/migration.sql", "utf8");
  const [note, , joinUp] = later.slice(later.indexOf("UPDATE deed")).split(/;\n/) as [string, string, string];
  await db.$executeRawUnsafe(`ALTER TABLE deed ALTER COLUMN last_at DROP NOT NULL, ALTER COLUMN whole DROP NOT NULL`);
  const days = readFileSync("prisma/migrations/0026_visited_days/migration.sql", "utf8").split(/;\n/);
  const [settle, single, drop] = days.slice(days.findIndex((one) => one.includes("UPDATE visit"))) as [string, string, string];
  let [full, landed, alone, often] = [0, 0, 0, 0];
  await fc.assert(
    fc.asyncProperty(browsing, fc.infiniteStream(fc.nat()), async (events, chance) => {
      const plain = await newShop();
      await tell(plain, events);
      const kept = await keptOf(plain);
      full += kept.deeds.filter((one) => one.count > one.moments.length).length;
      alone += kept.deeds.filter((one) => one.whole && one.visitor !== "all of hers").length;
      landed += kept.visits.filter(({ landing }) => landing !== null).length;
      often += kept.visits.filter((one) => one.days.length === daysKept).length;
      for (const one of kept.deeds) {
        const mine = kept.deeds.filter((other) => other.visitor === one.visitor && other.kind === one.kind && other.detail !== "");
        if (one.detail === "") expect(mine.reduce((sum, other) => sum + other.count, 0)).toBeLessThanOrEqual(one.count);
      }

      const shuffled = events
        .map((event) => ({ event, rank: chance.next().value as number }))
        .sort((a, b) => a.rank - b.rank)
        .map((one) => one.event);
      const other = await newShop();
      for (let at = 0; at < shuffled.length; at += 5)
        await tell(other, [...shuffled.slice(at, at + 5), ...shuffled.slice(0, at).filter((_, index) => index % 3 === 0)]);
      expect(await keptOf(other)).toEqual(kept);

      const wrong = await db.$queryRaw<unknown[]>`
        SELECT d.* FROM deed d JOIN (SELECT profile_id, count(*) AS browsers FROM visit WHERE shop_id = ${other.id} GROUP BY 1) b ON b.profile_id = d.profile_id
        WHERE d.shop_id = ${other.id} AND d.whole <> (CASE WHEN d.visitor = 'profile:' || d.profile_id THEN b.browsers > 1 ELSE b.browsers = 1 END)`;
      expect(wrong).toEqual([]);
      const strays = await db.$queryRaw<unknown[]>`
        SELECT d.* FROM deed d JOIN visit v ON v.shop_id = d.shop_id AND v.visitor = d.visitor WHERE d.shop_id = ${other.id} AND v.profile_id <> d.profile_id`;
      expect(strays).toEqual([]);

      await db.deed.deleteMany();
      await db.$executeRaw`UPDATE visit SET landing = NULL, days = '{}', alone = true`;
      await db.$executeRawUnsafe(fill);
      await db.$executeRawUnsafe(land.slice(land.indexOf("UPDATE")));
      await db.$executeRawUnsafe(note);
      await db.$executeRawUnsafe(joinUp.slice(joinUp.indexOf("WITH")));
      for (const statement of [settle, single, drop]) await db.$executeRawUnsafe(statement);
      expect(await keptOf(plain)).toEqual(kept);
      await db.$executeRawUnsafe(fill);
      await db.$executeRawUnsafe(drop);
      expect(await keptOf(other)).toEqual(kept);
    }),
    { endOnFailure: true, numRuns: 8, seed: 20261125 },
  );
  expect(Math.min(full, landed, alone, often)).toBeGreaterThan(3);
}, 120_000);
