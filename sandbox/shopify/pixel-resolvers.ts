// The app's web pixel: one per shop, its settings checked against the extension's own toml.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GraphQLError } from "graphql";
import { parse } from "smol-toml";
import type { Resolver } from "./graphql-execution.ts";
import { gid } from "./ids.ts";

type Toml = { settings?: { fields?: Record<string, unknown> } };

function fields(): string[] {
  const toml = parse(readFileSync(join(import.meta.dirname, "../../extensions/pixel/shopify.extension.toml"), "utf8")) as Toml;
  return Object.keys(toml.settings?.fields ?? {});
}

/** The settings as kept, or the code of why Shopify would refuse them. */
function readSettings(given: unknown): { settings: Record<string, string> } | { code: string } {
  let settings = given;
  if (typeof given === "string") {
    try {
      settings = JSON.parse(given);
    } catch {
      return { code: "INVALID_CONFIGURATION_JSON" };
    }
  }
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) return { code: "INVALID_SETTINGS" };
  const known = fields();
  const entries = Object.entries(settings as Record<string, unknown>);
  const right = entries.every(([name, value]) => known.includes(name) && typeof value === "string" && value !== "") && known.every((name) => name in settings);
  return right ? { settings: Object.fromEntries(entries) as Record<string, string> } : { code: "INVALID_SETTINGS" };
}

const refuse = (code: string, message: string) => ({
  webPixel: null,
  userErrors: [{ __typename: "ErrorsWebPixelUserError", field: ["webPixel"], code, message }],
});
const settingsOf = (args: Record<string, unknown>) => readSettings((args["webPixel"] as { settings?: unknown }).settings);

export const pixelQueries: Record<string, Resolver> = {
  webPixel: (args, { shop }) => {
    const pixel = shop.webPixel ?? null;
    if (pixel === null || (typeof args["id"] === "string" && args["id"] !== pixel.id))
      throw new GraphQLError("No web pixel was found for this app.", { extensions: { code: "RESOURCE_NOT_FOUND" } });
    return pixel;
  },
};

export const pixelMutations: Record<string, Resolver> = {
  webPixelCreate: (args, { shop }) => {
    if (shop.webPixel) return refuse("TAKEN", "Web pixel is taken.");
    const read = settingsOf(args);
    if ("code" in read) return refuse(read.code, "Settings are not as the extension declares them.");
    shop.webPixel = { id: gid("WebPixel", shop.id + 17), settings: read.settings };
    return { webPixel: shop.webPixel, userErrors: [] };
  },
  webPixelUpdate: (args, { shop }) => {
    if (!shop.webPixel || args["id"] !== shop.webPixel.id) return refuse("NOT_FOUND", "Web pixel not found.");
    const read = settingsOf(args);
    if ("code" in read) return refuse(read.code, "Settings are not as the extension declares them.");
    shop.webPixel.settings = read.settings;
    return { webPixel: shop.webPixel, userErrors: [] };
  },
};
