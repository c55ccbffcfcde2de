// The rules `discountCodeBasicCreate` checks, and the user errors it answers with.
import { z } from "zod";
import { decimalPlaces } from "./money.ts";
import { findCode } from "./discounts.ts";
import { newId } from "./ids.ts";
import type { Discount, ShopState } from "./shop-state.ts";

export type UserError = { field: string[]; message: string; code: string; extraInfo: null };

const decimal = z.union([z.string(), z.number()]).transform(Number);
const input = z.object({
  title: z.string().nullish(),
  code: z.string().nullish(),
  startsAt: z.string().nullish(),
  endsAt: z.string().nullish(),
  usageLimit: z.number().nullish(),
  appliesOncePerCustomer: z.boolean().nullish(),
  recurringCycleLimit: z.number().nullish(),
  tags: z.array(z.string()).nullish(),
  context: z.record(z.string(), z.unknown()).nullish(),
  customerSelection: z.record(z.string(), z.unknown()).nullish(),
  customerGets: z
    .object({
      value: z
        .object({
          percentage: z.number().nullish(),
          discountAmount: z.object({ amount: decimal.nullish(), appliesOnEachItem: z.boolean().nullish() }).nullish(),
          discountOnQuantity: z.unknown().optional(),
        })
        .nullish(),
      items: z.object({ all: z.boolean().nullish(), products: z.unknown().optional(), collections: z.unknown().optional() }).nullish(),
      appliesOnOneTimePurchase: z.boolean().nullish(),
      appliesOnSubscription: z.boolean().nullish(),
    })
    .nullish(),
  minimumRequirement: z
    .object({
      subtotal: z.object({ greaterThanOrEqualToSubtotal: decimal.nullish() }).nullish(),
      quantity: z.object({ greaterThanOrEqualToQuantity: decimal.nullish() }).nullish(),
    })
    .nullish(),
  combinesWith: z
    .object({
      orderDiscounts: z.boolean().nullish(),
      productDiscounts: z.boolean().nullish(),
      shippingDiscounts: z.boolean().nullish(),
    })
    .nullish(),
});
type Input = z.infer<typeof input>;

/** Makes a discount from an input, or says everything Shopify would find wrong with it. */
export function discountFrom(raw: unknown, shop: ShopState, now: Date): { discount: Discount } | { userErrors: UserError[] } {
  const given = input.parse(raw);
  const errors: UserError[] = [];
  const wrong = (field: string[], code: string, message: string): void => {
    errors.push({ field: ["basicCodeDiscount", ...field], message, code, extraInfo: null });
  };
  if (!given.title?.trim()) wrong(["title"], "BLANK", "Title can't be blank");
  else if (given.title.length > 255) wrong(["title"], "TOO_LONG", "Title is too long (maximum is 255 characters)");
  checkCode(given, shop, wrong);
  checkDates(given, wrong);
  checkBuyers(given, wrong);
  if (given.usageLimit != null && given.usageLimit < 1) wrong(["usageLimit"], "GREATER_THAN", "Usage limit must be greater than 0");
  if ((given.tags?.length ?? 0) > 250) wrong(["tags"], "TOO_MANY_TAGS", "Too many tags");
  const minimum = given.minimumRequirement;
  if (minimum?.subtotal && minimum.quantity) {
    wrong(["minimumRequirement"], "MINIMUM_SUBTOTAL_AND_QUANTITY_RANGE_BOTH_PRESENT", "Minimum subtotal and quantity cannot both be present");
  }
  const value = valueOf(given, shop, wrong);
  if (errors.length > 0 || !value) return { userErrors: errors };
  const factor = 10 ** decimalPlaces(shop.currency);
  const subtotal = minimum?.subtotal?.greaterThanOrEqualToSubtotal;
  return {
    discount: {
      id: newId(),
      title: given.title ?? "",
      value,
      minimumMinor: subtotal == null ? null : Math.round(subtotal * factor),
      startsAt: new Date(given.startsAt ?? now),
      endsAt: given.endsAt ? new Date(given.endsAt) : null,
      usageLimit: given.usageLimit ?? null,
      oncePerCustomer: given.appliesOncePerCustomer ?? false,
      usedBy: [],
      combinesWith: {
        orderDiscounts: given.combinesWith?.orderDiscounts ?? false,
        productDiscounts: given.combinesWith?.productDiscounts ?? false,
        shippingDiscounts: given.combinesWith?.shippingDiscounts ?? false,
      },
      tags: given.tags ?? [],
      codes: [{ id: newId(), code: given.code ?? "", uses: 0 }],
      createdAt: now,
      updatedAt: now,
    },
  };
}

type Wrong = (field: string[], code: string, message: string) => void;

/** Why a code cannot be a new code of the shop. */
export function codeFault(code: string, shop: ShopState): "BLANK" | "TOO_LONG" | "TAKEN" | null {
  if (!code.trim()) return "BLANK";
  if (code.length > 255) return "TOO_LONG";
  return findCode(shop, code) ? "TAKEN" : null;
}

export const codeFaultText = {
  BLANK: "Code can't be blank",
  TOO_LONG: "Code is too long (maximum is 255 characters)",
  TAKEN: "Code must be unique. Please try a different code.",
} as const;

function checkCode(given: Input, shop: ShopState, wrong: Wrong): void {
  const fault = codeFault(given.code ?? "", shop);
  if (fault) wrong(["code"], fault, codeFaultText[fault]);
  else if (/[\r\n]/.test(given.code ?? "")) wrong(["code"], "INVALID", "Code can't contain line breaks");
}

function checkDates(given: Input, wrong: Wrong): void {
  if (!given.startsAt) wrong(["startsAt"], "BLANK", "Starts at can't be blank");
  if (given.startsAt && given.endsAt && Date.parse(given.endsAt) <= Date.parse(given.startsAt)) {
    wrong(["endsAt"], "END_DATE_BEFORE_START_DATE", "Ends at needs to be after starts_at");
  }
}

function checkBuyers(given: Input, wrong: Wrong): void {
  if (given.context && given.customerSelection) {
    wrong(["context"], "TOO_MANY_ARGUMENTS", "Only one of context or customerSelection can be provided");
  } else if (!given.context && !given.customerSelection) {
    wrong(["context"], "MISSING_ARGUMENT", "Context or customerSelection must be provided");
  }
  const chosen = given.context ?? given.customerSelection;
  if (chosen && !("all" in chosen)) {
    throw new Error("The Shopify stand-in makes discounts for all buyers only; it does not implement other contexts");
  }
}

function valueOf(given: Input, shop: ShopState, wrong: Wrong): Discount["value"] | undefined {
  const gets = given.customerGets;
  const field = ["customerGets", "value"];
  if (!gets?.value) {
    wrong(field, "BLANK", "Value can't be blank");
    return undefined;
  }
  if (gets.items?.all !== true) {
    if (gets.items?.products || gets.items?.collections) {
      throw new Error("The Shopify stand-in discounts whole orders only; it does not implement products or collections");
    }
    wrong(["customerGets", "items"], "APPLIES_ON_NOTHING", "Discount must apply to at least one item");
  }
  const { percentage, discountAmount, discountOnQuantity } = gets.value;
  if ([percentage, discountAmount, discountOnQuantity].filter((one) => one != null).length > 1) {
    wrong(field, "TOO_MANY_ARGUMENTS", "Only one kind of value can be provided");
    return undefined;
  }
  if (percentage != null) {
    if (percentage <= 0 || percentage > 1) {
      wrong([...field, "percentage"], "VALUE_OUTSIDE_RANGE", "Value must be between 0.0 and 1.0");
      return undefined;
    }
    return { percentage };
  }
  if (discountAmount?.amount == null || discountAmount.amount <= 0) {
    wrong([...field, "discountAmount", "amount"], "GREATER_THAN", "Amount must be greater than 0");
    return undefined;
  }
  if (discountAmount.appliesOnEachItem) {
    throw new Error("The Shopify stand-in does not implement amounts off each item");
  }
  return { amountMinor: Math.round(discountAmount.amount * 10 ** decimalPlaces(shop.currency)) };
}
