// What the Admin API tells, as the events that webhooks would have made of the same facts.
import { foundToken } from "../commerce/facts.ts";
import type { Line, NewEvent, Person } from "../events/event.ts";
import { clean, gidNumber, realName } from "../capture/shapes.ts";
import { consentState } from "../capture/people-payloads.ts";
import { toMinor } from "../lib/money.ts";
import { readInstant } from "../lib/time.ts";
import type { CheckoutNow } from "../shops/admin/checkout.ts";
import type { CustomerNow } from "../shops/admin/customer.ts";
import type { LineNow, OrderNow, RefundNow } from "../shops/admin/order.ts";

/** `occurredAt` is held to when we heard of it; what cannot be read is no time at all. */
type Placed = { name: NewEvent["name"]; id: string; at: Date; subject: string | null; heardAt: Date };

/**
 * An event of the Admin API. Its key is drawn from the thing and the moment that it tells of, and from nothing of ours: told again, by the next comparison
 * or by an import, it meets itself. The log is partitioned by that time, and people may have agreed in any month of fifteen years; so the key counts by
 * year, and `occurredAt` says the moment.
 */
function place<Data>({ name, id, at, subject, heardAt }: Placed, data: Data): NewEvent {
  return {
    name,
    sourceId: `${name}/admin/${id}/${at.toISOString()}`,
    sourceAt: new Date(Date.UTC(at.getUTCFullYear(), 0, 1)),
    occurredAt: at > heardAt ? heardAt : at,
    subject,
    data,
  } as NewEvent;
}

const time = (text: string | null | undefined) => readInstant(text)?.toISOString() ?? null;
const minor = (money: { shopMoney: { amount: string; currencyCode: string } } | null | undefined) =>
  money === null || money === undefined ? 0 : (toMinor(money.shopMoney.amount, money.shopMoney.currencyCode) ?? 0);
const text = (given: string | null | undefined, most = 1000) => (given === null || given === undefined || given === "" ? null : clean(given, most));

function lines(given: LineNow[], full: boolean): Line[] {
  return given.map((line) => {
    const sku = text(line.sku);
    const title = text(line.title, 160);
    return {
      ...(full ? {} : { lineId: gidNumber(line.id) }),
      productId: line.product === null || line.product === undefined ? null : gidNumber(line.product.id),
      variantId: line.variant === null || line.variant === undefined ? null : gidNumber(line.variant.id),
      ...(full && title !== null ? { title } : {}),
      ...(sku === null ? {} : { sku }),
      quantity: line.quantity,
      priceMinor: minor(line.originalUnitPriceSet),
    };
  });
}

type WithBuyer = Pick<OrderNow, "customer" | "shippingAddress" | "billingAddress"> & { email?: string | null; phone?: string | null; locale: string | null };

function person(from: WithBuyer): Person {
  const customer = from.customer ?? null;
  const place = from.shippingAddress ?? from.billingAddress ?? customer?.defaultAddress ?? null;
  return {
    customerGid: customer?.id ?? null,
    email: text(from.email) ?? text(customer?.defaultEmailAddress?.emailAddress),
    phone: text(from.phone) ?? text(customer?.defaultPhoneNumber?.phoneNumber) ?? text(place?.phone),
    firstName: realName(customer?.firstName) ?? realName(place?.firstName),
    lastName: realName(customer?.lastName) ?? realName(place?.lastName),
    country: text(place?.countryCodeV2),
    locale: from.locale,
  };
}

/** An order as it stands now, told as `name`. Null where its times cannot be read. */
export function orderEvent(order: OrderNow, name: "order.placed" | "order.updated" | "order.cancelled", heardAt: Date): NewEvent | null {
  const updatedAt = time(order.updatedAt);
  const placedAt = time(order.processedAt) ?? time(order.createdAt);
  if (updatedAt === null || placedAt === null) return null;
  const orderId = gidNumber(order.id);
  const at = new Date(name === "order.placed" ? placedAt : updatedAt);
  return place(
    { name, id: `${orderId}/${updatedAt}`, at, subject: `order:${orderId}`, heardAt },
    {
      orderId,
      name: clean(order.name, 60),
      placedAt,
      updatedAt,
      cancelledAt: time(order.cancelledAt),
      test: order.test,
      source: text(order.sourceName) ?? "unknown",
      currency: order.currencyCode,
      totalMinor: minor(order.totalPriceSet),
      discountMinor: minor(order.totalDiscountsSet),
      cartToken: text(order.cartToken),
      checkoutToken: text(order.checkoutToken),
      discountCodes: order.discountCodes.map((code) => clean(code, 255)),
      acceptsMarketing: order.customerAcceptsMarketing,
      lines: lines(order.lineItems?.nodes ?? [], false),
      person: person({ ...order, locale: text(order.customerLocale) }),
    },
  );
}

/** One refund of an order. What was paid back is the refund; only where nothing was, the returned lines stand in for it, where they are told. */
export function refundEvent(orderGid: string, refund: RefundNow, heardAt: Date): NewEvent | null {
  const at = time(refund.processedAt) ?? time(refund.createdAt);
  if (at === null) return null;
  const paid = minor(refund.totalRefundedSet);
  const returned = (refund.refundLineItems?.nodes ?? []).reduce((sum, one) => sum + minor(one.subtotalSet) + minor(one.totalTaxSet), 0);
  if (paid === 0 && refund.refundLineItems === undefined) return null;
  const [refundId, orderId] = [gidNumber(refund.id), gidNumber(orderGid)];
  return place(
    { name: "order.refunded", id: refundId, at: new Date(at), subject: `order:${orderId}`, heardAt },
    { refundId, orderId, at, amountMinor: paid === 0 ? returned : paid },
  );
}

/** The token of the cart that a recovery link leads to: `/<shop>/checkouts/ac/<cart token>/recover?key=…`. Null where it has another shape. */
export function cartTokenOf(recoverUrl: string): string | null {
  const found = /\/checkouts\/ac\/([^/?#]{1,200})\/recover(?:[?#]|$)/.exec(recoverUrl)?.[1];
  try {
    return found === undefined ? null : text(decodeURIComponent(found));
  } catch {
    return null;
  }
}

/** A checkout that was left. `known` is what we hold of the same cart: its token, and whether she typed an address. Null where nothing joins it to a cart. */
export function checkoutEvent(checkout: CheckoutNow, known: { token: string; email: string | null } | null, heardAt: Date): NewEvent | null {
  const cartToken = cartTokenOf(checkout.abandonedCheckoutUrl);
  const [startedAt, updatedAt] = [time(checkout.createdAt), time(checkout.updatedAt)];
  if (cartToken === null || startedAt === null || updatedAt === null) return null;
  const token = known?.token ?? foundToken(cartToken);
  const who = person({ ...checkout, locale: text(new URL(checkout.abandonedCheckoutUrl).searchParams.get("locale"), 20) });
  return place(
    { name: "checkout.updated", id: gidNumber(checkout.id).split("?")[0] ?? "", at: new Date(updatedAt), subject: `checkout:${token}`, heardAt },
    {
      token,
      cartToken,
      startedAt,
      updatedAt,
      completedAt: time(checkout.completedAt),
      currency: checkout.totalPriceSet.shopMoney.currencyCode,
      totalMinor: minor(checkout.totalPriceSet),
      recoverUrl: checkout.abandonedCheckoutUrl,
      // The tick box is not told. Silence is no consent; what she said elsewhere stands in the customer's record.
      acceptsMarketing: false,
      lines: lines(checkout.lineItems.nodes, true),
      // What she typed is hers; the record may know another address.
      person: known?.email === null || known === null ? who : { ...who, email: null },
    },
  );
}

export function customerEvent(customer: CustomerNow, heardAt: Date): NewEvent | null {
  const updatedAt = time(customer.updatedAt);
  if (updatedAt === null) return null;
  return place(
    { name: "customer.updated", id: gidNumber(customer.id), at: new Date(updatedAt), subject: `customer:${customer.id}`, heardAt },
    {
      customerGid: customer.id,
      email: text(customer.defaultEmailAddress?.emailAddress),
      phone: text(customer.defaultPhoneNumber?.phoneNumber) ?? text(customer.defaultAddress?.phone),
      firstName: realName(customer.firstName),
      lastName: realName(customer.lastName),
      country: text(customer.defaultAddress?.countryCodeV2),
      locale: null,
      updatedAt,
    },
  );
}

type Said = { state: string; level: string | null | undefined; at: string | null | undefined };

/** What a customer said about each channel, with its own date. "Never asked" is nothing she said. */
export function consentEvents(customer: CustomerNow, heardAt: Date): NewEvent[] {
  const { defaultEmailAddress: mail, defaultPhoneNumber: phone } = customer;
  const sms = phone?.smsMarketingConsent ?? null;
  return [
    ...(mail === null || mail === undefined
      ? []
      : spoken("email-consent.changed", { state: mail.marketingState, level: mail.marketingOptInLevel, at: mail.marketingUpdatedAt }, text(mail.emailAddress))),
    ...(sms === null ? [] : spoken("sms-consent.changed", { state: sms.state, level: sms.optInLevel, at: sms.updatedAt }, text(phone?.phoneNumber))),
  ];

  function spoken(name: "email-consent.changed" | "sms-consent.changed", said: Said, address: string | null): NewEvent[] {
    const state = consentState({ state: said.state, opt_in_level: said.level });
    // Without a date of its own a yes is as old as the customer, and a no as new as her record: neither wins over what is known better.
    const at = time(said.at) ?? time(state === "out" ? customer.updatedAt : customer.createdAt);
    if (state === "none" || at === null) return [];
    const email = name === "email-consent.changed";
    return [
      place(
        { name, id: `${gidNumber(customer.id)}/${state}`, at: new Date(at), subject: `customer:${customer.id}`, heardAt },
        { customerGid: customer.id, email: email ? address : null, phone: email ? null : address, state, at },
      ),
    ];
  }
}
