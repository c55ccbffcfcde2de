// Every webhook body this world can send, built by pure functions from plain facts.
export { cartPayload, type CartFacts, type LineFacts } from "./cart-payload.ts";
export { collectionDeletePayload, collectionPayload } from "./collection-payload.ts";
export { type AppliedCode, type Attribute, checkoutDeletePayload, type CheckoutFacts, checkoutPayload } from "./checkout-payload.ts";
export {
  customerDeletePayload,
  type CustomerFacts,
  customerMergePayload,
  customerPayload,
  type EmailConsent,
  emailConsentPayload,
  type ShopFacts,
  type SmsConsent,
  smsConsentPayload,
} from "./customer-payload.ts";
export { type FinancialStatus, type OrderFacts, orderPayload, orderTotalMinor } from "./order-payload.ts";
export { type RefundFacts, refundPayload } from "./refund-payload.ts";
export { inventoryPayload, productDeletePayload, type ProductFacts, productPayload } from "./product-payload.ts";
export { customerRedactPayload, dataRequestPayload, type DataSubject, scopesUpdatePayload, shopPayload, shopRedactPayload } from "./shop-payload.ts";
