import { describe, expect, test } from "vitest";
import { finishedBy, type OrderFact } from "./facts.ts";

const order = (change: Partial<OrderFact>): OrderFact => ({
  orderId: "1",
  placedAt: new Date("2026-11-21T09:00:00Z"),
  cartToken: null,
  checkoutToken: null,
  ...change,
});

describe("an order finishes a checkout", () => {
  test.each<[law: string, order: OrderFact, checkout: { token: string; cartToken: string | null }, finished: boolean]>([
    ["that it names", order({ checkoutToken: "k1" }), { token: "k1", cartToken: null }, true],
    ["of the cart that it names", order({ cartToken: "c1", checkoutToken: "k2" }), { token: "k1", cartToken: "c1" }, true],
    ["but not another one", order({ checkoutToken: "k2", cartToken: "c2" }), { token: "k1", cartToken: "c1" }, false],
    ["and two unknown carts are not one cart", order({ checkoutToken: "k2" }), { token: "k1", cartToken: null }, false],
  ])("%s", (_law, one, checkout, finished) => expect(finishedBy(one, checkout)).toBe(finished));
});
