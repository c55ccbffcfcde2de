import type { IncomingMessage, ServerResponse } from "node:http";
import { receive } from "../capture/receive.server.ts";
import { TooBusy } from "../lib/group.ts";
import { log } from "../log.server.ts";
import { webhookIsGenuine } from "../shops/api.server.ts";
import { readBody } from "./body.server.ts";

/** Shopify's largest payloads (orders with hundreds of lines) stay well below this. */
export const longestWebhook = 5_000_000;

const shopDomain = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/;

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

function header(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === "string" && value !== "" ? value : null;
}

/** Takes a webhook: verified, then kept, then acknowledged, in this order. */
export async function webhookDoor(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "POST") return answer(response, 405, "Webhooks are posted.");
  const body = await readBody(request, longestWebhook);
  if (!body.ok) {
    // The rest of a body that is too long is not read: the connection goes with the answer.
    response.setHeader("connection", "close");
    return answer(response, body.reason === "too-large" ? 413 : 400, body.reason === "too-large" ? "The body is too large." : "The body broke off.");
  }
  if (body.bytes.length === 0 || !webhookIsGenuine(body.bytes, request.headers)) return answer(response, 401, "The signature is wrong or missing.");
  const domain = header(request, "x-shopify-shop-domain")?.toLowerCase() ?? "";
  // Signed with our secret, so this is Shopify; a domain of another form would still never become a shop.
  if (!shopDomain.test(domain)) return answer(response, 400, "This is not the domain of a shop.");
  try {
    const outcome = await receive({
      domain,
      topic: header(request, "x-shopify-topic") ?? "",
      webhookId: header(request, "x-shopify-webhook-id") ?? "",
      eventId: header(request, "x-shopify-event-id"),
      apiVersion: header(request, "x-shopify-api-version") ?? "",
      triggeredAt: header(request, "x-shopify-triggered-at"),
      body: body.bytes.toString("utf8"),
      receivedAt: new Date(),
    });
    log.debug({ shop: domain, topic: header(request, "x-shopify-topic"), outcome }, "webhook");
    answer(response, 200, outcome);
  } catch (error) {
    if (error instanceof TooBusy) return answer(response, 429, "Too much is waiting. Try again.");
    log.error({ err: error, shop: domain, topic: header(request, "x-shopify-topic") }, "webhook not kept");
    answer(response, 503, "It could not be kept. Try again.");
  }
}
