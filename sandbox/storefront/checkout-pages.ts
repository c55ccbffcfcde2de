// Shopify's checkout: who she is and where it goes, how it is sent, and the payment. Every step tells the pixel, and the webhooks.
import { addressPayload, countries } from "../shopify/address.ts";
import { lineName } from "../shopify/cart-payload.ts";
import type { Checkout, ShopState } from "../shopify/shop-state.ts";
import { standardShippingMinor } from "../shopify/storefront.ts";
import type { EventCheckout } from "./event-objects.ts";
import { orderObject } from "./objects.ts";
import { show } from "./show.ts";
import { type CheckoutStep, checkoutStep, type Happening } from "./standard-events.ts";
import { cookie, eventShop, forget, happened, landing, looksLikeEmail, rememberCart, text, type Visit } from "./visit.ts";

type At = (method: "get" | "post", path: string, run: (visit: Visit) => Promise<void> | void) => void;

const deliveryTitle = "Standard, 2 to 4 working days";

/** The pages of the checkout; `at` mounts one under `/shop/<name>`. */
export function checkoutPages(at: At): void {
  const begin = async (visit: Visit): Promise<void> => {
    const { shop, world, request, response, root, cart } = visit;
    if (!cart || cart.lines.length === 0) return response.redirect(303, `${root}cart`);
    const checkout = await world.store.enterCheckout(shop, cart);
    const code = cookie(request, "discount");
    const email = checkout.email ?? visit.customer?.email ?? null;
    if ((code && code !== checkout.code) || email !== checkout.email) {
      const { firstName, lastName, country } = visit.customer ?? checkout;
      await world.store.fillCheckout(shop, checkout, { ...(code && { code }), ...(email !== checkout.email && { email, firstName, lastName, country }) });
    }
    return response.redirect(303, `${root}checkouts/cn/${checkout.token}`);
  };
  at("get", "/checkout", begin);
  at("post", "/checkout", begin);

  at("get", "/checkouts/ac/:cart/recover", async (visit) => {
    const { shop, world, request, response, root } = visit;
    const checkout = shop.checkouts.findLast((one) => one.cartToken === request.params["cart"]);
    if (!checkout || checkout.key !== request.query["key"]) throw new Error("This link is not one of ours, or not any more");
    const code = text(request.query["discount"]);
    const campaign = /[?&]utm_/.test(request.originalUrl);
    if (campaign) checkout.landingSite = landing(visit);
    if (code && checkout.orderId === null) await world.store.fillCheckout(shop, checkout, { code });
    const cart = shop.carts.find((one) => one.token === checkout.cartToken);
    if (cart) rememberCart(visit, cart);
    // How she came travels on to the page that she sees, where a pixel can read it.
    const query = new URLSearchParams(
      Object.entries(request.query).filter((entry): entry is [string, string] => entry[0].startsWith("utm_") && typeof entry[1] === "string"),
    );
    response.redirect(302, `${root}checkouts/cn/${checkout.token}${query.size > 0 ? `?${query}` : ""}`);
  });

  at("get", "/checkouts/cn/:token", async (visit) => {
    const { response, root } = visit;
    const checkout = checkoutOf(visit);
    if (checkout.orderId !== null) return response.redirect(302, `${root}checkouts/cn/${checkout.token}/thank-you`);
    // Every entry starts it, as Shopify says; a step back and forth within it does not.
    const entered = visit.request.query["step"] === undefined;
    return showCheckout(visit, checkout, { happenings: entered ? [told(visit, "checkout_started", checkout)] : [] });
  });

  at("post", "/checkouts/cn/:token", async (visit) => {
    const { shop, world, request, response, root } = visit;
    const checkout = openCheckout(visit);
    const entry = request.body as Record<string, string | undefined>;
    const email = (entry["email"] ?? "").trim();
    if (!looksLikeEmail(email)) return showCheckout(visit, checkout, { error: "Enter a valid email address", status: 422 });
    const firstName = entry["firstName"]?.trim() ?? "";
    const lastName = entry["lastName"]?.trim() ?? "";
    const country = countries.find((one) => one.code === entry["country"])?.code ?? shop.countryCode;
    await world.store.fillCheckout(shop, checkout, { email, firstName, lastName, country, acceptsMarketing: entry["marketing"] === "yes" });
    happened(visit, checkout.cartToken, told(visit, "checkout_contact_info_submitted", checkout), told(visit, "checkout_address_info_submitted", checkout));
    return response.redirect(303, `${root}checkouts/cn/${checkout.token}?step=payment`);
  });

  at("post", "/checkouts/cn/:token/discount", async (visit) => {
    const { shop, world, request, response, root } = visit;
    const checkout = openCheckout(visit);
    await world.store.fillCheckout(shop, checkout, { code: text((request.body as Record<string, unknown>)["code"]) ?? null });
    response.redirect(303, `${root}checkouts/cn/${checkout.token}?step=payment`);
  });

  at("post", "/checkouts/cn/:token/pay", async (visit) => {
    const { shop, world, response, root } = visit;
    const checkout = openCheckout(visit);
    checkout.delivery = deliveryTitle; // no webhook says how it is sent, so none is sent
    happened(visit, checkout.cartToken, told(visit, "checkout_shipping_info_submitted", checkout), told(visit, "payment_info_submitted", checkout));
    await world.store.pay(shop, checkout);
    happened(visit, checkout.cartToken, told(visit, "checkout_completed", checkout));
    forget(visit, "cart");
    forget(visit, "discount");
    response.redirect(303, `${root}checkouts/cn/${checkout.token}/thank-you`);
  });

  at("get", "/checkouts/cn/:token/thank-you", async (visit) => {
    const { shop, root } = visit;
    const checkout = checkoutOf(visit);
    const order = shop.orders.find((one) => one.id === checkout.orderId);
    if (!order) throw new Error("This checkout has not been paid for");
    await show(
      visit,
      "checkout/thank-you",
      { order: orderObject(order, root), first_name: checkout.firstName || "friend", delivery: deliveryTitle, address: addressLines(checkout) },
      { title: "Thank you", layout: "checkout", pendingOf: checkout.cartToken },
    );
  });
}

function checkoutOf({ shop, request }: Visit): Checkout {
  const found = shop.checkouts.find((one) => one.token === request.params["token"]);
  if (!found) throw new Error("There is no such checkout");
  return found;
}

function openCheckout(visit: Visit): Checkout {
  const checkout = checkoutOf(visit);
  if (checkout.orderId !== null) throw new Error("This checkout has been paid for");
  return checkout;
}

async function showCheckout(visit: Visit, checkout: Checkout, options: { happenings?: Happening[]; error?: string; status?: number }): Promise<void> {
  const { shop, world, root, request } = visit;
  const codes = world.store.codesOf(shop, checkout);
  const off = codes.reduce((sum, code) => sum + code.amountMinor, 0);
  const subtotal = checkout.lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0);
  // What she typed and was refused stays in the form.
  const typed = options.error ? (request.body as Record<string, string | undefined>) : {};
  await show(
    visit,
    "checkout/checkout",
    {
      checkout: {
        url: `${root}checkouts/cn/${checkout.token}`,
        email: typed["email"] ?? checkout.email ?? "",
        first_name: typed["firstName"] ?? checkout.firstName,
        last_name: typed["lastName"] ?? checkout.lastName,
        country: checkout.country,
        accepts_marketing: checkout.acceptsMarketing,
        known: checkout.email !== null && !options.error,
        address: addressLines(checkout),
        code: checkout.code ?? "",
        code_refused: checkout.code !== null && codes.length === 0,
        discounts: codes.map((code) => ({ code: code.code, amount: code.amountMinor })),
        lines: checkout.lines.map((line) => ({
          title: lineName(line),
          quantity: line.quantity,
          price: line.priceMinor * line.quantity,
          image: { src: `/shop/pictures/${shop.products.find((product) => product.id === line.productId)?.handle ?? ""}.svg` },
        })),
        subtotal,
        shipping: standardShippingMinor,
        total: subtotal - off + standardShippingMinor,
      },
      delivery: deliveryTitle,
      countries,
      error: options.error ?? null,
    },
    { title: "Checkout", layout: "checkout", pendingOf: checkout.cartToken, happenings: options.happenings ?? [], status: options.status ?? 200 },
  );
}

/** The address of a shopper of this world: she types her name and her country, the rest is invented. */
function addressLines(checkout: Checkout): string[] {
  const { name, address1, zip, city, country } = addressPayload(checkout);
  return [name, address1, `${city} ${zip}`, country];
}

function told(visit: Visit, step: CheckoutStep, checkout: Checkout): Happening {
  const { shop, world } = visit;
  return checkoutStep(eventShop(shop), step, eventCheckout(shop, checkout, world.store.codesOf(shop, checkout), step));
}

function eventCheckout(shop: ShopState, checkout: Checkout, discountCodes: EventCheckout["discountCodes"], step: CheckoutStep): EventCheckout {
  const order = shop.orders.find((one) => one.id === checkout.orderId);
  return {
    ...checkout,
    discountCodes,
    addressGiven: checkout.firstName !== "" && step !== "checkout_contact_info_submitted",
    delivery: checkout.delivery ? { title: checkout.delivery, priceMinor: standardShippingMinor } : null,
    order: order
      ? { id: order.id, customerId: order.customerId, isFirst: shop.orders.filter((one) => one.customerId === order.customerId).length === 1 }
      : null,
    paid: order !== undefined,
  };
}
