// When a discount code works, and what it takes off.
import type { AppliedCode } from "./checkout-payload.ts";
import type { Discount, RedeemCode, ShopState } from "./shop-state.ts";

export type Refusal = "no such code" | "not yet" | "expired" | "used up" | "already used" | "order too small";

/** Finds a code; case does not matter to Shopify. */
export function findCode(shop: ShopState, code: string): { discount: Discount; redeem: RedeemCode } | undefined {
  const wanted = code.trim().toLowerCase();
  for (const discount of shop.discounts) {
    const redeem = discount.codes.find((one) => one.code.toLowerCase() === wanted);
    if (redeem) return { discount, redeem };
  }
  return undefined;
}

/** `ACTIVE` between its dates, as the Admin API says it. */
export function discountStatus(discount: Discount, now: Date): "ACTIVE" | "EXPIRED" | "SCHEDULED" {
  if (now < discount.startsAt) return "SCHEDULED";
  return discount.endsAt && now >= discount.endsAt ? "EXPIRED" : "ACTIVE";
}

/** What a code does to a basket of this worth, or why it does nothing. A usage limit counts per code. */
export function applyCode(
  shop: ShopState,
  code: string,
  subtotalMinor: number,
  customerId: number | null,
  now: Date,
): { ok: true; applied: AppliedCode } | { ok: false; reason: Refusal } {
  const found = findCode(shop, code);
  if (!found) return { ok: false, reason: "no such code" };
  const { discount, redeem } = found;
  const status = discountStatus(discount, now);
  if (status === "SCHEDULED") return { ok: false, reason: "not yet" };
  if (status === "EXPIRED") return { ok: false, reason: "expired" };
  if (discount.usageLimit !== null && redeem.uses >= discount.usageLimit) return { ok: false, reason: "used up" };
  if (discount.oncePerCustomer && customerId !== null && discount.usedBy.includes(customerId)) {
    return { ok: false, reason: "already used" };
  }
  if (discount.minimumMinor !== null && subtotalMinor < discount.minimumMinor) {
    return { ok: false, reason: "order too small" };
  }
  const byShare = "percentage" in discount.value;
  const off = "percentage" in discount.value ? Math.round(subtotalMinor * discount.value.percentage) : discount.value.amountMinor;
  return {
    ok: true,
    applied: { code: redeem.code, amountMinor: Math.min(off, subtotalMinor), type: byShare ? "percentage" : "fixed_amount" },
  };
}

/** Marks a code as used by an order. */
export function redeemCode(shop: ShopState, code: string, customerId: number): void {
  const found = findCode(shop, code);
  if (!found) return;
  found.redeem.uses += 1;
  if (!found.discount.usedBy.includes(customerId)) found.discount.usedBy.push(customerId);
}
