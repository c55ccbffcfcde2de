// What a worker that was overtaken can still write: nothing.
import { expect, test } from "vitest";
import { db } from "../db.server.ts";
import { appendWith, ensurePartitions } from "../events/append.server.ts";
import { installed } from "../shops/refresh.server.ts";
import { queue } from "../queue.server.ts";
import { transaction } from "../tx.server.ts";
import { claim, linkOf, move, saveRendered, sentNow } from "./store.server.ts";

const now = new Date("2026-10-01T10:00:00Z");
const ids = { message: "01890000-0000-7000-8000-000000000001", run: "01890000-0000-7000-8000-000000000002", profile: "01890000-0000-7000-8000-000000000003" };
const rendered = (subject: string) => ({ subject, html: "<p>", text: "t", offerCode: null });

test("each claim of a step has a number, and only the last of them writes its text, its links and that it was sent", async () => {
  await queue();
  const { id: shopId } = await installed("claim.myshopify.com", ["read_orders"], now);
  await ensurePartitions([now]);
  const wanted = {
    ...{ shopId, flowKey: "f", runId: ids.run, stepKey: "s", profileId: ids.profile, checkoutToken: null, channel: "email" as const },
    ...{ basis: "b", createdAt: now },
  };
  const first = await transaction((tx) => claim({ ...wanted, id: ids.message, toAddress: "a@example.com" }, tx));
  expect(first).toMatchObject({ id: ids.message, claim: 1, attempts: 1, state: "intent", created_at: now });
  await saveRendered(shopId, ids.message, 1, rendered("first"), ["https://one", "https://two"]);
  expect(await linkOf(shopId, ids.message, 1)).toBe("https://two");

  const second = await transaction((tx) => claim({ ...wanted, id: ids.profile, toAddress: "b@example.com" }, tx));
  expect(second).toMatchObject({ id: ids.message, claim: 2, attempts: 2, state: "intent" });
  await saveRendered(shopId, ids.message, 2, rendered("second"), ["https://three"]);
  await saveRendered(shopId, ids.message, 1, rendered("late"), ["https://late", "https://later"]);
  const of = { where: { shopId_id: { shopId, id: ids.message } } };
  expect(await db.message.findUnique(of)).toMatchObject({ subject: "second", toAddress: "b@example.com" });
  expect([await linkOf(shopId, ids.message, 0), await linkOf(shopId, ids.message, 1)]).toEqual(["https://three", null]);

  const event = { name: "message.sent", sourceId: `message.sent/${ids.message}`, sourceAt: now, occurredAt: now, subject: null } as const;
  const data = { profileId: ids.profile, messageId: ids.message, flowKey: "f", stepKey: "s", channel: "email" };
  const sent = (number: number) => appendWith(sentNow(shopId, ids.message, number, now, "250 ok"), [{ shopId, event: { ...event, data } }]);
  const told = async () =>
    (await db.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM event WHERE shop_id = ${shopId} AND name = 'message.sent'`)[0]?.n;
  // Before its content went out it cannot have been taken.
  await sent(2);
  expect(await told()).toBe(0);
  expect(await move(shopId, ids.message, 2, ["intent"], { state: "data-started" })).toBe(true);
  await sent(1);
  expect([await told(), (await db.message.findUnique(of))?.state]).toEqual([0, "data-started"]);
  await sent(2);
  await sent(2);
  expect([await told(), (await db.message.findUnique(of))?.state]).toEqual([1, "sent"]);

  // What was sent is claimed by nobody any more: its number and its address stay.
  const third = await transaction((tx) => claim({ ...wanted, id: ids.profile, toAddress: "c@example.com" }, tx));
  expect(third).toMatchObject({ id: ids.message, claim: 2, attempts: 2, state: "sent" });
  expect((await db.message.findUnique(of))?.toAddress).toBe("b@example.com");
});
