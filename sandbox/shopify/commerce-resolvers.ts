// Orders, customers and abandoned checkouts, read from the shops of the world.
import { connection, search } from "./connection.ts";
import type { ApiContext, Resolver } from "./graphql-execution.ts";
import { gid, idOf } from "./ids.ts";
import { orderTotalMinor } from "./order-payload.ts";
import { totals } from "./checkout-payload.ts";
import { applyCode } from "./discounts.ts";
import { money, moneyBag } from "./shop-resolvers.ts";
import { amount } from "./money.ts";
import { recoverUrl } from "./storefront.ts";
import type { Checkout, Customer, Order } from "./shop-state.ts";
import type { LineFacts } from "./cart-payload.ts";

const iso = (date: Date | null): string | null => (date ? date.toISOString() : null);

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
    defaultAddress: { id: gid("MailingAddress", customer.id + 1), countryCodeV2: customer.country },
    createdAt: iso(customer.createdAt),
    updatedAt: iso(customer.updatedAt),
    orders: (args: Record<string, unknown>) => connection(orders, args, (order) => orderObject(context, order)),
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
    lineItems: (args: Record<string, unknown>) => connection(order.lines, args, (line) => lineObject(context, line)),
  };
}

function checkoutObject(context: ApiContext, checkout: Checkout): Record<string, unknown> {
  const { shop } = context;
  const { lineItemsMinor } = totals(checkout.lines, []);
  const applied = checkout.code ? applyCode(shop, checkout.code, lineItemsMinor, null, context.now) : undefined;
  const codes = applied?.ok ? [applied.applied] : [];
  const sums = totals(checkout.lines, codes);
  const customer = shop.customers.find((one) => one.email !== null && one.email === checkout.email);
  return {
    __typename: "AbandonedCheckout",
    id: gid("AbandonedCheckout", checkout.id),
    name: checkout.name,
    abandonedCheckoutUrl: recoverUrl(context.worldUrl, shop, checkout),
    createdAt: iso(checkout.createdAt),
    updatedAt: iso(checkout.updatedAt),
    completedAt: iso(checkout.completedAt),
    note: "",
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
    const sorted = sortBy(context.shop.orders.filter(matches), args["sortKey"]);
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
  const by = key === "UPDATED_AT" ? "updatedAt" : "createdAt";
  return items.sort((one, other) => one[by].getTime() - other[by].getTime() || one.id - other.id);
}
