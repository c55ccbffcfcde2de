// Products, carts and checkouts as the events of a pixel carry them: numbers for money, strings for ids.
import { addressPayload } from "../shopify/address.ts";
import type { LineFacts } from "../shopify/cart-payload.ts";
import { type AppliedCode, type Attribute, totals } from "../shopify/checkout-payload.ts";
import type { ShopFacts } from "../shopify/customer-payload.ts";
import { decimalPlaces } from "../shopify/money.ts";
import type { ProductFacts, VariantFacts } from "../shopify/product-payload.ts";

/** A shop as far as events speak of it. `pictureUrl` makes the address of a product's picture. */
export type EventShop = Pick<ShopFacts, "id" | "currency" | "countryCode"> & {
  products: readonly ProductFacts[];
  pictureUrl: (handle: string) => string;
};

export type EventCart = { token: string; lines: readonly LineFacts[]; attributes?: readonly Attribute[] };

export type EventCheckout = {
  token: string;
  email: string | null;
  firstName: string;
  lastName: string;
  country: string;
  acceptsMarketing: boolean;
  lines: readonly LineFacts[];
  discountCodes: readonly AppliedCode[];
  attributes?: readonly Attribute[];
  /** She has typed an address. */
  addressGiven?: boolean;
  /** The way of delivery she chose; null before that. */
  delivery?: { title: string; priceMinor: number } | null;
  order?: { id: number; customerId: number; isFirst: boolean } | null;
  paid?: boolean;
};

/** `1999, "GBP"` → `{ amount: 19.99, currencyCode: "GBP" }`. */
export function eventMoney(minor: number, currency: string) {
  return { amount: minor / 10 ** decimalPlaces(currency), currencyCode: currency };
}

function productObject(product: ProductFacts, url: string) {
  const { title, vendor, type } = product;
  return { title, vendor, id: String(product.id), untranslatedTitle: title, url, type };
}

/** A variant on a page of the shop. */
export function variantObject(shop: EventShop, product: ProductFacts, variant: VariantFacts) {
  return {
    price: eventMoney(variant.priceMinor, shop.currency),
    product: productObject(product, `/products/${product.handle}`),
    id: String(variant.id),
    image: { src: shop.pictureUrl(product.handle) },
    sku: variant.sku,
    title: variant.title,
    untranslatedTitle: variant.title,
  };
}

/** The product and variant of a line; a line outlives what it was made of, so what the line remembers is the fallback. */
function merchandise(shop: EventShop, line: LineFacts) {
  const product = shop.products.find((one) => one.id === line.productId);
  const handle = product?.handle ?? "";
  const title = line.variantTitle ?? "";
  const own = { title: line.title, vendor: line.vendor ?? "", type: "" };
  return {
    price: eventMoney(line.priceMinor, shop.currency),
    product: {
      ...own,
      ...(product && { title: product.title, vendor: product.vendor, type: product.type }),
      id: String(line.productId),
      untranslatedTitle: line.title,
      url: `/products/${handle}?variant=${line.variantId}`,
    },
    id: String(line.variantId),
    image: { src: shop.pictureUrl(handle) },
    sku: line.sku,
    title,
    untranslatedTitle: title,
  };
}

/** `cartLine` of what was added or removed. */
export function cartLineObject(shop: EventShop, line: LineFacts) {
  return {
    cost: { totalAmount: eventMoney(line.priceMinor * line.quantity, shop.currency) },
    merchandise: merchandise(shop, line),
    quantity: line.quantity,
  };
}

export function cartObject(shop: EventShop, cart: EventCart) {
  const { totalMinor } = totals(cart.lines, []);
  return {
    cost: { totalAmount: eventMoney(totalMinor, shop.currency) },
    lines: cart.lines.map((line) => cartLineObject(shop, line)),
    totalQuantity: cart.lines.reduce((sum, line) => sum + line.quantity, 0),
    attributes: pairs(cart.attributes),
    id: cart.token,
  };
}

export function checkoutObject(shop: EventShop, checkout: EventCheckout) {
  const { currency } = shop;
  const { discountMinor, totalMinor } = totals(checkout.lines, checkout.discountCodes);
  const shippingMinor = checkout.delivery?.priceMinor ?? 0;
  const total = eventMoney(totalMinor + shippingMinor, currency);
  return {
    buyerAcceptsEmailMarketing: checkout.acceptsMarketing,
    buyerAcceptsSmsMarketing: false,
    attributes: pairs(checkout.attributes),
    billingAddress: addressObject(checkout),
    token: checkout.token,
    currencyCode: currency,
    discountApplications: checkout.discountCodes.map((code) => ({
      allocationMethod: "ACROSS",
      targetSelection: "ALL",
      targetType: "LINE_ITEM",
      title: code.code,
      type: "DISCOUNT_CODE",
      value: eventMoney(code.amountMinor, currency),
    })),
    discountsAmount: eventMoney(discountMinor, currency),
    email: checkout.email ?? "",
    phone: "",
    lineItems: checkout.lines.map((line) => ({
      discountAllocations: [],
      id: String(line.variantId),
      quantity: line.quantity,
      title: line.title,
      variant: merchandise(shop, line),
      finalLinePrice: eventMoney(line.priceMinor * line.quantity, currency),
      sellingPlanAllocation: null,
      properties: [],
    })),
    localization: {
      country: { isoCode: checkout.country },
      language: { isoCode: "en-GB" },
      market: { id: `gid://shopify/Market/${shop.id}`, handle: shop.countryCode.toLowerCase() },
    },
    order: {
      id: checkout.order ? String(checkout.order.id) : null,
      customer: {
        id: checkout.order ? String(checkout.order.customerId) : null,
        isFirstOrder: checkout.order?.isFirst ?? null,
      },
    },
    delivery: {
      selectedDeliveryOptions: checkout.delivery
        ? [
            {
              cost: eventMoney(shippingMinor, currency),
              costAfterDiscounts: eventMoney(shippingMinor, currency),
              description: null,
              handle: `${checkout.token}-standard`,
              title: checkout.delivery.title,
              type: "shipping",
            },
          ]
        : [],
    },
    shippingAddress: addressObject(checkout),
    subtotalPrice: eventMoney(totalMinor, currency),
    shippingLine: { price: eventMoney(shippingMinor, currency) },
    smsMarketingPhone: null,
    totalTax: eventMoney(0, currency),
    totalPrice: total,
    transactions: checkout.paid ? [{ amount: total, gateway: "shopify_payments", paymentMethod: { name: "visa", type: "creditCard" } }] : [],
  };
}

/** Before she typed one, an address is her country and nothing else. */
function addressObject(checkout: EventCheckout) {
  const { country } = checkout;
  const known = checkout.addressGiven ? addressPayload(checkout) : null;
  return {
    address1: known?.address1 ?? null,
    address2: null,
    city: known?.city ?? null,
    country,
    countryCode: country,
    firstName: known?.first_name ?? null,
    lastName: known?.last_name ?? null,
    phone: null,
    province: known?.province ?? null,
    provinceCode: known?.province_code ?? null,
    zip: known?.zip ?? null,
  };
}

function pairs(attributes: readonly Attribute[] | undefined) {
  return (attributes ?? []).map(({ name, value }) => ({ key: name, value }));
}
