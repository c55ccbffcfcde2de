import { z } from "zod";
import { errorsFrom, type Reply } from "#app/components/reply.ts";
import { words } from "#app/components/words.ts";
import { wire } from "#app/connectors/wire.server.ts";
import type { FlowKey } from "#app/flows/flow.ts";
import { disable, enable, findFlow, noteOtherMails, saveSettings } from "#app/flows/settings.server.ts";
import { sendTestMail } from "#app/flows/test-mail.server.ts";
import { wake } from "#app/queue.server.ts";
import { saveShop } from "#app/shops/settings.server.ts";
import { percentUpTo, postal, sender } from "#app/shops/settings.ts";
import type { Shop } from "#app/shops/shop.ts";

const senderForm = sender.extend(postal.shape);
const testForm = z.object({ to: z.string().trim().pipe(z.email("Write a whole address, such as you@your-shop.com")) });
const holdoutForm = z.object({ holdoutPercent: percentUpTo(50) });
const stepForm = z.object({ step: z.string(), enabled: z.enum(["true", "false"]).transform((text) => text === "true") });

const done = (what: Extract<Reply, { ok: true }>["done"]): Reply => ({ ok: true, done: what });
const wrong = (errors: Record<string, string>): Reply => ({ ok: false, errors });

/** Does one thing on a flow's screen, and says how it went. */
export async function act(shop: Shop, flowKey: FlowKey, form: FormData, now: Date): Promise<Reply> {
  const fields = Object.fromEntries(form);
  switch (form.get("intent")) {
    case "sender": {
      const parsed = senderForm.safeParse(fields);
      if (!parsed.success) return wrong(errorsFrom(parsed.error.issues));
      await saveShop(shop, parsed.data);
      return done("sender-saved");
    }
    case "test": {
      const parsed = testForm.safeParse(fields);
      return parsed.success ? test(shop, flowKey, parsed.data.to, now) : wrong(errorsFrom(parsed.error.issues));
    }
    case "other-mails":
      await noteOtherMails(shop, flowKey, fields.off === "true", now);
      return done("noted");
    case "holdout": {
      const parsed = holdoutForm.safeParse(fields);
      if (!parsed.success) return wrong(errorsFrom(parsed.error.issues));
      const flow = await findFlow(shop.id, flowKey);
      await saveSettings(shop, flowKey, flow.settings, parsed.data.holdoutPercent, now);
      return done("saved");
    }
    case "step": {
      const parsed = stepForm.safeParse(fields);
      if (!parsed.success) return wrong(errorsFrom(parsed.error.issues));
      const flow = await findFlow(shop.id, flowKey);
      const steps = flow.settings.steps.map((step) => (step.key === parsed.data.step ? { ...step, enabled: parsed.data.enabled } : step));
      await saveSettings(shop, flowKey, { steps }, flow.holdoutPercent, now);
      await wake("offers.fill", shop.id);
      return done("saved");
    }
    case "enable": {
      const outcome = await enable(shop, flowKey, now);
      if (!outcome.ok) return wrong({ form: `${words.flow.missingTitle}: ${outcome.missing.map((one) => words.flow.missing[one]).join(", ")}.` });
      await wake("offers.fill", shop.id);
      return done("switched-on");
    }
    case "disable":
      await disable(shop, flowKey, now);
      return done("switched-off");
    default:
      return wrong({ form: words.trouble.form });
  }
}

async function test(shop: Shop, flowKey: FlowKey, to: string, now: Date): Promise<Reply> {
  const outcome = await sendTestMail(shop, flowKey, to, wire, now);
  if (outcome.ok) return done("test-sent");
  const why = words.flow.testProblem[outcome.reason];
  return wrong({ to: outcome.reply === "" ? why : `${why}: ${outcome.reply}` });
}
