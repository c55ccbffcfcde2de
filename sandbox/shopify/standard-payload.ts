// The payload a topic would carry now, from the state of a shop: what "send a test notification" would send.
import {
  cartPayload,
  checkoutDeletePayload,
  checkoutPayload,
  collectionDeletePayload,
  collectionPayload,
  customerDeletePayload,
  customerMergePayload,
  customerPayload,
  customerRedactPayload,
  dataRequestPayload,
  emailConsentPayload,
  inventoryPayload,
  orderPayload,
  orderTotalMinor,
  productDeletePayload,
  productPayload,
  refundPayload,
  scopesUpdatePayload,
  shopPayload,
  shopRedactPayload,
  smsConsentPayload,
} from "./payloads.ts";
import { newId } from "./ids.ts";
import type { Customer, ShopState } from "./shop-state.ts";
import type { Storefront } from "./storefront.ts";

export type Standing = { shop: ShopState; store: Storefront; now: Date; worldUrl: string };

/** The shop resource as `shop/update` and `app/uninstalled` carry it. */
export function currentShopPayload({ shop, worldUrl }: Pick<Standing, "shop" | "worldUrl">) {
  return shopPayload({ ...shop, primaryDomain: new URL(worldUrl).hostname });
}

/** Throws when the shop has nothing that the topic could be about. */
export function standardPayload(topic: string, standing: Standing): unknown {
  const { shop, store, now, worldUrl } = standing;
  const [subject] = topic.split("/");
  switch (subject) {
    case "carts":
      return cartPayload(shop, last(shop.carts, "cart"));
    case "checkouts": {
      const facts = store.checkoutFacts(shop, last(shop.checkouts, "checkout"));
      return topic === "checkouts/delete" ? checkoutDeletePayload(shop, facts) : checkoutPayload(shop, facts);
    }
    case "orders":
      return orderPayload(shop, store.orderFacts(shop, last(shop.orders, "order")));
    case "refunds":
      return wholeRefund(standing);
    case "customers":
      return aboutCustomer(topic, standing);
    case "customers_email_marketing_consent": {
      const customer = last(shop.customers, "customer");
      return emailConsentPayload(shop, { customerId: customer.id, email: customer.email ?? "", ...customer.emailMarketing });
    }
    case "customers_marketing_consent": {
      const customerId = last(shop.customers, "customer").id;
      return smsConsentPayload(shop, { customerId, phone: "+442079460000", state: "subscribed", optInLevel: "single_opt_in", updatedAt: now });
    }
    case "products": {
      const product = last(shop.products, "product");
      if (topic === "products/delete") return productDeletePayload(product.id);
      return productPayload(shop, product, `${worldUrl}/shop/pictures/${product.handle}.svg`);
    }
    case "collections": {
      const collection = last(shop.collections, "collection");
      return topic === "collections/delete" ? collectionDeletePayload(collection.id) : collectionPayload(shop, collection, now);
    }
    case "inventory_levels":
      return inventoryPayload(shop, last([...last(shop.products, "product").variants], "variant"), now);
    case "app":
      return topic === "app/scopes_update" ? scopesUpdatePayload(shop, shop.scopes, shop.scopes, now) : currentShopPayload(standing);
    case "shop":
      return topic === "shop/redact" ? shopRedactPayload(shop) : currentShopPayload(standing);
    default:
      throw new Error(`There is no standard payload for ${topic}: give one`);
  }
}

// The money of the last order, told without being given back.
function wholeRefund({ shop, now }: Standing): unknown {
  const order = last(shop.orders, "order");
  return refundPayload(shop, { id: newId(), orderId: order.id, createdAt: now, lines: [], amountMinor: orderTotalMinor(order) });
}

function aboutCustomer(topic: string, { shop }: Standing): unknown {
  const customer: Customer = last(shop.customers, "customer");
  const orderIds = shop.orders.filter((order) => order.customerId === customer.id).map((order) => order.id);
  const subject = { id: customer.id, email: customer.email ?? "", phone: customer.phone ?? null, orderIds };
  switch (topic) {
    case "customers/data_request":
      return dataRequestPayload(shop, subject);
    case "customers/redact":
      return customerRedactPayload(shop, subject);
    case "customers/delete":
      return customerDeletePayload(customer.id);
    case "customers/merge":
      return customerMergePayload(customer.id, last(shop.customers.slice(0, -1), "second customer").id);
    default:
      return customerPayload(shop, customer);
  }
}

function last<Item>(items: readonly Item[], name: string): Item {
  const found = items.at(-1);
  if (found === undefined) throw new Error(`The shop has no ${name} yet`);
  return found;
}
