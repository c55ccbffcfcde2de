import { env } from "../env.server.ts";

/** Where a platform sends the merchant back to; it must stand in the platform's own settings of our app, letter by letter. */
export function callbackUri(connectorId: string): string {
  return `${env().SHOPIFY_APP_URL}/connect/${connectorId}`;
}
