import { afterAll, beforeAll, expect, test } from "vitest";
import { createMailbox, openLetter } from "../../sandbox/mail/mailbox.ts";
import { openPostOffice } from "../../sandbox/mail/post-office.ts";
import * as made from "../../test/factories/webhooks.ts";
import { line, webhook as delivered } from "../../test/factories/webhooks.ts";
import { after, day, hour, minute } from "../lib/time.ts";

const domain = "flow.myshopify.com";
const start = new Date("2026-10-01T10:00:00Z");
const mailbox = createMailbox();
let now = start;
let office: Awaited<ReturnType<typeof openPostOffice>>;
let app: Awaited<ReturnType<typeof load>>;

// The mail server's address is part of the environment, which is read once: the app is loaded after it is known.
async function load() {
  return {
    ...(await import("../capture/receive.server.ts")),
    ...(await import("../db.server.ts")),
    ...(await import("../queue.server.ts")),
    ...(await import("../shops/refresh.server.ts")),
    ...(await import("../shops/load.server.ts")),
    ...(await import("../pipeline/process-event.server.ts")),
    ...(await import("../pipeline/sweep.server.ts")),
    ...(await import("../tx.server.ts")),
    ...(await import("../connectors/wire.server.ts")),
    ...(await import("../messages/respond.server.ts")),
    flows: { ...(await import("./settings.server.ts")), ...(await import("./start.server.ts")), ...(await import("./run.server.ts")) },
  };
}

const shop = async () => (await app.shopByDomain(domain)) ?? expect.unreachable();

async function webhook(topic: string, payload: unknown) {
  await app.receive(delivered(domain, topic, payload, now));
  await settle();
}

/** What the worker would do now: events, what time has made due, flows. */
async function settle() {
  while ((await app.processBatch(await shop(), now)) > 0);
  await app.sweep(now);
  // The shop is read before the transaction: inside it, a second connection would wait for itself on the embedded database.
  const one = await shop();
  while ((await app.transaction((tx) => app.flows.follow(one, now, tx))) > 0);
  while (await app.flows.advanceOne(await shop(), app.wire, () => now));
  while ((await app.processBatch(await shop(), now)) > 0);
}

const lines = { line_items: [{ ...line, title: "Lamp <b>&" }] };
const checkout = (token: string, email: string, extra: Record<string, unknown> = {}) =>
  made.checkout(token, email, now, { abandoned_checkout_url: `https://${domain}/1/checkouts/ac/cart-${token}/recover?key=k`, ...lines, ...extra });
const order = (id: number, token: string, email: string, extra: Record<string, unknown> = {}) =>
  made.order(id, token, email, now, { customer: { id }, ...extra });
const lettersTo = (to: string) => mailbox.list(to);
const runOf = (subject: string) => app.db.flowRun.findFirst({ where: { subject } });

beforeAll(async () => {
  office = await openPostOffice(mailbox, () => now, 0);
  process.env.SMTP_URL = office.smtpUrl;
  app = await load();
  await app.queue();
  const one = await app.installed(domain, ["read_orders"], start);
  await app.updateShop(one.id, {
    senderName: "Flow & Co",
    senderAddress: "hello@flow.test",
    postalAddress: "1 Quay, Leith",
    country: "GB",
    currency: "GBP",
    holdoutPercent: 0,
  });
}, 60_000);

afterAll(async () => {
  await office.close();
});

test("nothing is sent because the app was installed: a flow that is off mails nobody", async () => {
  await webhook("checkouts/create", checkout("off", "off@example.com"));
  now = after(now, 2 * hour);
  await settle();
  expect(lettersTo("off@example.com")).toHaveLength(0);
});

test("switching on asks for a test mail and about other tools, and does not mail what was left before", async () => {
  expect(await app.flows.enable(await shop(), "abandoned-checkout", now)).toEqual({ ok: false, missing: ["test-mail", "other-mails"] });
  await app.flows.noteTestMail(await shop(), "abandoned-checkout", "me@flow.test", now);
  await app.flows.noteOtherMails(await shop(), "abandoned-checkout", true, now);
  await app.flows.saveSettings(await shop(), "abandoned-checkout", (await app.flows.findFlow((await shop()).id, "abandoned-checkout")).settings, 0, now);
  expect(await app.flows.enable(await shop(), "abandoned-checkout", now)).toEqual({ ok: true });
  await settle();
  expect(await runOf("off")).toBeNull();
});

test("a left checkout is mailed after an hour; the click and the order come back as a credit, and the flow ends", async () => {
  await webhook("checkouts/create", checkout("co-1", "ada@example.com"));
  now = after(now, 30 * minute);
  await settle();
  expect(lettersTo("ada@example.com")).toHaveLength(0);
  now = after(now, 31 * minute);
  await settle();
  const [letter] = lettersTo("ada@example.com");
  expect(letter?.subject).toBe("You left something behind at Flow & Co");
  const opened = await openLetter(letter ?? expect.unreachable());
  expect(opened.html).toContain("Lamp &#60;b&#62;&#38;");
  expect(opened.html).toContain("1 Quay, Leith");
  expect(opened.headers.find((one) => one.name === "List-Unsubscribe-Post")?.value).toBe("List-Unsubscribe=One-Click");
  const link = /https:\/\/app\.comeback\.test\/c\/([\w.-]+)/.exec(opened.html)?.[1] ?? expect.unreachable();

  expect(await app.click(`${link.slice(0, -1)}x`, { method: "GET", userAgent: "Mozilla/5.0" }, now)).toBeNull();
  now = after(now, 10 * minute);
  const target = await app.click(link, { method: "GET", userAgent: "Mozilla/5.0 (X11; Linux) Firefox/140.0" }, now);
  expect(target?.url.replace(/&comeback=[\da-f-]{36}$/, "")).toBe(
    `https://${domain}/1/checkouts/ac/cart-co-1/recover?key=k&utm_source=comeback&utm_medium=email`,
  );
  now = after(now, 5 * minute);
  await webhook("orders/create", order(501, "co-1", "somebody-else@example.com"));
  expect(await app.db.credit.findMany({ select: { orderId: true, by: true, recovered: true, flowKey: true } })).toEqual([
    { orderId: "501", by: "click", recovered: true, flowKey: "abandoned-checkout" },
  ]);
  expect(await runOf("co-1")).toMatchObject({ state: "exited", reason: "ordered" });
  now = after(now, 10 * day);
  await settle();
  expect(lettersTo("ada@example.com")).toHaveLength(1);
});

test("who is in because a segment was made or edited did nothing that a flow could answer", async () => {
  for (const token of ["by-edit", "by-herself"]) {
    await app.receive(delivered(domain, "checkouts/create", checkout(token, `${token}@example.com`), now));
    while ((await app.processBatch(await shop(), now)) > 0);
  }
  now = after(now, 61 * minute);
  await app.sweep(now);
  await app.db.membershipChange.updateMany({ where: { subject: "by-edit" }, data: { because: "edited" } });
  await settle();
  expect([await runOf("by-edit"), lettersTo("by-edit@example.com")]).toEqual([null, []]);
  expect(await runOf("by-herself")).toMatchObject({ state: "active" });
  await webhook("orders/create", order(599, "by-herself", "by-herself@example.com"));
});

test("three steps go out in their order, the offer waits for its code, and the last one ends the run", async () => {
  await webhook("checkouts/create", checkout("co-2", "bea@example.com"));
  now = after(now, 61 * minute);
  await settle();
  now = after(now, 72 * hour);
  await settle();
  expect(lettersTo("bea@example.com")).toHaveLength(2);
  now = after(now, 48 * hour);
  await settle();
  expect(lettersTo("bea@example.com")).toHaveLength(2);
  expect(await runOf("co-2")).toMatchObject({ state: "active", reason: "no offer code" });
  const endsAt = after(now, 20 * day);
  await app.db.offerPool.create({
    data: {
      shopId: (await shop()).id,
      flowKey: "abandoned-checkout",
      stepKey: "offer",
      discountGid: "gid://shopify/DiscountCodeNode/1",
      percent: 10,
      validDays: 7,
      endsAt,
      createdAt: now,
    },
  });
  await app.db.offerCode.create({
    data: { shopId: (await shop()).id, code: "BACK-TEST", flowKey: "abandoned-checkout", stepKey: "offer", state: "free", createdAt: now },
  });
  now = after(now, 6 * minute);
  await settle();
  const letters = lettersTo("bea@example.com");
  expect(letters).toHaveLength(3);
  const offer = await openLetter(letters[0] ?? expect.unreachable());
  expect(offer.html).toContain("BACK-TEST");
  // The date in the mail is the date on which Shopify ends the code.
  expect(offer.html).toContain(new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(endsAt));
  expect(await runOf("co-2")).toMatchObject({ state: "done", reason: "every step done" });
  // The code alone, without a click, earns the credit.
  now = after(now, hour);
  await webhook(
    "orders/create",
    order(502, "another", "bea@example.com", { cart_token: null, checkout_token: null, discount_codes: [{ code: "BACK-TEST" }], customer: null }),
  );
  expect(await app.db.credit.findFirst({ where: { orderId: "502" }, select: { by: true, recovered: true } })).toEqual({ by: "code", recovered: false });
});

test("who did not agree is not mailed, and the reason stands in the run", async () => {
  await webhook("checkouts/create", checkout("co-3", "cleo@example.com", { buyer_accepts_marketing: false }));
  now = after(now, 61 * minute);
  await settle();
  expect(lettersTo("cleo@example.com")).toHaveLength(0);
  expect(await runOf("co-3")).toMatchObject({ state: "exited", reason: "no consent" });
});

test("an unsubscription that is committed before the send wins, and GET never does it", async () => {
  await webhook("checkouts/create", checkout("co-4", "dan@example.com"));
  now = after(now, 61 * minute);
  await settle();
  const letter = await openLetter(lettersTo("dan@example.com")[0] ?? expect.unreachable());
  const token = /\/u\/([\w.-]+)/.exec(letter.headers.find((one) => one.name === "List-Unsubscribe")?.value ?? "")?.[1] ?? expect.unreachable();
  expect((await app.unsubscribeShop(token))?.domain).toBe(domain);
  expect(await app.unsubscribe(token, now)).toBe(true);
  expect(await app.unsubscribe(token, now)).toBe(true);
  now = after(now, 72 * hour);
  await settle();
  expect(lettersTo("dan@example.com")).toHaveLength(1);
  expect((await runOf("co-4"))?.reason).toMatch(/opted out|suppressed/);
});

test("a purchase that is in the log wins, though nobody has read it yet", async () => {
  await webhook("checkouts/create", checkout("co-6", "fay@example.com"));
  now = after(now, 61 * minute);
  await app.sweep(now);
  const one = await shop();
  while ((await app.transaction((tx) => app.flows.follow(one, now, tx))) > 0);
  // Acknowledged and durable, and the story has not come to it.
  await app.receive(delivered(domain, "orders/create", order(6006, "co-6", "fay@example.com"), now));
  while (await app.flows.advanceOne(await shop(), app.wire, () => now));
  expect(await runOf("co-6")).toMatchObject({ state: "active", reason: "something just arrived" });
  now = after(now, 10_000);
  await settle();
  expect(await runOf("co-6")).toMatchObject({ state: "exited", reason: "ordered" });
  expect(lettersTo("fay@example.com")).toHaveLength(0);
});

test("what is in the log of somebody else holds nobody up", async () => {
  await webhook("checkouts/create", checkout("co-7", "gil@example.com"));
  now = after(now, 61 * minute);
  await app.sweep(now);
  const one = await shop();
  while ((await app.transaction((tx) => app.flows.follow(one, now, tx))) > 0);
  await app.receive(delivered(domain, "orders/create", order(7007, "co-elsewhere", "hal@example.com"), now));
  while (await app.flows.advanceOne(await shop(), app.wire, () => now));
  expect(lettersTo("gil@example.com")).toHaveLength(1);
  await settle();
});

test("in the holdout nobody is mailed, and the assignment is in the log", async () => {
  await app.updateShop((await shop()).id, { holdoutPercent: 100 });
  await webhook("checkouts/create", checkout("co-5", "eve@example.com"));
  now = after(now, 61 * minute);
  await settle();
  expect(lettersTo("eve@example.com")).toHaveLength(0);
  expect(await runOf("co-5")).toMatchObject({ arm: "holdout", state: "done", reason: "in the shop's holdout" });
  expect(await app.db.event.count({ where: { name: "holdout.assigned", subject: `profile:${(await runOf("co-5"))?.profileId}` } })).toBe(2);
});
