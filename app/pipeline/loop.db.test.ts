import { beforeAll, describe, expect, test } from "vitest";
import { receive } from "../capture/receive.server.ts";
import { db } from "../db.server.ts";
import { after, day, hour } from "../lib/time.ts";
import { queue } from "../queue.server.ts";
import { installed } from "../shops/refresh.server.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { checkout, line, order, webhook as delivered } from "../../test/factories/webhooks.ts";
import { sampleOf } from "../../test/samples.ts";
import { processBatch } from "./process-event.server.ts";
import { sweep } from "./sweep.server.ts";

const domain = "one.myshopify.com";
const start = new Date("2026-10-01T10:00:00Z");
const webhook = (topic: string, payload: unknown, at: Date) => delivered(domain, topic, payload, at);

async function shop() {
  const found = await shopByDomain(domain);
  if (found === null) throw new Error("no shop");
  return found;
}

async function drain(now: Date) {
  while ((await processBatch(await shop(), now)) > 0);
}

async function membersOf(segment: string) {
  return (await db.membership.findMany({ where: { segmentKey: segment }, select: { profileId: true } })).length;
}

beforeAll(async () => {
  await queue();
  await installed(domain, ["read_orders"], start);
});

describe("from a signed webhook to memberships", () => {
  test("a left checkout becomes a membership after an hour, and an order ends it at once", async () => {
    expect(
      await receive(
        webhook("carts/create", { token: "cart-co-1", created_at: start.toISOString(), updated_at: start.toISOString(), line_items: [line] }, start),
      ),
    ).toBe("accepted");
    expect(await receive(webhook("checkouts/create", checkout("co-1", "Ada@Example.com", start), start))).toBe("accepted");
    await drain(start);
    expect(await db.profile.count({ where: { mergedInto: null } })).toBe(1);
    expect(await membersOf("checkout-abandoners")).toBe(0);

    await sweep(after(start, hour));
    expect(await membersOf("checkout-abandoners")).toBe(1);
    expect(await membersOf("cart-abandoners")).toBe(1);

    const paid = after(start, 2 * hour);
    await receive(webhook("orders/create", order(5001, "co-1", "ada@example.com", paid, { customer: { id: 77, first_name: "Ada" } }), paid));
    await drain(paid);
    expect(await membersOf("checkout-abandoners")).toBe(0);
    expect(await membersOf("past-purchasers")).toBe(1);
    expect(await membersOf("recent-buyers")).toBe(1);
    await sweep(after(paid, 30 * day));
    expect(await membersOf("recent-buyers")).toBe(0);
    const changes = await db.membershipChange.findMany({ orderBy: { seq: "asc" } });
    expect(changes.map((one) => `${one.segmentKey} ${one.change}`)).toEqual([
      "checkout-abandoners entered",
      "cart-abandoners entered",
      "checkout-abandoners left",
      "cart-abandoners left",
      "past-purchasers entered",
      "recent-buyers entered",
      "buyers-30 entered",
      "recent-buyers left",
      "buyers-30 left",
      "buyers-90 entered",
    ]);
    expect((await db.consentRecord.findMany({ orderBy: { occurredAt: "asc" } })).map((one) => `${one.source} ${one.state}`)).toEqual([
      "checkout single",
      "order single",
    ]);
  });

  test("a second copy of a delivery changes nothing and is counted", async () => {
    const again = webhook("orders/create", order(5002, null, "ada@example.com", after(start, 5 * day), { customer: { id: 77 } }), after(start, 5 * day));
    expect(await Promise.all([receive(again), receive({ ...again, webhookId: "another" }), receive(again)])).toEqual(["accepted", "duplicate", "duplicate"]);
    await drain(after(start, 5 * day));
    expect(await db.placedOrder.count({ where: { orderId: "5002" } })).toBe(1);
    expect(await db.delivery.findFirst({ where: { eventKey: again.eventId ?? "" }, select: { copies: true } })).toEqual({ copies: 3 });
  });

  test("what cannot be understood is kept with a reason, and the rest of its group is not held back", async () => {
    const at = after(start, 6 * day);
    const outcomes = await Promise.all([
      receive(webhook("orders/create", "{", at)),
      receive(webhook("orders/create", { id: 1 }, at)),
      receive(webhook("no/topic", {}, at)),
      receive(webhook("products/update", sampleOf("products/update") ?? "{}", at)),
    ]);
    expect(outcomes).toEqual(["rejected", "rejected", "rejected", "accepted"]);
    const reasons = (await db.delivery.findMany({ where: { fate: "rejected" }, select: { reason: true }, orderBy: { eventKey: "asc" } })).map(
      (one) => one.reason,
    );
    expect(reasons).toContain("The body is not JSON.");
    expect(reasons.some((reason) => reason?.includes("created_at"))).toBe(true);
  });

  test("a refund for an order that was never seen is kept as unmatched", async () => {
    const at = after(start, 7 * day);
    await receive(
      webhook(
        "refunds/create",
        {
          id: 900,
          order_id: 123456,
          created_at: at.toISOString(),
          transactions: [{ kind: "refund", status: "success", amount: "3.10", currency: "USD" }],
          refund_line_items: [],
        },
        at,
      ),
    );
    await drain(at);
    expect(await db.refund.findFirst({ where: { refundId: "900" }, select: { orderId: true, amountMinor: true } })).toEqual({
      orderId: "123456",
      amountMinor: 310n,
    });
  });
});
