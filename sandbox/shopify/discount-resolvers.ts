// Discount codes over the Admin API: create one discount, fill it with codes in bulk, look codes up.
import { GraphQLError } from "graphql";
import { connection, type PageArgs } from "./connection.ts";
import { codeFault, codeFaultText, discountFrom } from "./discount-input.ts";
import { discountStatus, findCode } from "./discounts.ts";
import type { ApiContext, Resolver } from "./graphql-execution.ts";
import { gid, idOf, newId } from "./ids.ts";
import { money } from "./shop-resolvers.ts";
import type { BulkCreation, Discount, RedeemCode, ShopState } from "./shop-state.ts";

const bulkLimit = 250;
/** How long Shopify takes to make the codes of a bulk. */
const bulkMs = 1500;

const codeObject = (code: RedeemCode) => ({ id: gid("DiscountRedeemCode", code.id), code: code.code, asyncUsageCount: code.uses });

/** A discount with all its codes. */
export function discountObject(context: ApiContext, discount: Discount): Record<string, unknown> {
  const { shop, now } = context;
  const off =
    "percentage" in discount.value
      ? { __typename: "DiscountPercentage", percentage: discount.value.percentage }
      : { __typename: "DiscountAmount", amount: money(shop, discount.value.amountMinor), appliesOnEachItem: false };
  const words =
    "percentage" in discount.value ? `${Math.round(discount.value.percentage * 100)}% off` : `${money(shop, discount.value.amountMinor).amount} off`;
  return {
    __typename: "DiscountCodeNode",
    id: gid("DiscountCodeNode", discount.id),
    codeDiscount: {
      __typename: "DiscountCodeBasic",
      title: discount.title,
      status: discountStatus(discount, now),
      summary: `${words} entire order`,
      shortSummary: words,
      startsAt: discount.startsAt.toISOString(),
      endsAt: discount.endsAt?.toISOString() ?? null,
      createdAt: discount.createdAt.toISOString(),
      updatedAt: discount.updatedAt.toISOString(),
      usageLimit: discount.usageLimit,
      appliesOncePerCustomer: discount.oncePerCustomer,
      asyncUsageCount: discount.codes.reduce((sum, code) => sum + code.uses, 0),
      discountClasses: ["ORDER"],
      tags: discount.tags,
      combinesWith: { ...discount.combinesWith, productDiscountsWithTagsOnSameCartLine: null },
      context: { __typename: "DiscountBuyerSelectionAll", all: "ALL" },
      customerSelection: { __typename: "DiscountCustomerAll", allCustomers: true },
      customerGets: {
        appliesOnOneTimePurchase: true,
        appliesOnSubscription: false,
        items: { __typename: "AllDiscountItems", allItems: true },
        value: off,
      },
      minimumRequirement:
        discount.minimumMinor === null ? null : { __typename: "DiscountMinimumSubtotal", greaterThanOrEqualToSubtotal: money(shop, discount.minimumMinor) },
      recurringCycleLimit: null,
      hasTimelineComment: false,
      codesCount: { count: discount.codes.length, precision: "EXACT" },
      codes: (args: PageArgs) => connection(discount.codes, args, codeObject),
    },
  };
}

function discountById(shop: ShopState, id: unknown): Discount | undefined {
  const text = String(id);
  const wanted = idOf("DiscountCodeNode", text) ?? idOf("DiscountCodeBasic", text);
  return shop.discounts.find((discount) => String(discount.id) === wanted);
}

/** Makes the codes of every bulk whose moment has come. */
export function finishBulks(shop: ShopState, now: Date): void {
  for (const bulk of shop.bulkCreations) {
    if (bulk.done || now < bulk.dueAt) continue;
    const discount = shop.discounts.find((one) => one.id === bulk.discountId);
    for (const item of bulk.codes) {
      item.error = discount ? codeFault(item.code, shop) : "BLANK";
      if (item.error || !discount) continue;
      const code = { id: newId(), code: item.code, uses: 0 };
      discount.codes.push(code);
      item.redeemCodeId = code.id;
    }
    bulk.done = true;
  }
}

function bulkObject(context: ApiContext, bulk: BulkCreation): Record<string, unknown> {
  const discount = context.shop.discounts.find((one) => one.id === bulk.discountId);
  return {
    __typename: "DiscountRedeemCodeBulkCreation",
    id: gid("DiscountRedeemCodeBulkCreation", bulk.id),
    done: bulk.done,
    createdAt: bulk.createdAt.toISOString(),
    codesCount: bulk.codes.length,
    importedCount: bulk.codes.filter((item) => item.redeemCodeId !== null).length,
    failedCount: bulk.codes.filter((item) => item.error !== null).length,
    discountCode: () => (discount ? discountObject(context, discount) : null),
    codes: (args: PageArgs) =>
      connection(
        bulk.codes.map((item, index) => ({ ...item, id: index })),
        args,
        (item) => ({
          code: item.code,
          discountRedeemCode: item.redeemCodeId === null ? null : { id: gid("DiscountRedeemCode", item.redeemCodeId), code: item.code, asyncUsageCount: 0 },
          errors: item.error ? [{ field: ["code"], message: codeFaultText[item.error], code: item.error, extraInfo: null }] : [],
        }),
      ),
  };
}

export const discountQueries: Record<string, Resolver> = {
  codeDiscountNodeByCode: (args, context) => {
    finishBulks(context.shop, context.now);
    const found = findCode(context.shop, String(args["code"]));
    return found ? discountObject(context, found.discount) : null;
  },
  codeDiscountNode: (args, context) => {
    finishBulks(context.shop, context.now);
    const found = discountById(context.shop, args["id"]);
    return found ? discountObject(context, found) : null;
  },
  discountRedeemCodeBulkCreation: (args, context) => {
    finishBulks(context.shop, context.now);
    const wanted = idOf("DiscountRedeemCodeBulkCreation", String(args["id"]));
    const found = context.shop.bulkCreations.find((bulk) => String(bulk.id) === wanted);
    return found ? bulkObject(context, found) : null;
  },
};

export const discountMutations: Record<string, Resolver> = {
  discountCodeBasicCreate: (args, context) => {
    finishBulks(context.shop, context.now);
    const made = discountFrom(args["basicCodeDiscount"], context.shop, context.now);
    if ("userErrors" in made) return { codeDiscountNode: null, userErrors: made.userErrors };
    context.shop.discounts.push(made.discount);
    return { codeDiscountNode: discountObject(context, made.discount), userErrors: [] };
  },
  discountRedeemCodeBulkAdd: (args, context) => {
    finishBulks(context.shop, context.now);
    const codes = (args["codes"] as { code: string }[]).map(({ code }) => code);
    const refuse = (field: string, code: string, message: string) => ({
      bulkCreation: null,
      userErrors: [{ field: [field], message, code, extraInfo: null }],
    });
    // More than the input array may hold is refused before the mutation runs, as a whole.
    if (codes.length > bulkLimit) {
      throw new GraphQLError(`The input array size of ${codes.length} is greater than the maximum allowed of ${bulkLimit}.`, {
        extensions: { code: "MAX_INPUT_SIZE_EXCEEDED" },
      });
    }
    const discount = discountById(context.shop, args["discountId"]);
    if (!discount) return refuse("discountId", "INVALID", "Code discount does not exist.");
    if (codes.length === 0) return refuse("codes", "BLANK", "Codes can't be blank");
    const bulk: BulkCreation = {
      id: newId(),
      discountId: discount.id,
      codes: codes.map((code) => ({ code, redeemCodeId: null, error: null })),
      createdAt: context.now,
      dueAt: new Date(context.now.getTime() + bulkMs),
      done: false,
    };
    context.shop.bulkCreations.push(bulk);
    return { bulkCreation: bulkObject(context, bulk), userErrors: [] };
  },
  discountCodeDeactivate: (args, context) => {
    const found = discountById(context.shop, args["id"]);
    if (!found) {
      return { codeDiscountNode: null, userErrors: [{ field: ["id"], message: "Code discount does not exist.", code: "INVALID", extraInfo: null }] };
    }
    found.endsAt = context.now;
    found.updatedAt = context.now;
    return { codeDiscountNode: discountObject(context, found), userErrors: [] };
  },
};
