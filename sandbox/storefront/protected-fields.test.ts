import { expect, test } from "vitest";
import { withoutProtected } from "./protected-fields.ts";

const event = {
  name: "checkout_started",
  data: { checkout: { email: "a@b.test", token: "t", shippingAddress: { firstName: "Ada", city: "Whitby", country: "GB" }, lineItems: [{ title: "Mug" }] } },
};

test("without scopes every personal field is null, and nothing else is touched", () => {
  expect(withoutProtected(event, ["read_customer_events"])).toEqual({
    name: "checkout_started",
    data: { checkout: { email: null, token: "t", shippingAddress: { firstName: null, city: null, country: "GB" }, lineItems: [{ title: "Mug" }] } },
  });
});

test("each scope opens its own fields", () => {
  expect(withoutProtected(event, ["read_customer_email", "read_customer_name"]).data.checkout).toMatchObject({
    email: "a@b.test",
    shippingAddress: { firstName: "Ada", city: null },
  });
});
