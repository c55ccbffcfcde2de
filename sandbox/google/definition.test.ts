import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { answers, methods, schemas, scope, type Kind } from "./definition.ts";

// Google's published definition lies beside the checkout on some machines only; without it this is skipped aloud.
const file = new URL("../../../shared/data/openapi/google/datamanager.v1.discovery.json", import.meta.url);
const official = existsSync(file);
if (!official) console.warn("skipped: Google's published definition is not on this machine, so the stand-in's table was not compared with it");

type Property = { type?: string; $ref?: string; enum?: string[]; items?: Property; format?: string };
type Method = { id: string; httpMethod: string; parameters?: Record<string, { location: string }> };
type Resource = { methods?: Record<string, Method>; resources?: Record<string, Resource> };
type Published = Resource & { schemas: Record<string, { properties?: Record<string, Property> }>; auth: { oauth2: { scopes: Record<string, unknown> } } };

const published: Published = official ? (JSON.parse(readFileSync(file, "utf8")) as Published) : { schemas: {}, auth: { oauth2: { scopes: {} } } };
const methodsOf = (resource: Resource): Method[] => [...Object.values(resource.methods ?? {}), ...Object.values(resource.resources ?? {}).flatMap(methodsOf)];

function fits(kind: Kind, property: Property | undefined): boolean {
  if (property === undefined) return false;
  if (kind === "digits") return property.format === "int64";
  if (typeof kind === "string") return property.type === kind;
  if ("is" in kind) return property.$ref === kind.is;
  if ("listOf" in kind) return property.type === "array" && fits(kind.listOf, property.items);
  return kind.oneOf.every((word) => property.enum?.includes(word));
}

describe.skipIf(!official)("the stand-in knows nothing that Google does not publish", () => {
  it("its scope", () => expect(published.auth.oauth2.scopes).toHaveProperty([scope]));
  it.each(Object.keys(schemas))("every field of %s, and what it holds", (name) => {
    const properties = published.schemas[name]?.properties ?? {};
    expect(Object.entries(schemas[name] ?? {}).filter(([field, kind]) => !fits(kind, properties[field]))).toEqual([]);
  });
  it.each(Object.keys(answers))("every field of %s that it answers", (name) => {
    const properties = published.schemas[name]?.properties ?? {};
    expect(answers[name]?.filter((field) => properties[field] === undefined)).toEqual([]);
  });
  it.each(Object.entries(methods))("%s", (id, { method, params }) => {
    const found = methodsOf(published).find((one) => one.id === id);
    expect(found?.httpMethod).toBe(method);
    const query = Object.entries(found?.parameters ?? {}).flatMap(([name, { location }]) => (location === "query" ? [name] : []));
    expect(params.filter((name) => !query.includes(name))).toEqual([]);
  });
});
