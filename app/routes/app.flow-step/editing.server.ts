import { errorsFrom, textOf } from "#app/components/reply.ts";
import { words } from "#app/components/words.ts";
import { step as stepShape, type Step } from "#app/flows/flow.ts";
import { offerOf } from "#app/flows/sample.server.ts";
import { liquidProblem, render, type Rendered } from "#app/messages/content.ts";
import { sampleFilling, type SampleAbout } from "#app/messages/sample.ts";
import type { Shop } from "#app/shops/shop.ts";

/** A step as the form holds it: everything as it is typed. */
export type StepDraft = {
  enabled: boolean;
  waitHours: string;
  subject: string;
  preheader: string;
  heading: string;
  body: string;
  button: string;
  percent: string;
  validDays: string;
};

export function draftOf(step: Step): StepDraft {
  return {
    ...step.content,
    enabled: step.enabled,
    waitHours: String(step.waitHours),
    percent: step.kind === "offer-email" ? String(step.percent) : "",
    validDays: step.kind === "offer-email" ? String(step.validDays) : "",
  };
}

const texts = ["subject", "preheader", "heading", "body", "button"] as const;
const whole = (text: string) => (/^\s*-?\d+\s*$/.test(text) ? Number(text) : Number.NaN);

type Read = { ok: true; step: Step; preview: Rendered } | { ok: false; errors: Record<string, string> };

/** Reads a form into a step that can be sent: its shape, its Liquid, and a whole rendering with sample values. */
export async function readStep(shop: Shop, before: Step, about: SampleAbout, form: FormData, now: Date): Promise<Read> {
  const text = (name: string) => textOf(form, name).replaceAll("\r\n", "\n");
  const parsed = stepShape.safeParse({
    kind: before.kind,
    key: before.key,
    enabled: text("enabled") === "true",
    waitHours: whole(text("waitHours")),
    content: Object.fromEntries(texts.map((name) => [name, text(name)])),
    ...(before.kind === "offer-email" ? { percent: whole(text("percent")), validDays: whole(text("validDays")) } : {}),
  });
  const errors = parsed.success
    ? {}
    : errorsFrom(parsed.error.issues.map((issue) => (issue.code === "invalid_type" ? { ...issue, message: "Write a whole number" } : issue)));
  for (const name of texts) {
    const problem = liquidProblem(text(name));
    if (problem !== null) errors[name] ??= problem;
  }
  if (!parsed.success || Object.keys(errors).length > 0) return { ok: false, errors };
  try {
    return { ok: true, step: parsed.data, preview: await render(parsed.data.content, sampleFilling(shop, about, offerOf(parsed.data), now)) };
  } catch (error) {
    return { ok: false, errors: { form: error instanceof Error ? (error.message.split("\n")[0] ?? words.trouble.form) : words.trouble.form } };
  }
}
