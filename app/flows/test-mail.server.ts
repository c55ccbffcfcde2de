import type { Wire } from "../connectors/contract.ts";
import { newId } from "../lib/id.server.ts";
import { render } from "../messages/content.ts";
import { toMime } from "../messages/mime.server.ts";
import { sampleFilling } from "../messages/sample.ts";
import type { Shop } from "../shops/shop.ts";
import { liveSteps, type FlowKey } from "./flow.ts";
import { offerOf, sampleOf } from "./sample.server.ts";
import { findFlow, noteTestMail } from "./settings.server.ts";

export type TestMailOutcome = { ok: true } | { ok: false; reason: "no-sender" | "no-step" | "refused" | "unreached"; reply: string };

/**
 * Sends a step to the merchant herself, filled with a sample, and notes that it arrived at the mail server. It is no marketing mail: it carries
 * no unsubscribe header and no real code. Without a step the first one that is switched on is sent.
 */
export async function sendTestMail(shop: Shop, key: FlowKey, to: string, wire: Pick<Wire, "smtp">, now: Date, stepKey?: string): Promise<TestMailOutcome> {
  if (shop.senderName === null || shop.senderAddress === null) return { ok: false, reason: "no-sender", reply: "" };
  const flow = await findFlow(shop.id, key);
  const step = stepKey === undefined ? (liveSteps(flow)[0] ?? flow.settings.steps[0]) : flow.settings.steps.find((one) => one.key === stepKey);
  if (step === undefined) return { ok: false, reason: "no-step", reply: "" };
  const rendered = await render(step.content, sampleFilling(shop, await sampleOf(shop, key), offerOf(step), now));
  const domain = shop.senderAddress.slice(shop.senderAddress.lastIndexOf("@") + 1);
  const raw = await toMime({
    from: { name: shop.senderName, address: shop.senderAddress },
    to,
    ...rendered,
    subject: `[Test] ${rendered.subject}`,
    messageId: `${newId(now)}@${domain}`,
    date: now,
    unsubscribeUrl: null,
    listId: `${key}.${shop.id}.${domain}`,
    feedbackId: `test:${step.key}:${shop.id}:comeback`,
  });
  const reply = await wire.smtp({ from: shop.senderAddress, to, raw, beforeContent: () => Promise.resolve(true) });
  if (reply.kind === "accepted") {
    await noteTestMail(shop, key, to, now);
    return { ok: true };
  }
  return { ok: false, reason: reply.kind === "refused" ? "refused" : "unreached", reply: "reply" in reply ? reply.reply : "" };
}
