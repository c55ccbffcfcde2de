// Orders, customers and abandoned checkouts, read from the shops of the world.
import { GraphQLError } from "graphql";
import { connection, search } from "./connection.ts";
import type { ApiContext, Resolver } from "./graphql-execution.ts";
import { gid, idOf } from "./ids.ts";
import { orderTotalMinor } from "./order-payload.ts";
import { totals } from "./checkout-payload.ts";
import { applyCode } from "./discounts.ts";
import { money, moneyBag } from "./shop-resolvers.ts";
import { amount } from "./money.ts";
import { customerId, recoverUrl } from "./storefront.ts";
import type { Checkout, Customer, Order, Refund } from "./shop-state.ts";
import type { LineFacts } from "./cart-payload.ts";

/** To the second, as the Admin API says every time. */
const iso = (date: Date | null): string | null => (date ? `${date.toISOString().slice(0, 19)}Z` : null);

/** Without `read_all_orders` an app sees the orders of the last 60 days. */
const seenFor = 60 * 86_400_000;

function customerObject(context: ApiContext, customer: Customer): Record<string, unknown> {
  const { shop } = context;
  const orders = shop.orders.filter((order) => order.customerId === customer.id);
  const state = customer.emailMarketing.state.toUpperCase();
  const consent = {
    marketingState: state,
    marketingOptInLevel: customer.emailMarketing.optInLevel?.toUpperCase() ?? null,
  };
  return {
    __typename: "Customer",
    id: gid("Customer", customer.id),
    legacyResourceId: String(customer.id),
    firstName: customer.firstName,
    lastName: customer.lastName,
    displayName: `${customer.firstName} ${customer.lastName}`.trim(),
    email: customer.email,
    phone: customer.phone ?? null,
    locale: "en",
    state: "DISABLED",
    tags: [],
    verifiedEmail: true,
    numberOfOrders: String(orders.length),
    amountSpent: money(
      shop,
      orders.reduce((sum, order) => sum + orderTotalMinor(order) - order.refundedMinor, 0),
    ),
    lastOrder: () => (orders.length > 0 ? orderObject(context, orders[orders.length - 1] as Order) : null),
    dataSaleOptOut: customer.dataSaleOptOut,
    defaultEmailAddress: customer.email
      ? { emailAddress: customer.email, ...consent, marketingUpdatedAt: iso(customer.emailMarketing.updatedAt), validFormat: true }
      : null,
    defaultPhoneNumber: null,
    emailMarketingConsent: customer.email ? { ...consent, consentUpdatedAt: iso(customer.emailMarketing.updatedAt) } : null,
    defaultAddress: placeObject(customer),
    createdAt: iso(customer.createdAt),
    updatedAt: iso(customer.updatedAt),
    orders: (args: Record<string, unknown>) => connection(orders, args, (order) => orderObject(context, order)),
  };
}

function placeObject(person: Pick<Customer, "id" | "firstName" | "lastName" | "country">): Record<string, unknown> {
  return {
    __typename: "MailingAddress",
    id: gid("MailingAddress", person.id + 1),
    firstName: person.firstName,
    lastName: person.lastName,
    countryCodeV2: person.country,
    phone: null,
  };
}

function refundObject({ shop }: ApiContext, order: Order, refund: Refund): Record<string, unknown> {
  const returned = refund.returnedMinor > 0 ? order.lines : [];
  const { lineItemsMinor, discountMinor } = totals(order.lines, order.discountCodes);
  const worth = (line: LineFacts) => line.priceMinor * line.quantity;
  return {
    __typename: "Refund",
    id: gid("Refund", refund.id),
    legacyResourceId: String(refund.id),
    createdAt: iso(refund.createdAt),
    processedAt: iso(refund.createdAt),
    updatedAt: iso(refund.createdAt),
    note: "",
    totalRefundedSet: moneyBag(shop, refund.amountMinor),
    refundLineItems: (args: Record<string, unknown>) =>
      connection(returned, args, (line) => ({
        id: gid("RefundLineItem", refund.id + 1),
        quantity: line.quantity,
        subtotalSet: moneyBag(shop, worth(line) - Math.round((discountMinor * worth(line)) / Math.max(1, lineItemsMinor))),
        totalTaxSet: moneyBag(shop, 0),
      })),
  };
}

function lineObject(context: ApiContext, line: LineFacts): Record<string, unknown> {
  const each = moneyBag(context.shop, line.priceMinor);
  const all = moneyBag(context.shop, line.priceMinor * line.quantity);
  return {
    id: gid("LineItem", line.id),
    title: line.title,
    name: line.title,
    variantTitle: line.variantTitle ?? null,
    sku: line.sku,
    vendor: line.vendor ?? null,
    quantity: line.quantity,
    currentQuantity: line.quantity,
    product: { __typename: "Product", id: gid("Product", line.productId), title: line.title },
    variant: { __typename: "ProductVariant", id: gid("ProductVariant", line.variantId), title: line.variantTitle ?? "" },
    originalUnitPriceSet: each,
    originalTotalSet: all,
    originalTotalPriceSet: all,
    discountedTotalPriceSet: all,
  };
}

function orderObject(context: ApiContext, order: Order): Record<string, unknown> {
  const { shop } = context;
  const { lineItemsMinor, discountMinor, totalMinor } = totals(order.lines, order.discountCodes);
  const total = orderTotalMinor(order);
  const customer = shop.customers.find((one) => one.id === order.customerId);
  return {
    __typename: "Order",
    id: gid("Order", order.id),
    legacyResourceId: String(order.id),
    name: order.name,
    email: order.email,
    phone: null,
    customerLocale: "en",
    createdAt: iso(order.createdAt),
    processedAt: iso(order.createdAt),
    updatedAt: iso(order.updatedAt),
    cancelledAt: iso(order.cancelledAt),
    cancelReason: order.cancelledAt ? "CUSTOMER" : null,
    currencyCode: shop.currency,
    presentmentCurrencyCode: shop.currency,
    cartToken: order.cartToken,
    checkoutToken: order.checkoutToken,
    sourceName: "web",
    test: false,
    displayFinancialStatus: order.financialStatus.toUpperCase(),
    displayFulfillmentStatus: "UNFULFILLED",
    discountCodes: order.discountCodes.map((code) => code.code),
    discountCode: order.discountCodes[0]?.code ?? null,
    customAttributes: order.attributes.map(({ name, value }) => ({ key: name, value })),
    tags: [],
    subtotalPriceSet: moneyBag(shop, totalMinor),
    totalPriceSet: moneyBag(shop, total),
    currentTotalPriceSet: moneyBag(shop, order.cancelledAt ? 0 : total - order.refundedMinor),
    totalDiscountsSet: moneyBag(shop, discountMinor),
    totalRefundedSet: moneyBag(shop, order.refundedMinor),
    totalShippingPriceSet: moneyBag(shop, order.shippingMinor),
    totalTaxSet: moneyBag(shop, 0),
    totalPrice: amount(total, shop.currency),
    subtotalLineItemsQuantity: order.lines.reduce((sum, line) => sum + line.quantity, 0),
    cartDiscountAmountSet: moneyBag(shop, lineItemsMinor - totalMinor),
    customer: () => (customer ? customerObject(context, customer) : null),
    customerAcceptsMarketing: order.acceptsMarketing,
    shippingAddress: customer ? placeObject(customer) : null,
    billingAddress: customer ? placeObject(customer) : null,
    refunds: ({ first }: Record<string, unknown>) =>
      (order.refunds ?? []).slice(0, typeof first === "number" ? first : undefined).map((refund) => refundObject(context, order, refund)),
    lineItems: (args: Record<string, unknown>) => connection(order.lines, args, (line) => lineObject(context, line)),
  };
}

function checkoutObject(context: ApiContext, checkout: Checkout): Record<string, unknown> {
  const { shop } = context;
  const { lineItemsMinor } = totals(checkout.lines, []);
  const applied = checkout.code ? applyCode(shop, checkout.code, lineItemsMinor, null, context.now) : undefined;
  const codes = applied?.ok ? [applied.applied] : [];
  const sums = totals(checkout.lines, codes);
  const customer = shop.customers.find((one) => one.email !== null && one.email === checkout.email) ?? typedIn(context, checkout);
  const place = checkout.email === null ? null : placeObject({ ...checkout, id: checkout.id });
  return {
    __typename: "AbandonedCheckout",
    id: gid("AbandonedCheckout", checkout.id),
    name: checkout.name,
    abandonedCheckoutUrl: recoverUrl(context.worldUrl, shop, checkout),
    createdAt: iso(checkout.createdAt),
    updatedAt: iso(checkout.updatedAt),
    completedAt: iso(checkout.completedAt),
    note: "",
    shippingAddress: place,
    billingAddress: place,
    taxesIncluded: true,
    discountCodes: codes.map((code) => code.code),
    customAttributes: checkout.attributes.map(({ name, value }) => ({ key: name, value })),
    lineItemsQuantity: checkout.lines.reduce((sum, line) => sum + line.quantity, 0),
    subtotalPriceSet: moneyBag(shop, sums.totalMinor),
    totalPriceSet: moneyBag(shop, sums.totalMinor),
    totalDiscountSet: moneyBag(shop, sums.discountMinor),
    totalLineItemsPriceSet: moneyBag(shop, sums.lineItemsMinor),
    customer: () => (customer ? customerObject(context, customer) : null),
    lineItems: (args: Record<string, unknown>) => connection(checkout.lines, args, (line) => lineObject(context, line)),
  };
}

/** Whoever typed an address is a customer from then on; that she ticked the box counts once she has paid. */
function typedIn({ shop }: ApiContext, checkout: Checkout): Customer | null {
  const { email, firstName, lastName, country, createdAt, updatedAt } = checkout;
  if (email === null) return null;
  return {
    ...{ id: customerId(shop, email), email, firstName, lastName, country, phone: null, createdAt, updatedAt, dataSaleOptOut: false },
    emailMarketing: { state: "not_subscribed", optInLevel: null, updatedAt: null },
  };
}

function byId<Item extends { id: number }>(items: readonly Item[], type: string, id: unknown): Item | undefined {
  const wanted = idOf(type, String(id));
  return items.find((item) => String(item.id) === wanted);
}

export const commerceQueries: Record<string, Resolver> = {
  orders: (args, context) => {
    const matches = search<Order>(args["query"] as string | null, {
      created_at: (order) => order.createdAt,
      updated_at: (order) => order.updatedAt,
      processed_at: (order) => order.createdAt,
      name: (order) => order.name,
      email: (order) => order.email,
      id: (order) => order.id,
      financial_status: (order) => order.financialStatus,
    });
    const seen = context.granted.includes("read_all_orders") ? 0 : context.now.getTime() - seenFor;
    const sorted = sortBy(
      context.shop.orders.filter((order) => order.createdAt.getTime() >= seen && matches(order)),
      args["sortKey"],
    );
    return connection(sorted, args, (order) => orderObject(context, order));
  },
  order: (args, context) => {
    const found = byId(context.shop.orders, "Order", args["id"]);
    return found ? orderObject(context, found) : null;
  },
  customers: (args, context) => {
    const matches = search<Customer>(args["query"] as string | null, {
      created_at: (customer) => customer.createdAt,
      updated_at: (customer) => customer.updatedAt,
      email: (customer) => customer.email,
      id: (customer) => customer.id,
    });
    const sorted = sortBy(context.shop.customers.filter(matches), args["sortKey"]);
    return connection(sorted, args, (customer) => customerObject(context, customer));
  },
  customer: (args, context) => {
    const found = byId(context.shop.customers, "Customer", args["id"]);
    return found ? customerObject(context, found) : null;
  },
  /** One thing by its id, of the kinds that this world has. */
  node: (args, context) => {
    const id = String(args["id"]);
    const order = byId(context.shop.orders, "Order", id);
    if (order) return orderObject(context, order);
    const customer = byId(context.shop.customers, "Customer", id);
    if (customer) return customerObject(context, customer);
    const checkout = byId(context.shop.checkouts, "AbandonedCheckout", id);
    if (checkout) return checkoutObject(context, checkout);
    const kind = /^gid:\/\/shopify\/(\w+)\//.exec(id)?.[1] ?? "";
    if (["Order", "Customer", "AbandonedCheckout"].includes(kind)) return null;
    throw new GraphQLError(`The Shopify stand-in does not implement node of ${id}`, { extensions: { code: "NOT_IMPLEMENTED_BY_STAND_IN" } });
  },
  abandonedCheckouts: (args, context) => {
    const matches = search<Checkout>(args["query"] as string | null, {
      created_at: (checkout) => checkout.createdAt,
      updated_at: (checkout) => checkout.updatedAt,
      recovery_state: (checkout) => (checkout.completedAt ? "recovered" : "not_recovered"),
      status: () => "open",
    });
    const listed = context.shop.checkouts.filter((checkout) => wasAbandoned(checkout, context.now) && matches(checkout));
    return connection(sortBy(listed, args["sortKey"]), args, (checkout) => checkoutObject(context, checkout));
  },
};

// Abandoned = somebody can be reached, and ten minutes passed without an order; recovered ones stay in the list.
function wasAbandoned(checkout: Checkout, now: Date): boolean {
  const openMs = (checkout.completedAt ?? now).getTime() - checkout.createdAt.getTime();
  return checkout.email !== null && openMs >= 10 * 60_000;
}

function sortBy<Item extends { id: number; createdAt: Date; updatedAt: Date }>(items: Item[], key: unknown): Item[] {
  if (key === "ID" || key === undefined || key === null) return items.sort((one, other) => one.id - other.id);
  if (key !== "UPDATED_AT" && key !== "CREATED_AT" && key !== "PROCESSED_AT" && key !== "CHECKOUT_ID")
    throw new GraphQLError(`The Shopify stand-in does not implement the sort key ${String(key)}`, { extensions: { code: "NOT_IMPLEMENTED_BY_STAND_IN" } });
  if (key === "CHECKOUT_ID") return items.sort((one, other) => one.id - other.id);
  const by = key === "UPDATED_AT" ? "updatedAt" : "createdAt";
  return items.sort((one, other) => one[by].getTime() - other[by].getTime() || one.id - other.id);
}
