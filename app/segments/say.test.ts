import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRule } from "../../test/rules.ts";
import type { Condition, ConditionOf, Length, Node, When } from "./rule.ts";
import { say, sentence, type Names } from "./say.ts";
import { standard, standardOf } from "./standard.ts";

const titles: Record<string, string> = { "1": "Mug", "2": "Bowl", "3": "Cup", c1: "Shoes", vip: "VIPs", welcome: "Welcome" };
const name = (id: string) => titles[id] ?? null;
const names: Names = { product: name, collection: name, segment: name, flow: name, currency: "GBP" };

const days = (amount: number): Length => ({ amount, unit: "days" });
const hours = (amount: number): Length => ({ amount, unit: "hours" });
const last = (amount: number): When & { kind: "last" } => ({ kind: "last", length: days(amount) });
const did = (what: ConditionOf<"did">["did"], change: Partial<ConditionOf<"did">> = {}): ConditionOf<"did"> => ({
  ...{ kind: "did", did: what, where: {}, times: { is: "at-least", n: 1 }, onDays: false, when: { kind: "ever" } },
  ...change,
});
const times = (is: "at-least" | "at-most" | "exactly", n: number) => ({ times: { is, n } });
const since = (what: ConditionOf<"did">["did"], where: ConditionOf<"did">["where"] = {}): When => ({ kind: "since", deed: { did: what, where } });
const orders = (change: Partial<ConditionOf<"orders">>): Condition => ({
  ...{ kind: "orders", measure: "spent", is: "at-least", value: 10000, where: {}, when: { kind: "ever" } },
  ...change,
});
const all = (...of: Node[]): Node => ({ kind: "all", of });
const any = (...of: Node[]): Node => ({ kind: "any", of });
const not = (of: Node): Node => ({ kind: "not", of });
const mail: Node = { kind: "has", what: "email" };

describe("a rule in plain English", () => {
  test.each<[rule: Node, text: string]>([
    [
      all(
        did("viewed-product", { where: { collections: ["c1"] }, ...times("at-least", 2), when: last(14) }),
        did("ordered", { ...times("exactly", 0), when: since("viewed-product", { collections: ["c1"] }) }),
      ),
      "viewed a product in *Shoes* at least 2 times in the last 14 days and did not order since",
    ],
    [
      all(did("viewed-product", { when: last(14) }), did("ordered", { ...times("exactly", 0), when: since("clicked-message") })),
      "viewed a product in the last 14 days and did not order since they last clicked a message",
    ],
    [did("viewed-product", { where: { products: ["1"] } }), "viewed *Mug*"],
    [did("viewed-product", { where: { products: ["1", "2"], vendors: ["Acme"] } }), "viewed *Mug* or *Bowl* by *Acme*"],
    [did("viewed-product", { where: { products: ["1", "2", "3", "4", "5"] } }), "viewed *Mug*, *Bowl*, *Cup* or 2 more"],
    [did("viewed-product", { where: { products: ["9"] } }), "viewed a product that is gone"],
    [
      did("added-to-cart", { where: { priceMinor: { atLeast: 1000, atMost: 2000 } }, when: last(1) }),
      "added a product for £10.00 to £20.00 to a cart in the last 24 hours",
    ],
    [did("ordered", { where: { products: ["1"], priceMinor: { atMost: 500 } } }), "ordered *Mug* for £5.00 or less"],
    [did("viewed-collection", { where: { collections: ["c1"] } }), "viewed *Shoes*"],
    [did("landed", { where: { sources: ["google"], campaigns: ["spring"] } }), "came from *google* through the campaign *spring*"],
    [did("left-form", { where: { forms: ["contact"] } }), "left the form *contact* unsent"],
    [did("clicked-message", { where: { flows: ["welcome"] }, ...times("exactly", 1) }), "clicked a message of *Welcome* exactly once"],
    [did("visited", { ...times("at-least", 2), onDays: true, when: last(30) }), "visited the shop on at least 2 days in the last 30 days"],
    [did("visited", { ...times("exactly", 1), onDays: true }), "visited the shop on exactly 1 day"],
    [did("visited", { ...times("at-least", 3), when: last(30) }), "visited the shop on at least 3 days in the last 30 days"],
    [did("visited", { when: last(30) }), "visited the shop in the last 30 days"],
    [did("viewed-product", { onDays: true }), "viewed a product on at least 1 day"],
    [did("searched", { ...times("at-most", 1), when: { kind: "last", length: hours(1) } }), "searched at most once in the last hour"],
    [did("searched", times("at-least", 0)), "searched any number of times"],
    [not(did("searched")), "did not search"],
    [not(did("searched", times("at-least", 3))), "searched at most 2 times"],
    [not(did("searched", times("at-most", 3))), "searched at least 4 times"],
    [not(did("searched", times("exactly", 0))), "searched"],
    [not(did("searched", times("exactly", 2))), "searched not exactly 2 times"],
    [did("ordered", { when: { kind: "ago", atLeast: days(90) } }), "ordered at least 90 days ago"],
    [did("ordered", { when: { kind: "ago", atLeast: days(31), lessThan: days(90) } }), "ordered 31 to 90 days ago"],
    [did("ordered", { when: { kind: "ago", atLeast: hours(1), lessThan: days(1) } }), "ordered at least 1 hour and less than 1 day ago"],
    [did("ordered", { when: { kind: "dates", from: "2026-11-01" } }), "ordered since 1 November 2026"],
    [did("ordered", { when: { kind: "dates", before: "2026-11-01" } }), "ordered before 1 November 2026"],
    [did("ordered", { when: { kind: "dates", from: "2026-11-01", before: "2026-12-01" } }), "ordered from 1 November 2026 to 30 November 2026"],
    [did("ordered", { when: { kind: "dates", from: "2026-11-27", before: "2026-11-28" } }), "ordered on 27 November 2026"],
    [orders({ when: last(90) }), "spent at least £100.00 in the last 90 days"],
    [orders({ measure: "average", is: "at-most" }), "spent at most £100.00 per order"],
    [orders({ where: { products: ["1"] } }), "spent at least £100.00 on orders with *Mug*"],
    [orders({ measure: "number", value: 1 }), "placed at least 1 order"],
    [not(orders({ measure: "average", when: last(90) })), "did not spend at least £100.00 per order in the last 90 days"],
    [not(orders({ measure: "average", is: "exactly", where: { products: ["1"] } })), "did not spend exactly £100.00 per order on orders with *Mug*"],
    [not(orders({ is: "exactly" })), "did not spend exactly £100.00"],
    [not(orders({ is: "at-most" })), "spent at least £100.01"],
    [not(orders({ measure: "number", is: "exactly", value: 2 })), "did not place exactly 2 orders"],
    [not(orders({ measure: "number", is: "exactly", value: 0 })), "placed at least 1 order"],
    [orders({ measure: "number", value: 2, where: { vendors: ["Acme"] } }), "placed at least 2 orders with a product by *Acme*"],
    [orders({ measure: "number", is: "exactly", value: 0 }), "placed no orders"],
    [{ kind: "order-date", which: "last", where: {}, when: { kind: "ago", atLeast: days(90) } }, "last ordered at least 90 days ago"],
    [{ kind: "order-date", which: "first", where: { products: ["1"] }, when: last(30) }, "first ordered *Mug* in the last 30 days"],
    [{ kind: "country", countries: ["FR", "GB"] }, "are in France or the United Kingdom"],
    [{ kind: "country", countries: ["US", "NL", "IE"] }, "are in the United States, the Netherlands or Ireland"],
    [not({ kind: "language", languages: ["de"] }), "do not read German"],
    [all(mail, not({ kind: "has", what: "phone" })), "have an email address and have no phone number"],
    [{ kind: "email-consent", states: ["single"] }, "agreed to email marketing"],
    [{ kind: "first-seen", when: last(7) }, "came for the first time in the last 7 days"],
    [{ kind: "first-landing", sources: ["google"] }, "first came from *google*"],
    [not({ kind: "in-segment", segment: "vip" }), "are not in *VIPs*"],
    [{ kind: "in-segment", segment: "gone" }, "are in a segment that is gone"],
    [{ kind: "rfm", recency: [4, 5], money: [5] }, "score 4 or 5 for recency and 5 for money"],
    [{ kind: "rfm-group", groups: ["champions", "loyal"] }, "are champions or loyal customers"],
    [not({ kind: "lifecycle", stages: ["lapsed"] }), "are not lapsed customers"],
    [{ kind: "chance-of-order", within: 90, chance: { is: "at-least", percent: 60 } }, "are at least 60% likely to order again within 90 days"],
    [
      not({ kind: "chance-of-order", within: 90, chance: { is: "at-least", percent: 50 } }),
      "are less than 50% likely to order again within 90 days (or nobody can say)",
    ],
    [
      not({ kind: "chance-of-order", within: 365, chance: { is: "at-most", percent: 5 } }),
      "are more than 5% likely to order again within 365 days (or nobody can say)",
    ],
    [not({ kind: "chance-of-order", within: 30, chance: { is: "at-least", percent: 0 } }), "have no known chance to order again within 30 days"],
    [{ kind: "expected-order", due: { kind: "within", length: days(14) } }, "are expected to order within 14 days"],
    [{ kind: "expected-order", due: { kind: "overdue", atLeast: days(7), lessThan: days(90) } }, "were expected back 7 to 90 days ago and have not ordered"],
    [not({ kind: "expected-order", due: { kind: "overdue", atLeast: hours(36) } }), "were not expected back at least 36 hours ago"],
    [{ kind: "predicted-spend", spend: { is: "at-least", value: 25000 } }, "are expected to spend at least £250.00 within a year"],
    [not({ kind: "predicted-spend", spend: { is: "at-least", value: 25000 } }), "are not expected to spend as much as £250.00 within a year"],
    [not({ kind: "predicted-spend", spend: { is: "at-most", value: 500 } }), "are expected to spend more than £5.00 within a year (or nobody can say)"],
    // Brackets only where they are needed.
    [all(mail, did("searched"), did("ordered")), "have an email address, searched and ordered"],
    [all(mail, any(did("searched"), did("ordered"))), "have an email address and (searched or ordered)"],
    [any(all(mail, did("searched")), did("ordered")), "(have an email address and searched) or ordered"],
    [all(any(all(mail))), "have an email address"],
    [all(mail, not(any(did("searched"), did("ordered")))), "have an email address and do not fit this: (searched or ordered)"],
    [not(not(mail)), "have an email address"],
    // Between alternatives nothing was said before.
    [
      any(did("viewed-product"), did("ordered", { ...times("exactly", 0), when: since("viewed-product") })),
      "viewed a product or did not order since they last viewed a product",
    ],
  ])("%#: %j", (rule, text) => expect(say(rule, names)).toBe(text));

  test.each([
    ["checkout-abandoners", "People who left a checkout with contact details at least 1 hour and less than 30 days ago without ordering since."],
    [
      "product-viewers",
      "People who viewed a product in the last 14 days, did not add a product to a cart since, did not fill a cart since, were not in a checkout since and did not order since.",
    ],
    ["form-abandoners", "People who left a form unsent in the last 14 days, did not send a form since and did not order since."],
    ["new-visitors", "People who came for the first time in the last 7 days and did not order."],
    ["returning-visitors", "People who visited the shop on at least 2 days in the last 30 days."],
    ["buyers-90", "People who last ordered 30 to 90 days ago."],
    ["high-value", "People who score 5 for money."],
  ])("%s", (key, text) => expect(sentence(standardOf(key)?.rule ?? expect.unreachable(), names)).toBe(text));

  test("every rule has a sentence with nothing missing, and none says the same as its opposite", () => {
    const whole = (text: string) => expect(text).toMatch(/^People who \S+( \S+)*\.$/);
    for (const one of standard) whole(sentence(one.rule, names));
    fc.assert(
      fc.property(anyRule, (rule) => {
        whole(sentence(rule, names));
        expect(sentence(rule, names)).not.toMatch(/undefined|null|NaN|-\d/);
        expect(say(rule, names)).not.toBe(say(not(rule), names));
      }),
      { numRuns: 2000 },
    );
  });
});
