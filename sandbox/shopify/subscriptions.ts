// What the app's own `shopify.app.toml` subscribes to, because Shopify sends nothing else.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { topicScopes } from "./payload-schema.ts";

export type Subscriptions = {
  apiVersion: string;
  scopes: readonly string[];
  /** Path of the app that a topic is posted to, by topic. */
  topics: ReadonlyMap<string, string>;
};

const tomlShape = z.object({
  access_scopes: z.object({ scopes: z.string().optional() }).optional(),
  webhooks: z.object({
    api_version: z.string(),
    subscriptions: z
      .array(
        z.object({
          topics: z.array(z.string()).default([]),
          compliance_topics: z.array(z.string()).default([]),
          uri: z.string(),
        }),
      )
      .default([]),
  }),
});

const complianceTopics = ["customers/data_request", "customers/redact", "shop/redact"];

/** For a checkout without a toml: everything this world can tell, to one address. */
export const everything: Subscriptions = {
  apiVersion: "2026-10",
  scopes: [
    "read_orders",
    "read_customers",
    "read_customer_merge",
    "read_products",
    "read_inventory",
    "read_discounts",
    "write_discounts",
    "write_pixels",
    "read_customer_events",
  ],
  topics: new Map(
    [
      ...["carts/create", "carts/update", "checkouts/create", "checkouts/update", "checkouts/delete"],
      ...["orders/create", "orders/paid", "orders/updated", "orders/cancelled", "refunds/create"],
      ...["customers/create", "customers/update", "customers/delete", "customers/merge"],
      ...["customers_email_marketing_consent/update", "customers_marketing_consent/update"],
      ...["products/create", "products/update", "products/delete", "inventory_levels/update"],
      ...["collections/create", "collections/update", "collections/delete"],
      ...["app/uninstalled", "app/scopes_update", "shop/update"],
      ...complianceTopics,
    ].map((topic) => [topic, "/webhooks"]),
  ),
};

/** Reads a `shopify.app.toml`; throws when it is not one, or when a compliance topic is missing. */
export function parseSubscriptions(toml: string): Subscriptions {
  const read = tomlShape.parse(parse(toml));
  const topics = new Map<string, string>();
  for (const { topics: ordinary, compliance_topics, uri } of read.webhooks.subscriptions) {
    const path = uri.startsWith("/") ? uri : new URL(uri).pathname;
    for (const topic of [...ordinary, ...compliance_topics]) topics.set(topic, path);
    for (const topic of ordinary) {
      if (complianceTopics.includes(topic)) throw new Error(`${topic} belongs under compliance_topics`);
    }
  }
  for (const topic of complianceTopics) {
    if (!topics.has(topic)) throw new Error(`shopify.app.toml does not subscribe to the compliance topic ${topic}`);
  }
  const scopes = (read.access_scopes?.scopes ?? "")
    .split(",")
    .map((scope) => scope.trim())
    .filter(Boolean);
  for (const { topics: ordinary } of read.webhooks.subscriptions) {
    for (const topic of ordinary) {
      const wanted = topicScopes(topic);
      const granted = wanted.some((scope) => scopes.includes(scope) || scopes.includes(scope.replace("read_", "write_")));
      if (wanted.length > 0 && !granted) throw new Error(`${topic} needs the access scope ${wanted.join(" or ")}`);
    }
  }
  return { apiVersion: read.webhooks.api_version, scopes, topics };
}

const tomlPath = join(import.meta.dirname, "../../shopify.app.toml");
let remembered: { changedAt: number; subscriptions: Subscriptions } | undefined;

/** The app's subscriptions as its toml has them now. */
export function currentSubscriptions(path = tomlPath): Subscriptions {
  const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (changedAt === undefined) return everything;
  if (path !== tomlPath) return parseSubscriptions(readFileSync(path, "utf8"));
  if (remembered?.changedAt !== changedAt) {
    remembered = { changedAt, subscriptions: parseSubscriptions(readFileSync(path, "utf8")) };
  }
  return remembered.subscriptions;
}
