// A flow: what starts it, and its steps over time, as the merchant set them.
import { percent } from "../lib/percent.ts";
import { z } from "zod";
import { content } from "../messages/content.ts";
import { hour } from "../lib/time.ts";

const stepBase = {
  key: z.string().regex(/^[a-z-]{1,30}$/),
  enabled: z.boolean(),
  waitHours: z
    .number()
    .int()
    .min(0, "Wait at least 0 hours")
    .max(24 * 60, "Wait at most 60 days"),
  content,
};

export const step = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("email"), ...stepBase }),
  z.strictObject({
    kind: z.literal("offer-email"),
    ...stepBase,
    percent: z
      .number()
      .int()
      .min(1, `Give at least ${percent(1)}`)
      .max(90, `Give at most ${percent(90)}`),
    validDays: z.number().int().min(1, "Make it last at least a day").max(60, "Make it last at most 60 days"),
  }),
]);
export type Step = z.infer<typeof step>;

/** Everything a merchant may change about a flow. Waits count from the step before; the first from the entry that started the run. */
export const flowSettings = z.strictObject({ steps: z.array(step).min(1).max(10) });
export type FlowSettings = z.infer<typeof flowSettings>;

/** Every flow, the highest intent first: in this order the arbiter serves them. */
export const flowKeys = ["abandoned-checkout", "browse-abandonment"] as const;
export type FlowKey = (typeof flowKeys)[number];

/** A flow's key from outside, or null where it is none. */
export function flowKeyOf(text: string | undefined): FlowKey | null {
  return flowKeys.find((key) => key === text) ?? null;
}

export type Flow = {
  key: FlowKey;
  name: string;
  enabledAt: Date | null;
  version: number;
  settings: FlowSettings;
  holdoutPercent: number;
  testMailAt: Date | null;
  testMailTo: string | null;
  otherMailsOffAt: Date | null;
};

export const flowNames: Record<FlowKey, string> = { "abandoned-checkout": "Abandoned checkout", "browse-abandonment": "Browse abandonment" };
/** Which segment's entries start a flow. */
export const triggers: Record<FlowKey, string> = { "abandoned-checkout": "checkout-abandoners", "browse-abandonment": "product-viewers" };
/** What a run of a flow is about. */
export const subjects: Record<FlowKey, "checkout" | "product"> = { "abandoned-checkout": "checkout", "browse-abandonment": "product" };

/** The subject of a run about a product: the product, and the line of the change log that started it. Many people look at one product, and one person may again. */
export function lookSubject(productId: string, seq: bigint): string {
  return `${productId}/${seq}`;
}
export function productOf(subject: string): string {
  return subject.slice(0, subject.lastIndexOf("/"));
}

/**
 * The order the sources advise. A checkout: a reminder without a discount, reasons to trust on day 3, a limited offer on day 5. A look at a product is a
 * weaker sign: one reminder four hours later (the wait that Klaviyo's flow library gives its first mail), without a discount, and a second that is
 * off until the merchant wants it.
 */
export const defaultSettings: Record<FlowKey, FlowSettings> = {
  "abandoned-checkout": {
    steps: [
      {
        kind: "email",
        key: "reminder",
        enabled: true,
        waitHours: 0,
        content: {
          subject: "You left something behind at {{ shop_name }}",
          preheader: "We kept your checkout as you left it.",
          heading: "Still thinking it over?",
          body: "Hello{% if first_name != blank %} {{ first_name }}{% endif %},\n\nyou were about to check out. We kept everything as you left it, so you can pick up where you stopped.",
          button: "Return to your checkout",
        },
      },
      {
        kind: "email",
        key: "proof",
        enabled: true,
        waitHours: 72,
        content: {
          subject: "Questions about your order at {{ shop_name }}?",
          preheader: "A person answers when you reply to this mail.",
          heading: "Anything we can answer?",
          body: "Hello{% if first_name != blank %} {{ first_name }}{% endif %},\n\nyour checkout is still here. If something kept you, delivery, size or returns, just reply to this mail: a person reads it and answers.",
          button: "Return to your checkout",
        },
      },
      {
        kind: "offer-email",
        key: "offer",
        enabled: true,
        waitHours: 48,
        percent: 10,
        validDays: 7,
        content: {
          subject: "{{ offer_percent }}% off what you left at {{ shop_name }}",
          preheader: "Your own code, valid until {{ offer_until }}.",
          heading: "{{ offer_percent }}% off, if it helps",
          body: "Hello{% if first_name != blank %} {{ first_name }}{% endif %},\n\nhere is a code of your own for the things you left. It works once, until {{ offer_until }}. This is the last we write about it.",
          button: "Use my code",
        },
      },
    ],
  },
  "browse-abandonment": {
    steps: [
      {
        kind: "email",
        key: "reminder",
        enabled: true,
        waitHours: 4,
        content: {
          subject: "Still looking at {{ product_title }}?",
          preheader: "Here it is again, in case it helps.",
          heading: "Would you like another look?",
          body: "Hello{% if first_name != blank %} {{ first_name }}{% endif %},\n\nyou looked at {{ product_title }} at {{ shop_name }}. Here it is again, so that you need not search for it. If anything is unclear, just reply to this mail: a person reads it and answers.",
          button: "Take another look",
        },
      },
      {
        kind: "email",
        key: "second-look",
        enabled: false,
        waitHours: 48,
        content: {
          subject: "A question about {{ product_title }}?",
          preheader: "A person answers when you reply to this mail.",
          heading: "Anything we can answer?",
          body: "Hello{% if first_name != blank %} {{ first_name }}{% endif %},\n\nyou looked at {{ product_title }} a few days ago. If something kept you, size, delivery or returns, just reply to this mail. This is the last we write about it.",
          button: "See {{ product_title | truncate: 30 }}",
        },
      },
    ],
  },
};

/** What still stands between a flow and being switched on; empty when it may be. */
export function missingFor(
  flow: Flow,
  shop: { senderName: string | null; senderAddress: string | null; postalAddress: string | null },
): ("sender" | "postal-address" | "test-mail" | "other-mails")[] {
  return [
    ...(shop.senderName === null || shop.senderAddress === null ? (["sender"] as const) : []),
    ...(shop.postalAddress === null ? (["postal-address"] as const) : []),
    ...(flow.testMailAt === null ? (["test-mail"] as const) : []),
    ...(flow.otherMailsOffAt === null ? (["other-mails"] as const) : []),
  ];
}

/** The steps that are switched on, in order: what a run's `stepIndex` counts. */
export function liveSteps(flow: Flow): Step[] {
  return flow.settings.steps.filter((one) => one.enabled);
}

/** How long a run takes from its start to its last step, if nothing holds it, in milliseconds. */
export function lengthOf(flow: Flow): number {
  return liveSteps(flow).reduce((sum, one) => sum + one.waitHours * hour, 0);
}
