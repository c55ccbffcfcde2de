import type { Request, Response } from "express";
import { confirmSender, senderAsked } from "../messages/confirm-sender.server.ts";
import { click, unsubscribe, unsubscribeShop } from "../messages/respond.server.ts";
import { page } from "./page.ts";

function send(response: Response, status: number, html: string): void {
  response
    .status(status)
    .set({
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    })
    .type("html")
    .send(html);
}

const unknown = page({ title: "This link is not valid", paragraphs: ["It may have been cut off when it was copied. Please use the link in the mail itself."] });

/** A link in a mail: written down, then followed. The destination was fixed when the mail was made. */
export async function clickDoor(request: Request, response: Response): Promise<void> {
  const target = await click(String(request.params.token), { method: request.method, userAgent: request.get("user-agent") ?? null }, new Date());
  if (target === null) return send(response, 404, unknown);
  response.set({ "referrer-policy": "no-referrer", "cache-control": "no-store" }).redirect(302, target.url);
}

/** Asks before it does anything: software follows links in mails. */
export async function unsubscribePage(request: Request, response: Response): Promise<void> {
  const shop = await unsubscribeShop(String(request.params.token));
  if (shop === null) return send(response, 404, unknown);
  send(
    response,
    200,
    page({
      title: `Unsubscribe from ${shop.name}`,
      paragraphs: ["You will get no more marketing mail from this shop. Mails about your orders still come."],
      button: "Unsubscribe",
    }),
  );
}

/** RFC 8058 one-click, and the button of the page: answered after it is committed, as often as it is asked. */
export async function unsubscribeDoor(request: Request, response: Response): Promise<void> {
  const shop = await unsubscribeShop(String(request.params.token));
  if (shop === null || !(await unsubscribe(String(request.params.token), new Date()))) return send(response, 404, unknown);
  send(response, 200, page({ title: "You are unsubscribed", paragraphs: [`${shop.name} will send you no more marketing mail.`] }));
}

/** Asks before it does anything, for the same reason. */
export async function senderPage(request: Request, response: Response): Promise<void> {
  const shop = await senderAsked(String(request.params.token));
  if (shop === null) return send(response, 404, unknown);
  send(
    response,
    200,
    page({
      title: "Is this your address?",
      paragraphs: [`${shop.senderName ?? shop.name} wants to write to its shoppers from ${shop.senderAddress ?? ""}.`],
      button: "Yes, this is our address",
    }),
  );
}

export async function senderDoor(request: Request, response: Response): Promise<void> {
  const shop = await confirmSender(String(request.params.token), new Date());
  if (shop === null) return send(response, 404, unknown);
  send(response, 200, page({ title: "The address is confirmed", paragraphs: ["You can close this page and go on in your Shopify admin."] }));
}
