import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NoDeprecatedCustomRule, parse, specifiedRules, validate } from "graphql";
import { parse as parseToml } from "smol-toml";
import { describe, expect, test } from "vitest";
import { officialSchema, requiredScopes, satisfies } from "../sandbox/shopify/official-schema.ts";

const folder = join(import.meta.dirname, "../app/shops/admin");
const scopes = (
  parseToml(readFileSync(join(import.meta.dirname, "../shopify.app.toml"), "utf8")) as { access_scopes: { scopes: string } }
).access_scopes.scopes.split(",");

const operations = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(/`#graphql([^`]*)`/g)].map((match) => ({ file, document: match[1] ?? "" })));

describe("every Admin API operation", () => {
  test("is found", () => {
    expect(operations.length).toBeGreaterThanOrEqual(4);
    // A document that is not marked would slip through this check.
    const all = readdirSync(join(import.meta.dirname, "../app"), { recursive: true, withFileTypes: true }).filter(
      (one) => one.isFile() && one.name.endsWith(".ts"),
    );
    for (const one of all) if (one.parentPath !== folder) expect(readFileSync(join(one.parentPath, one.name), "utf8")).not.toContain("#graphql");
  });

  test.each(operations)(
    "$file fits the official schema of 2026-10, uses nothing deprecated, and needs no scope that is not asked for",
    async ({ document }) => {
      const parsed = parse(document);
      expect(validate(await officialSchema(), parsed, [...specifiedRules, NoDeprecatedCustomRule]).map(String)).toEqual([]);
      expect(satisfies(scopes, await requiredScopes(parsed))).toBe(true);
    },
  );
});
