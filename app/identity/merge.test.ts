import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Event, Person } from "../events/event.ts";
import { decide, tellingOf, type Decision, type Key, type KeyKind, type Known, type Telling } from "./merge.ts";

const at = new Date("2026-11-21T09:00:00Z");
const gid = (number: number | null) => (number === null ? null : `gid://shopify/Customer/${number}`);

/** What an event tells, from the keys it carries: `customer:1 email:ann@x.test cart:c1`. */
function told(keys: string): Telling {
  const list = keys
    .split(" ")
    .filter(Boolean)
    .map((one): Key => ({ kind: one.slice(0, one.indexOf(":")) as KeyKind, key: one.slice(one.indexOf(":") + 1) }));
  const find = (kind: KeyKind) => list.find((one) => one.kind === kind)?.key ?? null;
  return {
    keys: list,
    claimed: list.some((one) => one.kind === "visitor"),
    fields: { customerGid: find("customer"), email: find("email"), phone: null, firstName: null, lastName: null, country: null, locale: null },
  };
}

/** Who is known by which keys: `A/1: email:ann@x.test cart:c1` is profile A, of customer 1. */
function world(...lines: string[]): (key: Key) => Known | undefined {
  const by = new Map<string, Known>();
  for (const line of lines) {
    const [head = "", keys = ""] = line.split(/: (.*)/);
    const [id = "", customer] = head.split("/");
    const known: Known = { id, customerGid: customer ?? null, firstSeenAt: at, named: customer !== undefined || keys.includes("email:") };
    for (const key of keys.split(" ")) by.set(key, known);
  }
  return ({ kind, key }) => by.get(`${kind}:${key}`);
}

const short = (decision: Decision) => (decision.kind === "known" ? [decision.id, ...decision.absorbs].join(" + ") : decision.kind);

describe("whom a set of keys means", () => {
  test.each<[law: string, keys: string, known: string[], who: string]>([
    ["an event without a key is about nobody", "", [], "nobody"],
    ["keys nobody has are somebody new", "email:ann@x.test cart:c1", [], "new"],
    ["one known key is enough", "email:ann@x.test cart:c2", ["A: email:ann@x.test"], "A"],
    ["a visitor's cart becomes hers once she gives her address", "email:ann@x.test cart:c1", ["A: cart:c1"], "A"],
    ["her cart and her address were two, and are one", "email:ann@x.test cart:c1", ["A: email:ann@x.test", "B: cart:c1"], "A + B"],
    ["the stronger key is the one who stays", "checkout:k1 cart:c1", ["A: cart:c1", "B: checkout:k1"], "B + A"],
    [
      "three that one checkout ties together become one",
      "email:ann@x.test checkout:k1 cart:c1",
      ["A: email:ann@x.test", "B: checkout:k1", "C: cart:c1"],
      "A + B + C",
    ],
    ["keys of one profile absorb nobody", "email:ann@x.test checkout:k1", ["A: email:ann@x.test checkout:k1"], "A"],
    ["a customer takes her anonymous self along", "customer:1 email:ann@x.test", ["A/1: customer:1", "B: email:ann@x.test"], "A + B"],
    ["an anonymous profile becomes the customer", "customer:1 email:ann@x.test", ["A: email:ann@x.test"], "A"],
    ["another customer's address does not make her the same", "customer:1 email:shared@x.test", ["A/1: customer:1", "B/2: email:shared@x.test"], "A"],
    ["a new customer with another customer's address is somebody new", "customer:1 email:shared@x.test", ["B/2: email:shared@x.test"], "new"],
    ["a browser alone is somebody new", "visitor:v1", [], "new"],
    ["a browser's first cart is the browser's", "visitor:v1 cart:c1", ["A: visitor:v1"], "A"],
    ["a browser and its cart were two, and are one", "visitor:v1 cart:c1", ["A: visitor:v1", "B: cart:c1"], "B + A"],
    ["a browser becomes hers with the cart she named herself in", "visitor:v1 cart:c1", ["A: visitor:v1", "B: cart:c1 email:ann@x.test"], "B + A"],
    [
      "what happens in her browser is hers, another's cart in it is not",
      "visitor:v1 cart:c2",
      ["A: visitor:v1 email:ann@x.test", "B: cart:c2 email:bea@x.test"],
      "A",
    ],
    ["nor is a cart of nobody yet", "visitor:v1 cart:c2", ["A: visitor:v1 email:ann@x.test", "B: cart:c2"], "A"],
    [
      "a browser that names one's cart and another's checkout makes nobody the other",
      "visitor:v1 checkout:k1 cart:c2",
      ["A: checkout:k1 email:ann@x.test", "B: cart:c2 email:bea@x.test", "C: visitor:v1"],
      "A + C",
    ],
    ["two customers at one browser stay two", "visitor:v1 cart:c2", ["A/1: visitor:v1", "B/2: cart:c2"], "A"],
    ["a customer on another's computer leaves that cart alone", "customer:1 cart:c1", ["A/1: customer:1", "B/2: cart:c1"], "A"],
    [
      "a guest who types a customer's address from another customer's cart is the address",
      "email:ann@x.test cart:c1",
      ["A/1: email:ann@x.test", "B/2: cart:c1"],
      "A",
    ],
    [
      "one customer, then another, behind an anonymous address: only the stronger joins",
      "email:ann@x.test checkout:k1 cart:c1",
      ["A: email:ann@x.test", "B/1: checkout:k1", "C/2: cart:c1"],
      "A + B",
    ],
    ["who was merged by Shopify is still found by her former gid", "customer:2 email:ann@x.test", ["A/1: customer:1 customer:2 email:ann@x.test"], "A"],
  ])("%s", (_law, keys, known, who) => expect(short(decide(told(keys), world(...known)))).toBe(who));

  test("a merge by Shopify joins two customers, into the one it kept", () => {
    const merged = tellingOf(event("customer.merged", { keptGid: "1", deletedGid: "2" }));
    expect(short(decide(merged, world("A/2: customer:2", "B/1: customer:1"), true))).toBe("B + A");
    expect(short(decide(merged, world("A/2: customer:2"), true))).toBe("A");
    expect(short(decide(merged, world(), true))).toBe("new");
  });
});

describe("laws, for any keys and any past", () => {
  const kinds: KeyKind[] = ["customer", "email", "checkout", "cart"];
  const key = fc.record({ kind: fc.constantFrom(...kinds), key: fc.constantFrom("1", "2", "3") });
  const past = fc.array(fc.record({ customer: fc.constantFrom(null, 1, 2, 3), keys: fc.array(key, { maxLength: 4 }) }), { maxLength: 6 });

  /** A past that could be: a key belongs to one profile, and a customer key to that customer. */
  function findIn(people: { customer: number | null; keys: Key[] }[]) {
    const by = new Map<string, Known>();
    people.forEach(({ customer, keys }, index) => {
      const known: Known = { id: `P${index}`, customerGid: customer === null ? null : String(customer), firstSeenAt: at, named: customer !== null };
      if (customer !== null && !by.has(`customer ${customer}`)) by.set(`customer ${customer}`, known);
      for (const one of keys) if (one.kind !== "customer" && !by.has(`${one.kind} ${one.key}`)) by.set(`${one.kind} ${one.key}`, known);
    });
    return { find: (one: Key) => by.get(`${one.kind} ${one.key}`), known: [...new Set(by.values())] };
  }
  const asked = fc.uniqueArray(key, { selector: (one) => one.kind, maxLength: 4 }).map((keys) => told(keys.map((one) => `${one.kind}:${one.key}`).join(" ")));

  test("two customers are never joined unless Shopify joined them", () => {
    fc.assert(
      fc.property(asked, past, (telling, people) => {
        const { find, known } = findIn(people);
        const decision = decide(telling, find);
        if (decision.kind !== "known") return;
        const customers = [decision.id, ...decision.absorbs].map((id) => known.find((one) => one.id === id)?.customerGid ?? null);
        expect(new Set([...customers, telling.fields.customerGid].filter((one) => one !== null)).size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
  });

  test("the order in which the keys stand changes nothing", () => {
    fc.assert(
      fc.property(asked, past, fc.infiniteStream(fc.nat()), (telling, people, chance) => {
        const { find } = findIn(people);
        const shuffled = telling.keys
          .map((one) => ({ one, rank: chance.next().value as number }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ one }) => one);
        expect(decide({ ...telling, keys: shuffled }, find)).toEqual(decide(telling, find));
      }),
    );
  });

  test("nobody is absorbed twice, or by herself, or without being found", () => {
    fc.assert(
      fc.property(asked, past, fc.boolean(), (telling, people, forced) => {
        const { find } = findIn(people);
        const decision = decide(telling, find, forced);
        if (decision.kind !== "known") return;
        const all = [decision.id, ...decision.absorbs];
        expect(new Set(all).size).toBe(all.length);
        expect(all.every((id) => telling.keys.some((one) => find(one)?.id === id))).toBe(true);
      }),
    );
  });
});

function event<Name extends Event["name"]>(name: Name, data: unknown): Event {
  return { seq: 1n, name, sourceId: "s", sourceAt: at, occurredAt: at, subject: null, data } as Event;
}

const ann: Person = { customerGid: gid(1), email: " Ann@X.test ", phone: "07400 123456", firstName: "Ann", lastName: null, country: "GB", locale: "en-GB" };
const keysOf = (telling: Telling) => telling.keys.map((one) => `${one.kind}:${one.key}`);

describe("what an event tells about the person", () => {
  test("a cart knows only itself", () => expect(keysOf(tellingOf(event("cart.updated", { token: "c1" })))).toEqual(["cart:c1"]));

  test("a checkout carries every key, in one spelling", () => {
    const telling = tellingOf(event("checkout.updated", { token: "k1", cartToken: "c1", person: ann }));
    expect(keysOf(telling)).toEqual(["customer:gid://shopify/Customer/1", "email:ann@x.test", "checkout:k1", "cart:c1"]);
    expect(telling.fields).toMatchObject({ email: "ann@x.test", phone: "+447400123456" });
  });

  test.each(["order.placed", "order.paid", "order.updated", "order.cancelled"] as const)("%s joins by checkout and cart", (name) => {
    const nobody: Person = { customerGid: null, email: null, phone: null };
    expect(keysOf(tellingOf(event(name, { checkoutToken: "k1", cartToken: "c1", person: nobody })))).toEqual(["checkout:k1", "cart:c1"]);
  });

  test("what is no address is no key: nobody is found by it", () => {
    expect(keysOf(tellingOf(event("customer.updated", { ...ann, email: "a@x.test\r\nBcc: v@y.test" })))).toEqual(["customer:gid://shopify/Customer/1"]);
  });

  test("a phone is kept and is no key: households share one", () => {
    const telling = tellingOf(event("customer.updated", { ...ann, customerGid: null, email: null }));
    expect(telling.keys).toEqual([]);
    expect(telling.fields.phone).toBe("+447400123456");
  });

  test.each(["email-consent.changed", "sms-consent.changed"] as const)("%s is about its customer", (name) => {
    expect(keysOf(tellingOf(event(name, { customerGid: gid(1), email: "ann@x.test", phone: null, state: "single" })))).toEqual([
      "customer:gid://shopify/Customer/1",
      "email:ann@x.test",
    ]);
  });

  test.each(["product.updated", "inventory.changed", "order.refunded", "checkout.deleted", "message.clicked", "customer.deleted"] as const)(
    "%s is found without keys",
    (name) => {
      expect(tellingOf(event(name, {})).keys).toEqual([]);
    },
  );
});
