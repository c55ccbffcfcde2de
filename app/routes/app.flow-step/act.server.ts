import { textOf, type Reply } from "#app/components/reply.ts";
import { words } from "#app/components/words.ts";
import { wire } from "#app/connectors/wire.server.ts";
import { sampleOf } from "#app/flows/sample.server.ts";
import { saveSettings } from "#app/flows/settings.server.ts";
import { sendTestMail } from "#app/flows/test-mail.server.ts";
import type { Rendered } from "#app/messages/content.ts";
import { wake } from "#app/queue.server.ts";
import type { Shop } from "#app/shops/shop.ts";
import { readStep } from "./editing.server.ts";
import { findStep, type Place } from "./load.server.ts";

export type StepReply = Reply & { preview?: Rendered };

/** Shows, tests or saves one step. */
export async function act(shop: Shop, place: Place, form: FormData, now: Date): Promise<StepReply> {
  const { flow, step } = await findStep(shop, place);
  if (form.get("intent") === "test") {
    const outcome = await sendTestMail(shop, flow.key, textOf(form, "to"), wire, now, step.key);
    if (outcome.ok) return { ok: true, done: "test-sent" };
    return { ok: false, errors: { to: [words.flow.testProblem[outcome.reason], outcome.reply].filter((part) => part !== "").join(": ") } };
  }
  const read = await readStep(shop, step, await sampleOf(shop, flow.key), form, now);
  if (!read.ok) return read;
  if (form.get("intent") === "preview") return { ok: true, done: null, preview: read.preview };
  const steps = flow.settings.steps.map((one) => (one.key === step.key ? read.step : one));
  await saveSettings(shop, flow.key, { steps }, flow.holdoutPercent, now);
  await wake("offers.fill", shop.id);
  return { ok: true, done: "saved", preview: read.preview };
}
