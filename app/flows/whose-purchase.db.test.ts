// Somebody leaves a checkout, and then somebody buys: is it her, and is she still reminded? Every row goes through the whole product.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMailbox, openLetter } from "../../sandbox/mail/mailbox.ts";
import { openPostOffice } from "../../sandbox/mail/post-office.ts";
import * as made from "../../test/factories/webhooks.ts";
import { webhook as delivered } from "../../test/factories/webhooks.ts";
import { after, day, hour, minute } from "../lib/time.ts";

const shops = ["whose.myshopify.com", "whose-two.myshopify.com"] as const;
const mailbox = createMailbox();
let now = new Date("2026-03-01T10:00:00Z");
let office: Awaited<ReturnType<typeof openPostOffice>>;
let app: Awaited<ReturnType<typeof load>>;

async function load() {
  return {
    ...(await import("../capture/receive.server.ts")),
    ...(await import("../capture/pixel.server.ts")),
    ...(await import("../capture/pixel-event.ts")),
    ...(await import("../db.server.ts")),
    ...(await import("../queue.server.ts")),
    ...(await import("../shops/refresh.server.ts")),
    ...(await import("../shops/load.server.ts")),
    ...(await import("../pipeline/process-event.server.ts")),
    ...(await import("../pipeline/same-person.server.ts")),
    ...(await import("../pipeline/sweep.server.ts")),
    ...(await import("../tx.server.ts")),
    ...(await import("../connectors/wire.server.ts")),
    ...(await import("../messages/respond.server.ts")),
    flows: { ...(await import("./settings.server.ts")), ...(await import("./start.server.ts")), ...(await import("./run.server.ts")) },
  };
}

const shopOf = async (domain: string) => (await app.shopByDomain(domain)) ?? expect.unreachable();

/** What the worker would do now. */
async function settle() {
  for (const domain of shops) {
    while ((await app.processBatch(await shopOf(domain), now)) > 0);
    await app.sweep(now);
    const one = await shopOf(domain);
    while ((await app.transaction((tx) => app.flows.follow(one, now, tx))) > 0);
    while (await app.flows.advanceOne(await shopOf(domain), app.wire, () => now));
    while ((await app.processBatch(await shopOf(domain), now)) > 0);
  }
}

async function pass(milliseconds: number) {
  now = after(now, milliseconds);
  await settle();
}

async function webhook(topic: string, payload: unknown, domain: string = shops[0]) {
  expect(await app.receive(delivered(domain, topic, payload, now))).toBe("accepted");
  await settle();
}

let number = 0;
async function browse(visitor: string, tokens: { cart?: string; checkout?: string }, name = "page.viewed", data: object = { path: "/" }) {
  const read = app.readPixelEvents(
    [{ id: `e${(number += 1)}`, name, at: now.toISOString(), visitor, cart: tokens.cart ?? null, checkout: tokens.checkout ?? null, data }],
    now,
  );
  if (!read.ok) expect.unreachable(read.message);
  await app.receivePixel({ domain: shops[0], events: read.value });
  await settle();
}

beforeAll(async () => {
  office = await openPostOffice(mailbox, () => now, 0);
  process.env.SMTP_URL = office.smtpUrl;
  app = await load();
  await app.queue();
  for (const domain of shops) {
    const one = await app.installed(domain, ["read_orders"], now);
    await app.updateShop(one.id, {
      senderName: "Whose",
      senderAddress: "hello@whose.test",
      postalAddress: "1 Quay, Leith",
      country: "GB",
      currency: "GBP",
      holdoutPercent: 0,
    });
    await app.flows.noteTestMail(one, "abandoned-checkout", "me@whose.test", now);
    await app.flows.noteOtherMails(one, "abandoned-checkout", true, now);
    await app.flows.saveSettings(one, "abandoned-checkout", (await app.flows.findFlow(one.id, "abandoned-checkout")).settings, 0, now);
    expect(await app.flows.enable(await shopOf(domain), "abandoned-checkout", now)).toEqual({ ok: true });
  }
}, 60_000);

afterAll(async () => {
  await office.close();
});

/** The names of one row: every row has people, tokens and browsers of its own. */
function names(row: number) {
  return {
    ...{ ann: `ann${row}@x.test`, home: `home${row}@x.test`, bea: `bea${row}@x.test` },
    ...{ mine: `checkout-${row}`, other: `elsewhere-${row}`, visitor: `visitor-${row}-1`, second: `visitor-${row}-2` },
    ...{ phone: `+4474001${String(10000 + row).slice(1)}0`, customer: 100_000 + row, customer2: 200_000 + row, id: 300_000 + row },
  };
}
type Names = ReturnType<typeof names>;

const person = (id: number, email: string) => ({ customer: { id, admin_graphql_api_id: `gid://shopify/Customer/${id}`, email } });
const customerOf = (id: number, email: string) => ({ id, admin_graphql_api_id: `gid://shopify/Customer/${id}`, email, updated_at: now.toISOString() });
const elsewhere = { cart_token: null, checkout_token: null };
const left = (token: string, email: string | null, extra: Record<string, unknown> = {}) =>
  webhook(
    "checkouts/create",
    made.checkout(token, email ?? "", now, { abandoned_checkout_url: `https://${shops[0]}/r`, ...(email === null ? { email: null } : {}), ...extra }),
  );
const bought = (one: Names, token: string | null, email: string | null, extra: Record<string, unknown> = {}) =>
  webhook("orders/create", made.order(one.id, token, email, now, extra));

type Row = { law: string; happens: (one: Names) => Promise<void>; people: (one: Names) => string[][]; sent: boolean; reason: string | null };

const rows: Row[] = [
  {
    law: "nobody buys: she is reminded",
    happens: async () => {},
    people: (one) => [[`email:${one.ann}`]],
    sent: true,
    reason: null,
  },
  {
    law: "somebody else buys something else: she is reminded",
    happens: (one) => bought(one, one.other, one.bea),
    people: (one) => [[`email:${one.ann}`], [`email:${one.bea}`, `order:${one.id}`]],
    sent: true,
    reason: null,
  },
  {
    law: "another address, the same checkout",
    happens: (one) => bought(one, one.mine, one.home),
    people: (one) => [[`email:${one.ann}`, `email:${one.home}`, `order:${one.id}`]],
    sent: false,
    reason: "ordered",
  },
  {
    law: "another address, the same cart in another checkout",
    happens: (one) => bought(one, one.other, one.home, { cart_token: `cart-${one.mine}` }),
    people: (one) => [[`email:${one.ann}`, `email:${one.home}`, `order:${one.id}`]],
    sent: false,
    reason: "ordered",
  },
  {
    law: "another address that is another customer of the shop: two people, one purchase",
    happens: async (one) => {
      await webhook("customers/create", customerOf(one.customer, one.ann));
      await bought(one, one.mine, one.home, person(one.customer2, one.home));
    },
    people: (one) => [
      [`customer:gid://shopify/Customer/${one.customer}`, `email:${one.ann}`],
      [`customer:gid://shopify/Customer/${one.customer2}`, `email:${one.home}`, `order:${one.id}`],
    ],
    sent: false,
    reason: "ordered",
  },
  {
    law: "a guest, then an account with another address for its orders",
    happens: async (one) => {
      await webhook("customers/create", customerOf(one.customer, one.ann));
      await bought(one, null, one.home, { ...elsewhere, ...person(one.customer, one.ann) });
    },
    people: (one) => [[`customer:gid://shopify/Customer/${one.customer}`, `email:${one.ann}`, `email:${one.home}`, `order:${one.id}`]],
    sent: false,
    reason: "ordered",
  },
  {
    law: "a second device, with another cart",
    happens: async (one) => {
      await browse(one.visitor, { checkout: one.mine });
      await browse(one.second, { checkout: one.other });
      await bought(one, one.other, one.ann);
    },
    people: (one) => [[`email:${one.ann}`, `order:${one.id}`, `visitor:${one.visitor}`, `visitor:${one.second}`]],
    sent: false,
    reason: "ordered",
  },
  {
    law: "a shared device: two people, and whether it was her is not certain",
    happens: async (one) => {
      await browse(one.visitor, { checkout: one.mine });
      await browse(one.visitor, { checkout: one.other });
      await bought(one, one.other, one.bea);
    },
    people: (one) => [
      [`email:${one.ann}`, `visitor:${one.visitor}`],
      [`email:${one.bea}`, `order:${one.id}`],
    ],
    sent: false,
    reason: "may have ordered",
  },
  {
    law: "a draft order by the shop's staff does not count, as the setting says",
    happens: (one) => bought(one, null, one.ann, { ...elsewhere, source_name: "shopify_draft_order" }),
    people: (one) => [[`email:${one.ann}`, `order:${one.id}`]],
    sent: true,
    reason: null,
  },
  {
    law: "a phone alone, that nobody else gave",
    happens: async (one) => {
      await webhook("checkouts/update", made.checkout(one.mine, one.ann, now, { abandoned_checkout_url: `https://${shops[0]}/r`, phone: one.phone }));
      await bought(one, null, null, { ...elsewhere, phone: one.phone });
    },
    people: (one) => [[`email:${one.ann}`, `order:${one.id}`, `phone:${one.phone}`]],
    sent: false,
    reason: "ordered",
  },
  {
    law: "a household's phone: nobody's order, and perhaps hers",
    happens: async (one) => {
      await webhook("checkouts/update", made.checkout(one.mine, one.ann, now, { abandoned_checkout_url: `https://${shops[0]}/r`, phone: one.phone }));
      await webhook("customers/create", { ...customerOf(one.customer2, one.bea), phone: one.phone });
      await bought(one, null, null, { ...elsewhere, phone: one.phone });
    },
    people: (one) => [
      [`email:${one.ann}`],
      [`customer:gid://shopify/Customer/${one.customer2}`, `email:${one.bea}`],
      [`order:${one.id}`],
      [`phone:${one.phone}`],
    ],
    sent: false,
    reason: "may have ordered",
  },
  {
    law: "a gift: sent to somebody else, bought by her",
    happens: (one) =>
      bought(one, null, one.ann, { ...elsewhere, shipping_address: { first_name: "Bea", last_name: "B", country_code: "GB", phone: one.phone } }),
    people: (one) => [[`email:${one.ann}`, `order:${one.id}`, `phone:${one.phone}`]],
    sent: false,
    reason: "ordered",
  },
  {
    law: "a gift list: whom she sends to buys something for herself, which may be what she wanted",
    happens: async (one) => {
      await webhook(
        "checkouts/update",
        made.checkout(one.mine, one.ann, now, {
          abandoned_checkout_url: `https://${shops[0]}/r`,
          shipping_address: { first_name: "Bea", country_code: "GB", phone: one.phone },
        }),
      );
      await bought(one, one.other, one.bea, { phone: one.phone });
    },
    people: (one) => [[`email:${one.ann}`], [`email:${one.bea}`, `order:${one.id}`], [`phone:${one.phone}`]],
    sent: false,
    reason: "may have ordered",
  },
  {
    law: "the same address in another shop is another person",
    happens: (one) => webhook("orders/create", made.order(one.id, one.mine, one.ann, now, {}), shops[1]),
    people: (one) => [[`email:${one.ann}`]],
    sent: true,
    reason: null,
  },
];

/** Who is one person, as far as these keys go, in the first shop. */
async function peopleAmong(keys: string[]): Promise<string[][]> {
  const { id: shopId } = await shopOf(shops[0]);
  const groups = new Map<string, string[]>();
  for (const one of await app.db.profileAlias.findMany({ where: { shopId } })) {
    const key = `${one.kind}:${one.key}`;
    if (keys.includes(key)) groups.set(one.profileId, [...(groups.get(one.profileId) ?? []), key]);
  }
  return sorted([...groups.values()]);
}
const sorted = (groups: string[][]) => groups.map((one) => [...one].sort()).sort((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1));

describe("a checkout is left, and then", () => {
  test.each(rows.map((row, index) => ({ ...row, index })))("$law", async ({ happens, people, sent, reason, index }) => {
    const one = names(index);
    await left(one.mine, one.ann);
    await pass(20 * minute);
    await happens(one);
    await pass(61 * minute);
    expect(await peopleAmong(people(one).flat())).toEqual(sorted(people(one)));
    expect(mailbox.list(one.ann).length > 0).toBe(sent);
    const run = await app.db.flowRun.findFirst({ where: { shopId: (await shopOf(shops[0])).id, subject: one.mine } });
    // Where she ordered within the hour there was nothing to remind of, and no run.
    if (run !== null && reason !== null) expect(run).toMatchObject({ state: "exited", reason });
    else if (!sent) expect(reason).toBe("ordered");
    now = after(now, day);
  });
});

test("a draft order counts where the shop counts them", async () => {
  const shop = await shopOf(shops[0]);
  await app.updateShop(shop.id, { countOffline: true });
  const one = names(50);
  await left(one.mine, one.ann);
  await pass(20 * minute);
  await bought(one, null, one.ann, { ...elsewhere, source_name: "shopify_draft_order" });
  await pass(2 * hour);
  expect(mailbox.list(one.ann)).toHaveLength(0);
  await app.updateShop(shop.id, { countOffline: false });
});

test("who follows the link of a mail on another device and pays with another address there gets no second mail", async () => {
  const one = names(60);
  await left(one.mine, one.ann);
  await pass(61 * minute);
  const letter = await openLetter(mailbox.list(one.ann)[0] ?? expect.unreachable());
  const token = /https:\/\/app\.comeback\.test\/c\/([\w.-]+)/.exec(letter.html)?.[1] ?? expect.unreachable();
  const agent = "Mozilla/5.0 (X11; Linux) Firefox/140.0";
  // A scanner's click tells nothing of a browser.
  const scanned = await app.click(token, { method: "HEAD", userAgent: agent }, now);
  expect(scanned?.url).not.toContain("comeback=");
  await pass(10 * minute);
  const followed = await app.click(token, { method: "GET", userAgent: agent }, now);
  const id = new URL(followed?.url ?? "").searchParams.get("comeback") ?? expect.unreachable();
  await browse(one.second, {}, "landing.arrived", { path: "/", referrer: null, utm: {}, click: { kind: "comeback", id } });
  const shopId = (await shopOf(shops[0])).id;
  const mine = await app.db.profileAlias.findFirstOrThrow({ where: { shopId, kind: "email", key: one.ann } });
  const browser = await app.db.profileAlias.findFirstOrThrow({ where: { shopId, kind: "visitor", key: one.second } });
  expect(browser).toMatchObject({ profileId: mine.profileId, level: "click" });

  await pass(hour);
  await browse(one.second, { cart: `cart-${one.other}` });
  await bought(one, one.other, one.home);
  await pass(4 * day);
  expect(mailbox.list(one.ann)).toHaveLength(1);
  expect(await app.db.flowRun.findFirst({ where: { shopId, subject: one.mine } })).toMatchObject({ state: "exited", reason: "may have ordered" });
});

test("a link that is kept, and opened the next day, makes nobody her; nor does a made-up one", async () => {
  const one = names(70);
  await left(one.mine, one.ann);
  await pass(61 * minute);
  const letter = await openLetter(mailbox.list(one.ann)[0] ?? expect.unreachable());
  const token = /https:\/\/app\.comeback\.test\/c\/([\w.-]+)/.exec(letter.html)?.[1] ?? expect.unreachable();
  const followed = await app.click(token, { method: "GET", userAgent: "Mozilla/5.0 (X11; Linux) Firefox/140.0" }, after(now, 5 * minute));
  const id = new URL(followed?.url ?? "").searchParams.get("comeback") ?? expect.unreachable();
  await pass(day);
  await browse(one.visitor, {}, "landing.arrived", { path: "/", referrer: null, utm: {}, click: { kind: "comeback", id } });
  await browse(one.second, {}, "landing.arrived", {
    path: "/",
    referrer: null,
    utm: {},
    click: { kind: "comeback", id: "01a21773-d9f1-77da-b7df-e12546edc3b6" },
  });
  expect(await peopleAmong([`email:${one.ann}`, `visitor:${one.visitor}`, `visitor:${one.second}`])).toHaveLength(3);
});

test("two who were both being reminded turn out to be one: one run goes on, and nobody is mailed twice", async () => {
  const one = names(80);
  await left(one.mine, one.ann);
  await left(one.other, one.home);
  await pass(61 * minute);
  expect([mailbox.list(one.ann).length, mailbox.list(one.home).length]).toEqual([1, 1]);
  await webhook(
    "checkouts/update",
    made.checkout(one.other, one.home, now, { abandoned_checkout_url: `https://${shops[0]}/r`, ...person(one.customer, one.ann) }),
  );
  await webhook("customers/create", customerOf(one.customer, one.ann));
  await pass(hour);
  const shopId = (await shopOf(shops[0])).id;
  const runs = await app.db.flowRun.findMany({ where: { shopId, subject: { in: [one.mine, one.other] } } });
  expect(new Set(runs.map((run) => run.profileId)).size).toBe(1);
  expect(runs.map((run) => `${run.state} ${run.reason ?? ""}`).sort()).toEqual(["active ", "exited another run of the same person goes on"]);
  await pass(4 * day);
  expect(mailbox.list(one.ann).length + mailbox.list(one.home).length).toBe(3);
});

test("a merge that was taken back: each has again what was hers, and the two stay apart", async () => {
  const one = names(90);
  const shop = await shopOf(shops[0]);
  const idOf = async (kind: string, key: string) => (await app.db.profileAlias.findFirstOrThrow({ where: { shopId: shop.id, kind, key } })).profileId;
  await browse(one.visitor, { checkout: one.mine }, "product.viewed", { productId: "77", variantId: null, vendor: null, price: null, currency: null });
  await left(one.mine, one.ann);
  await left(one.other, one.home, { buyer_accepts_marketing: false });
  await bought(one, null, one.home, elsewhere);
  const [ann, home] = [await idOf("email", one.ann), await idOf("email", one.home)];
  const known = async () => ({
    aliases: (
      await app.db.profileAlias.findMany({ where: { shopId: shop.id, profileId: { in: [ann, home] } }, orderBy: [{ kind: "asc" }, { key: "asc" }] })
    ).map(({ kind, key, profileId }) => [kind, key, profileId === ann ? "ann" : "home"]),
    consent: (await app.db.consentRecord.findMany({ where: { shopId: shop.id, profileId: { in: [ann, home] } }, orderBy: { sourceId: "asc" } })).map(
      ({ profileId, state, key }) => [profileId === ann ? "ann" : "home", state, key],
    ),
    visits: (await app.db.visit.findMany({ where: { shopId: shop.id, profileId: { in: [ann, home] } } })).map(({ visitor, profileId }) => [
      visitor,
      profileId === ann,
    ]),
    members: (await app.db.membership.findMany({ where: { shopId: shop.id, profileId: { in: [ann, home] } } }))
      .map(({ segmentKey, profileId }) => `${segmentKey} ${profileId === ann ? "ann" : "home"}`)
      .sort(),
    orders: (await app.db.placedOrder.findMany({ where: { shopId: shop.id, orderId: String(one.id) } })).map(({ profileId }) => profileId === home),
    people: (await app.db.profile.findMany({ where: { shopId: shop.id, id: { in: [ann, home] } }, orderBy: { email: "asc" } })).map(({ email, mergedInto }) => [
      email,
      mergedInto,
    ]),
    arms: await app.db.assignment.findMany({
      where: { shopId: shop.id, profileId: { in: [ann, home] } },
      orderBy: [{ experiment: "asc" }, { profileId: "asc" }],
    }),
    runs: (await app.db.flowRun.findMany({ where: { shopId: shop.id, profileId: { in: [ann, home] } } })).map(({ subject, profileId }) => [
      subject,
      profileId === ann,
    ]),
    messages: (await app.db.message.findMany({ where: { shopId: shop.id, profileId: { in: [ann, home] } } })).map(({ toAddress, profileId }) => [
      toAddress,
      profileId === ann,
    ]),
  });
  await pass(61 * minute);
  const before = await known();
  expect(before.runs).toHaveLength(1);
  expect(before.messages).toEqual([[one.ann, true]]);

  const both = made.order(one.id + 5000, one.mine, one.home, now, { cart_token: null });
  await webhook("orders/create", both);
  expect(await idOf("email", one.home)).toBe(await idOf("email", one.ann));
  const merge = await app.db.profileMerge.findFirstOrThrow({ where: { shopId: shop.id, loserId: { in: [ann, home] }, undoneAt: null } });
  expect(merge.reason).toBe("token");

  expect(await app.takeBack(shop, "nothing", now)).toBe("gone");
  expect(await app.takeBack(await shopOf(shops[1]), merge.id, now)).toBe("gone");
  expect(await app.takeBack(shop, merge.id, now)).toBe("done");
  expect(await app.takeBack(shop, merge.id, now)).toBe("gone");
  await settle();
  const after_ = await known();
  // The order that joined them is hers whose address it names; all else is as it was.
  const without = ({ aliases, consent, ...rest }: Awaited<ReturnType<typeof known>>) => ({
    ...rest,
    aliases: aliases.filter(([, key]) => key !== String(one.id + 5000)),
    consent: consent.filter(([, , key]) => key !== `order:${one.id + 5000}`),
  });
  // Her checkout is finished by that order, whoever paid: she left it behind no longer. The other has now ordered twice, and spent more.
  const changed = (member: string) => member.includes("abandoners ann") || ["repeat-buyers home", "high-value home"].includes(member);
  const open = ({ members, ...rest }: ReturnType<typeof without>) => ({ ...rest, members: members.filter((member) => !changed(member)) });
  expect(open(without(after_))).toEqual(open(without(before)));
  expect(await idOf("order", String(one.id + 5000))).toBe(home);

  // The same evidence again joins nobody.
  await webhook("orders/updated", { ...both, updated_at: after(now, minute).toISOString() });
  expect(await idOf("email", one.home)).not.toBe(await idOf("email", one.ann));
});
