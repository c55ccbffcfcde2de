// One discount that every code of a pool belongs to. Its first code is never given away: Shopify wants one to begin with.
import { z } from "zod";

export const offerCreateDocument = `#graphql
  mutation OfferCreate($discount: DiscountCodeBasicInput!) {
    discountCodeBasicCreate(basicCodeDiscount: $discount) {
      codeDiscountNode { id }
      userErrors { field message code }
    }
  }`;

export const offerCreateAnswer = z.object({
  discountCodeBasicCreate: z.object({
    codeDiscountNode: z.object({ id: z.string() }).nullable(),
    userErrors: z.array(z.object({ message: z.string(), code: z.string().nullish() })),
  }),
});

/** `percent` off the whole order, each code once, from `startsAt` to `endsAt`: the date that the message names is the date on which it ends. */
export function offerInput(offer: { title: string; firstCode: string; percent: number; startsAt: Date; endsAt: Date }): Record<string, unknown> {
  return {
    title: offer.title,
    code: offer.firstCode,
    startsAt: offer.startsAt.toISOString(),
    endsAt: offer.endsAt.toISOString(),
    usageLimit: 1,
    appliesOncePerCustomer: true,
    context: { all: "ALL" },
    customerGets: { value: { percentage: offer.percent / 100 }, items: { all: true } },
  };
}
