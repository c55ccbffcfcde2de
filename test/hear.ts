// The app's door for webhooks in a test's own process: what the world sends is received as it is, or lost on the way when the test says so.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Webhook } from "../app/capture/receive.server.ts";

export type Door = { url: string; lost: number; heard: number; close: () => Promise<void> };

/** Opens it. `lose` is asked of every delivery; a lost one is acknowledged all the same, as by a proxy that swallowed it. */
export async function hear(receive: (webhook: Webhook) => Promise<unknown>, now: () => Date, lose: (webhook: Webhook) => boolean): Promise<Door> {
  const server = createServer((request, response) => {
    const header = (name: string) => String(request.headers[`x-shopify-${name}`] ?? "");
    void text(request)
      .then(async (body) => {
        const webhook: Webhook = {
          ...{ domain: header("shop-domain"), topic: header("topic"), webhookId: header("webhook-id"), eventId: header("event-id"), body },
          ...{ apiVersion: header("api-version"), triggeredAt: header("triggered-at"), receivedAt: now() },
        };
        if (lose(webhook)) door.lost += 1;
        else {
          door.heard += 1;
          await receive(webhook);
        }
        response.end();
      })
      .catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const door: Door = {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, lost: 0, heard: 0 },
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return door;
}
