// What a batch reads beside its transaction comes back before that has written anything where somebody else holds what it is to write.
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { suppress } from "../consent/record.server.ts";
import { db } from "../db.server.ts";
import { append, ensurePartitions } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import { after, minute } from "../lib/time.ts";
import { queue } from "../queue.server.ts";
import { saveSegment } from "../segments/saved.server.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import { databaseIsEmbedded, inside, transaction } from "../tx.server.ts";
import { processBatch } from "./process-event.server.ts";

const start = new Date("2026-10-01T10:00:00Z");
const domain = "beside.myshopify.com";
const email = "ada@inbox.example";

test("who agrees is in for it, although what the word undoes had to be waited for", async () => {
  await queue();
  await ensurePartitions([start]);
  await installed(domain, [], start);
  const shop = (await shopByDomain(domain)) ?? expect.unreachable();
  const agreed = { kind: "email-consent" as const, states: ["single" as const] };
  const saved = await saveSegment(shop, { key: null, name: "Agreed", rule: { version: 1, match: agreed }, madeFrom: null, version: null }, start);
  if (saved.outcome !== "saved") expect.unreachable(saved.outcome);
  await suppress(shop, email, "unsubscribed", start);
  const word: NewEvent = {
    ...{ name: "email-consent.changed", sourceId: "webhook/agreed", sourceAt: after(start, minute), occurredAt: after(start, minute), subject: null },
    data: { customerGid: "gid://shopify/Customer/1", email, phone: null, state: "single", at: after(start, minute).toISOString() },
  };
  await transaction((tx) => append([{ shopId: shop.id, event: word }], tx));

  let reading: Promise<number> | undefined;
  const read = () => processBatch(shop, after(start, 2 * minute));
  // The embedded database has one connection: there nobody can hold anything meanwhile.
  if (!(await databaseIsEmbedded()))
    await transaction(async (tx) => {
      await inside(tx).$queryRaw`SELECT 1 FROM suppression WHERE shop_id = ${shop.id} FOR UPDATE`;
      reading = read();
      await wait(500);
    });
  expect(await (reading ?? read())).toBe(1);

  expect(await db.suppression.count({ where: { shopId: shop.id } })).toBe(0);
  expect(await db.membership.count({ where: { shopId: shop.id, segmentKey: saved.key } })).toBe(1);
});
