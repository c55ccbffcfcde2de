import { afterAll, beforeAll, expect, test } from "vitest";
import * as made from "../../test/factories/webhooks.ts";
import { enterWorld } from "../../test/in-world.ts";
import { after, day, hour, minute } from "../lib/time.ts";

const domain = "comeback-demo.myshopify.com";
const browse = "browse-abandonment";
let world: Awaited<ReturnType<typeof enterWorld>>;
let app: Awaited<ReturnType<typeof load>>;
let numbers = 0;

async function load() {
  return {
    ...(await import("../capture/receive.server.ts")),
    ...(await import("../capture/pixel.server.ts")),
    ...(await import("../capture/pixel-event.ts")),
    ...(await import("../db.server.ts")),
    ...(await import("../queue.server.ts")),
    ...(await import("../shops/api.server.ts")),
    ...(await import("../shops/sessions.server.ts")),
    ...(await import("../shops/refresh.server.ts")),
    ...(await import("../shops/load.server.ts")),
    ...(await import("../pipeline/process-event.server.ts")),
    ...(await import("../pipeline/sweep.server.ts")),
    ...(await import("../products/complete.server.ts")),
    ...(await import("../tx.server.ts")),
    ...(await import("../connectors/wire.server.ts")),
    ...(await import("../messages/respond.server.ts")),
    flows: { ...(await import("./settings.server.ts")), ...(await import("./start.server.ts")), ...(await import("./run.server.ts")) },
  };
}

const now = () => world.clock.now();
const shop = async () => (await app.shopByDomain(domain)) ?? expect.unreachable();
/** The products of the shop, in the order of its catalogue. */
const product = (index: number) => String(world.shopify.shops.get(domain).products[index]?.id);

async function pass(length: number) {
  world.clock.move({ advance: `PT${length / 1000}S` });
  await settle();
}

/** What the worker would do now: events, what time has made due, flows, products that are asked for. */
async function settle() {
  const work = async () => {
    while ((await app.processBatch(await shop(), now())) > 0);
    await app.sweep(now());
    const one = await shop();
    while ((await app.transaction((tx) => app.flows.follow(one, now(), tx))) > 0);
    while (await app.flows.advanceOne(await shop(), app.wire, now));
  };
  await work();
  await app.complete(await shop(), now());
  await work();
}

async function webhook(topic: string, payload: unknown) {
  await app.receive(made.webhook(domain, topic, payload, now()));
  await settle();
}

/** A browser tells something. */
async function tell(who: string, name: string, data: object) {
  const at = now();
  const raw = { id: `e${(numbers += 1)}`, name, at: at.toISOString(), visitor: `visitor-${who}`, cart: `cart-${who}`, checkout: null, data };
  const read = app.readPixelEvents([raw], at);
  if (!read.ok) expect.unreachable(read.message);
  expect(await app.receivePixel({ domain, events: read.value })).toBe("accepted");
  await settle();
}

const look = (who: string, productId: string) => tell(who, "product.viewed", { productId, variantId: "1", vendor: null, price: "1.00", currency: "GBP" });

/** Somebody who bought long ago and agreed to mail then; her browser still carries the cart of that time. */
async function customer(who: string, { daysAgo = 40, agreed = true } = {}) {
  await webhook(
    "orders/create",
    made.order((numbers += 1), who, `${who}@example.com`, after(now(), -daysAgo * day), {
      buyer_accepts_marketing: agreed,
      customer: { id: (numbers += 1), first_name: who },
    }),
  );
}

type Letter = { subject: string; html: string; text: string };
const letters = async (who: string) => (await (await fetch(`${world.url}/mail/api?whole&to=${who}@example.com`)).json()) as Letter[];
const profileOf = async (who: string) => (await app.db.profile.findFirstOrThrow({ where: { email: `${who}@example.com`, mergedInto: null } })).id;
const runsOf = async (who: string) =>
  app.db.flowRun.findMany({
    where: { profileId: await profileOf(who) },
    orderBy: { startedAt: "asc" },
    select: { flowKey: true, state: true, reason: true, arm: true },
  });

async function switchOn(key: "abandoned-checkout" | "browse-abandonment") {
  const one = await shop();
  await app.flows.noteTestMail(one, key, "me@shop.test", now());
  await app.flows.noteOtherMails(one, key, true, now());
  await app.flows.saveSettings(one, key, (await app.flows.findFlow(one.id, key)).settings, 0, now());
  expect(await app.flows.enable(one, key, now())).toEqual({ ok: true });
}

beforeAll(async () => {
  world = await enterWorld();
  app = await load();
  await app.queue();
  const { session } = await app.api().auth.tokenExchange({
    shop: domain,
    sessionToken: new URL(world.shopify.launchUrl(domain)).searchParams.get("id_token") ?? expect.unreachable(),
    requestedTokenType: "urn:shopify:params:oauth:token-type:offline-access-token" as never,
    expiring: true,
  });
  await app.storeSession(session);
  const one = await app.installed(domain, (session.scope ?? "").split(","), now());
  await app.refresh(one, now());
  await app.updateShop(one.id, { senderName: "Harbour & Pine", senderAddress: "hello@shop.test", postalAddress: "1 Quay, Leith", holdoutPercent: 0 });
}, 60_000);

afterAll(() => world.close());

test("a flow that is off starts nothing, and what was looked at before it was switched on is not written about", async () => {
  await customer("early");
  await look("early", product(0));
  await pass(5 * hour);
  expect(await app.flows.enable(await shop(), browse, now())).toEqual({ ok: false, missing: ["test-mail", "other-mails"] });
  await switchOn(browse);
  await pass(5 * hour);
  expect(await runsOf("early")).toEqual([]);
});

test("four hours after a look she gets one mail with the product as Shopify knows it; the click earns the order, without a recovery", async () => {
  await customer("ada");
  await look("ada", product(0));
  expect(await runsOf("ada")).toEqual([{ flowKey: browse, state: "active", reason: null, arm: "treated" }]);
  await pass(4 * hour - minute);
  expect(await letters("ada")).toEqual([]);
  await pass(2 * minute);
  const [letter] = await letters("ada");
  expect(letter?.subject).toBe("Still looking at Salt-glazed mug?");
  expect(letter?.html).toContain(`${world.url}/shop/pictures/salt-glazed-mug.svg`);
  expect(letter?.html).toMatch(/<img[^>]* alt="Salt-glazed mug"/);
  // The price is Shopify's, whatever the browser said.
  expect(letter?.text).toContain("from £18.50");
  expect(letter?.text.replace(/\s+/g, " ")).toContain("because you looked at Salt-glazed mug at Harbour & Pine");
  expect(await runsOf("ada")).toMatchObject([{ state: "done", reason: "every step done" }]);

  const link = /\/c\/([\w.-]+)/.exec(letter?.html ?? "")?.[1] ?? expect.unreachable();
  await pass(10 * minute);
  const target = await app.click(link, { method: "GET", userAgent: "Mozilla/5.0 (X11; Linux) Firefox/140.0" }, now());
  expect(target?.url.replace(/&comeback=[\da-f-]{36}$/, "")).toBe(`${world.url}/products/salt-glazed-mug?utm_source=comeback&utm_medium=email`);
  await pass(minute);
  await webhook("orders/create", made.order(901, "ada-2", "ada@example.com", now(), { customer: null }));
  expect(await app.db.credit.findMany({ where: { orderId: "901" }, select: { flowKey: true, by: true, recovered: true } })).toEqual([
    { flowKey: browse, by: "click", recovered: false },
  ]);
});

test("an anonymous visitor starts no run and is in no experiment", async () => {
  const assigned = await app.db.assignment.count();
  await look("nobody", product(0));
  await pass(5 * hour);
  expect(await app.db.assignment.count()).toBe(assigned);
  const alias = await app.db.profileAlias.findFirstOrThrow({ where: { kind: "visitor", key: "visitor-nobody" } });
  expect(await app.db.flowRun.count({ where: { profileId: alias.profileId } })).toBe(0);
});

test("who never agreed is not written to, and the run says so", async () => {
  await customer("cleo", { agreed: false });
  await look("cleo", product(1));
  await pass(5 * hour);
  expect(await letters("cleo")).toEqual([]);
  expect(await runsOf("cleo")).toMatchObject([{ state: "exited", reason: "no consent" }]);
});

test("who has just bought is left alone", async () => {
  await customer("dora", { daysAgo: 9 });
  await look("dora", product(1));
  await pass(5 * hour);
  expect(await runsOf("dora")).toEqual([]);
});

test("the mail is about what she looked at last, and not sent while she is still looking", async () => {
  await customer("eve");
  await look("eve", product(0));
  await pass(4 * hour - 30 * minute);
  await look("eve", product(2));
  await pass(40 * minute);
  expect(await letters("eve")).toEqual([]);
  expect(await runsOf("eve")).toMatchObject([{ state: "active", reason: "shopper is back" }]);
  await pass(hour);
  expect((await letters("eve")).map((one) => one.subject)).toEqual(["Still looking at Pine resin candle?"]);
});

test("something in a cart since then ends it at once", async () => {
  await customer("fay");
  await look("fay", product(0));
  await pass(hour);
  await tell("fay", "product.added-to-cart", { productId: product(0), variantId: "1", vendor: null, price: "18.50", currency: "GBP", quantity: 1 });
  expect(await runsOf("fay")).toMatchObject([{ state: "exited", reason: "cart or checkout since" }]);
  await pass(5 * hour);
  expect(await letters("fay")).toEqual([]);
});

test("a product that was taken away is not written about", async () => {
  await customer("gil");
  await look("gil", product(3));
  await pass(hour);
  await webhook("products/delete", { id: Number(product(3)) });
  await pass(4 * hour);
  expect(await runsOf("gil")).toMatchObject([{ state: "exited", reason: "product gone" }]);
  expect(await letters("gil")).toEqual([]);
});

test("a product that no browser can have seen is nobody's, and what is no id starts nothing", async () => {
  await customer("hal");
  await look("hal", "1");
  await pass(5 * hour);
  expect(await runsOf("hal")).toMatchObject([{ state: "exited", reason: "product gone" }]);
});

test("where Shopify does not answer the mail is held, not sent without its product, and goes when it does", async () => {
  await customer("ida");
  const state = world.shopify.shops.get(domain);
  const scopes = state.scopes;
  state.scopes = scopes.filter((one) => one !== "read_products");
  await look("ida", product(4));
  await pass(5 * hour);
  expect(await letters("ida")).toEqual([]);
  expect(await runsOf("ida")).toMatchObject([{ state: "active", reason: "product not known yet" }]);
  state.scopes = scopes;
  await pass(7 * hour);
  await pass(15 * minute);
  expect((await letters("ida")).map((one) => one.subject)).toEqual(["Still looking at Fisherman's jumper?"]);
});

test("who was reminded is not reminded of another look for two weeks", async () => {
  await customer("joy");
  await look("joy", product(0));
  await pass(5 * hour);
  expect(await letters("joy")).toHaveLength(1);
  await pass(3 * day);
  await look("joy", product(1));
  await pass(5 * hour);
  expect(await letters("joy")).toHaveLength(1);
  expect(await runsOf("joy")).toHaveLength(1);
  await pass(12 * day);
  await look("joy", product(2));
  await pass(5 * hour);
  expect((await letters("joy")).map((one) => one.subject)).toContain("Still looking at Pine resin candle?");
  expect(await runsOf("joy")).toHaveLength(2);
});

test("a run that another has overtaken does not remind a second time", async () => {
  await customer("kim");
  await look("kim", product(0));
  // As after a merge of two people who had one run each.
  const run = await app.db.flowRun.findFirstOrThrow({ where: { profileId: await profileOf("kim") } });
  await app.db.flowRun.create({ data: { ...run, id: run.id.replace(/.$/, (last) => (last === "0" ? "1" : "0")), subject: `${product(1)}/999999` } });
  await pass(5 * hour);
  expect(await letters("kim")).toHaveLength(1);
  expect((await runsOf("kim")).map((one) => one.reason).sort()).toEqual(["every step done", "reminded lately"]);
});

test("several workers at once send it once", async () => {
  await customer("lea");
  await look("lea", product(0));
  world.clock.move({ advance: "PT5H" });
  const one = await shop();
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (await app.flows.advanceOne(one, app.wire, now));
    }),
  );
  expect(await letters("lea")).toHaveLength(1);
});

test("a message whose content may have left is never sent again", async () => {
  await customer("mia");
  await look("mia", product(0));
  const run = await app.db.flowRun.findFirstOrThrow({ where: { profileId: await profileOf("mia") } });
  world.clock.move({ advance: "PT5H" });
  // As a worker leaves it that dies between the server's yes and its own note.
  await app.db.message.create({
    data: {
      shopId: run.shopId,
      id: run.id,
      flowKey: browse,
      runId: run.id,
      stepKey: "reminder",
      profileId: run.profileId,
      channel: "email",
      state: "data-started",
      claim: 1,
      claimedAt: after(now(), -10 * minute),
      createdAt: after(now(), -10 * minute),
    },
  });
  await settle();
  expect(await letters("mia")).toEqual([]);
  expect(await runsOf("mia")).toMatchObject([{ state: "done", reason: "every step done" }]);
  expect(await app.db.message.findFirstOrThrow({ where: { runId: run.id } })).toMatchObject({ state: "unknown" });
});

test("a checkout takes over from a look, and while it is under way a look starts nothing", async () => {
  await switchOn("abandoned-checkout");
  await customer("nia");
  const token = "nia-co";
  await webhook("checkouts/create", made.checkout(token, "nia@example.com", now(), { abandoned_checkout_url: `${world.url}/1/checkouts/ac/x/recover?key=k` }));
  await pass(30 * minute);
  await look("nia", product(0));
  expect(await runsOf("nia")).toEqual([{ flowKey: browse, state: "active", reason: null, arm: "treated" }]);
  await pass(40 * minute);
  expect(await runsOf("nia")).toMatchObject([
    { flowKey: browse, state: "exited", reason: "a checkout took over" },
    { flowKey: "abandoned-checkout", state: "active" },
  ]);
  expect((await letters("nia")).map((one) => one.subject)).toEqual(["You left something behind at Harbour & Pine"]);
  await pass(30 * hour);
  await look("nia", product(1));
  await pass(5 * hour);
  expect(await runsOf("nia")).toHaveLength(2);
  expect(await letters("nia")).toHaveLength(1);
});

test("in the holdout nobody is mailed, and a look the next day starts no second run", async () => {
  const one = await shop();
  await app.flows.saveSettings(one, browse, (await app.flows.findFlow(one.id, browse)).settings, 100, now());
  await customer("pat");
  await look("pat", product(0));
  expect(await runsOf("pat")).toEqual([{ flowKey: browse, state: "done", reason: "in the flow's holdout", arm: "holdout" }]);
  await pass(2 * day);
  await look("pat", product(1));
  await pass(5 * hour);
  expect(await runsOf("pat")).toHaveLength(1);
  expect(await letters("pat")).toEqual([]);
  const experiments = await app.db.assignment.findMany({
    where: { profileId: await profileOf("pat") },
    orderBy: { experiment: "asc" },
    select: { experiment: true, arm: true },
  });
  expect(experiments).toEqual([
    { experiment: "flow:browse-abandonment", arm: "holdout" },
    { experiment: "global", arm: "treated" },
  ]);
});
