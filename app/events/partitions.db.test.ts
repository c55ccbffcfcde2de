import { beforeAll, expect, test } from "vitest";
import { pixelSourceId, readPixelEvents } from "../capture/pixel-event.ts";
import { receivePixel } from "../capture/pixel.server.ts";
import { db } from "../db.server.ts";
import { queue } from "../queue.server.ts";
import { ensureShop, updateShop } from "../shops/load.server.ts";
import { transaction } from "../tx.server.ts";
import { append, ensureComingPartitions, ensurePartitions } from "./append.server.ts";
import type { NewEvent } from "./event.ts";
import { next } from "./load.server.ts";
import { makePartition } from "./store.server.ts";
import { dropOldPixelEvents } from "./retention.server.ts";
import { pixelKeptSince } from "./retention.ts";

const domain = "log.myshopify.com";
const now = new Date("2026-11-25T12:00:00Z");
let shopId: number;

beforeAll(async () => {
  await queue();
  shopId = (await ensureShop(domain, now)).id;
  await updateShop(shopId, { installedAt: now });
});

async function browse(id: string, at: Date, heardAt: Date): Promise<string | null> {
  const event = { id, name: "page.viewed", at: at.toISOString(), visitor: "visitor-1", cart: null, checkout: null, data: { path: "/" } };
  const read = readPixelEvents([event], heardAt);
  return read.ok ? await receivePixel({ domain, events: read.value }) : read.reason;
}

const consent = (id: string, at: Date): NewEvent => ({
  name: "email-consent.changed",
  sourceId: `email-consent.changed/${id}`,
  sourceAt: at,
  occurredAt: at,
  subject: null,
  data: { customerGid: null, email: null, phone: null, state: "out", at: at.toISOString() },
});

async function tell(event: NewEvent): Promise<void> {
  await ensurePartitions([event.sourceAt]);
  await transaction((tx) => append([{ shopId, event }], tx));
}

/** Where each event lies. */
const places = async () =>
  Object.fromEntries(
    (await db.$queryRaw<{ id: string; place: string }[]>`SELECT source_id AS id, tableoid::regclass::text AS place FROM event`).map((row) => [
      row.id,
      row.place,
    ]),
  );

test("browsers' events lie in months of their own, all others in years", async () => {
  expect(await browse("a", new Date("2025-10-02T00:00:00Z"), now)).toBe("accepted");
  expect(await browse("b", now, now)).toBe("accepted");
  for (const [id, at] of [
    ["1", "2007-05-01"],
    ["2", "2018-02-01"],
    ["3", "2018-11-01"],
    ["4", "2026-11-25"],
    ["5", "2150-01-01"],
  ] as const)
    await tell(consent(id, new Date(at)));
  expect(await places()).toEqual({
    [pixelSourceId("a")]: "event_part.pixel_2025_10",
    [pixelSourceId("b")]: "event_part.pixel_2026_11",
    "email-consent.changed/1": "event_part.told_before_2009",
    "email-consent.changed/2": "event_part.told_2018",
    "email-consent.changed/3": "event_part.told_2018",
    "email-consent.changed/4": "event_part.told_2026",
    "email-consent.changed/5": "event_part.told_after_2100",
  });
});

test("a late event meets itself, and comes back out as it was told", async () => {
  expect(await browse("a", new Date("2025-10-02T00:00:00Z"), now)).toBe("accepted");
  expect(await db.event.count({ where: { sourceId: pixelSourceId("a") } })).toBe(1);
  const [first] = await transaction((tx) => next(shopId, 1, tx));
  expect(first).toMatchObject({ name: "page.viewed", data: { path: "/", cartToken: null, checkoutToken: null } });
});

test("partitions are made ahead of a clock that is moved, by whoever comes first", async () => {
  const later = new Date("2027-12-31T23:00:00Z");
  // Each at once on a connection of its own, as two processes would.
  for (const at of [later, new Date("2031-05-05T00:00:00Z"), new Date("2033-05-05T00:00:00Z")])
    await Promise.all([true, false].flatMap((pixel) => Array.from({ length: 4 }, () => makePartition(at, pixel))));
  await Promise.all([ensureComingPartitions(later), ensureComingPartitions(later)]);
  const made = await db.$queryRaw<
    { name: string }[]
  >`SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'event_part'::regnamespace AND relkind = 'r'`;
  expect(made.map((row) => row.name)).toEqual(expect.arrayContaining(["pixel_2027_12", "pixel_2028_02", "pixel_2028_03", "told_2027", "told_2028"]));
});

test("months wholly older than thirteen months go, and of browsers' events alone", async () => {
  expect(pixelKeptSince(now).toISOString()).toBe("2025-10-01T00:00:00.000Z");
  expect(await dropOldPixelEvents(now)).toEqual([]);
  expect(await dropOldPixelEvents(new Date("2026-12-01T00:00:00Z"))).toEqual(["2025_10"]);
  const left = Object.values(await places());
  expect(left).not.toContain("event_part.pixel_2025_10");
  expect(left).toEqual(expect.arrayContaining(["event_part.pixel_2026_11", "event_part.told_before_2009", "event_part.told_2018"]));
});

test("what would lie in a month that may be gone is not taken", async () => {
  expect(await browse("old", new Date("2025-10-31T23:59:59Z"), new Date("2026-12-01T00:00:00Z"))).toBe("bad-time");
});

test("a clock that was turned back finds its month again, at the second knock at the latest", async () => {
  const at = new Date("2025-10-05T00:00:00Z");
  const outcomes = [await browse("back", at, at).catch(() => "refused"), await browse("back", at, at)];
  expect(outcomes.at(-1)).toBe("accepted");
  expect((await places())[pixelSourceId("back")]).toBe("event_part.pixel_2025_10");
});
