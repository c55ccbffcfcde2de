// The app's webhook door, as Shopify comes to it: signed, over connections that stay open, again when there was no answer.
import { Agent, request as startRequest, type IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { sign } from "../shopify/webhooks.ts";

export type Envelope = { shop: string; topic: string; apiVersion: string; webhookId: string; eventId: string; triggeredAt: Date };
export type Answer = { status: number; text: string };
export type Door = ReturnType<typeof openDoor>;

const pausesMs = [100, 250, 500, 1000, 2000, 4000, 8000, 8000];

/** Opens the door of the app at `address`, for at most `connections` at once. */
export function openDoor({ address, secret, connections }: { address: () => string; secret: string; connections: number }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });

  /** One attempt. Rejects when there was no answer. */
  function knock(envelope: Envelope, body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const bytes = Buffer.from(body);
      const request = startRequest(new URL("/webhooks", address()), {
        agent,
        method: "POST",
        timeout: 30_000,
        headers: headersOf(envelope, bytes.length, sign(body, secret)),
      });
      request.once("response", (response: IncomingMessage) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.once("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString("utf8") }));
        response.once("error", reject);
      });
      request.once("timeout", () => request.destroy(new Error("no answer in time")));
      request.once("error", reject);
      request.end(bytes);
    });
  }

  return {
    knock,
    /** Knocks until it is acknowledged: the answer's text, which is what became of it. Throws when it never is. */
    async deliver(envelope: Envelope, body: string): Promise<string> {
      let last = "";
      for (const pause of [...pausesMs, null]) {
        try {
          const { status, text } = await knock(envelope, body);
          if (status >= 200 && status < 300) return text;
          last = `${status} ${text}`;
          // It understood, and said no: asking again would change nothing.
          if (status >= 400 && status < 500) break;
        } catch (error) {
          last = error instanceof Error ? error.message : String(error);
        }
        if (pause !== null) await wait(pause);
      }
      throw new Error(`${envelope.topic} ${envelope.eventId} was not taken by ${address()}: ${last}`);
    },
    close: (): void => agent.destroy(),
  };
}

function headersOf(envelope: Envelope, length: number, signature: string): Record<string, string> {
  return {
    "Content-Type": "application/json",
    "Content-Length": String(length),
    "User-Agent": "Shopify-Captain-Hook",
    "X-Shopify-Topic": envelope.topic,
    "X-Shopify-Shop-Domain": envelope.shop,
    "X-Shopify-API-Version": envelope.apiVersion,
    "X-Shopify-Webhook-Id": envelope.webhookId,
    "X-Shopify-Event-Id": envelope.eventId,
    "X-Shopify-Triggered-At": envelope.triggeredAt.toISOString(),
    "X-Shopify-Hmac-Sha256": signature,
  };
}
