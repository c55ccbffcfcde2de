// The app's theme extension, read from its folder as Shopify's command line reads it: what does not belong there is an error.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { gid } from "../shopify/ids.ts";
import type { ShopState } from "../shopify/shop-state.ts";

const extensions = join(import.meta.dirname, "../../extensions");
const folders = ["assets", "blocks", "locales", "snippets"];

const tomlShape = z.object({ type: z.literal("theme"), name: z.string(), handle: z.string() });
const schemaShape = z.object({
  name: z.string(),
  target: z.enum(["section", "head", "body", "compliance_head"]),
  javascript: z.string().endsWith(".js").optional(),
  stylesheet: z.string().endsWith(".css").optional(),
  settings: z.array(z.looseObject({ type: z.string(), content: z.string().optional() })).default([]),
});

export type ThemeBlock = {
  /** The file's name without its ending; the second half of `activateAppId`. */
  handle: string;
  name: string;
  about: string[];
  target: z.infer<typeof schemaShape>["target"];
  javascript: string | null;
  stylesheet: string | null;
  /** What it renders where it stands. */
  liquid: string;
};

export type ThemeExtension = { handle: string; name: string; blocks: ThemeBlock[]; asset: (name: string) => string | null };

/** Reads the extension in `folder`, afresh every time: a developer changes it while the world runs. */
export function themeExtension(folder = join(extensions, "storefront")): ThemeExtension {
  const { handle, name } = tomlShape.parse(parse(readFileSync(join(folder, "shopify.extension.toml"), "utf8")));
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && !folders.includes(entry.name)) throw new Error(`A theme extension has no folder ${entry.name}`);
  }
  const words = JSON.parse(read(folder, "locales/en.default.schema.json") ?? "{}") as unknown;
  const asset = (file: string) => (/^[\w.-]+$/.test(file) ? read(folder, `assets/${file}`) : null);
  const blocks = readdirSync(join(folder, "blocks"))
    .filter((file) => file.endsWith(".liquid"))
    .map((file): ThemeBlock => {
      const text = read(folder, `blocks/${file}`) ?? "";
      const [whole, json] = /{%-?\s*schema\s*-?%}([\s\S]*?){%-?\s*endschema\s*-?%}/.exec(text) ?? [];
      if (whole === undefined || json === undefined) throw new Error(`${file} has no schema`);
      const forbidden = /{%-?\s*(javascript|stylesheet|include|layout|sections?)\b/.exec(text)?.[1];
      if (forbidden) throw new Error(`${file} uses {% ${forbidden} %}, which an app block may not`);
      const schema = schemaShape.parse(JSON.parse(json));
      for (const needed of [schema.javascript, schema.stylesheet]) {
        if (needed !== undefined && asset(needed) === null) throw new Error(`${file} loads ${needed}, which is not in assets`);
      }
      return {
        handle: file.replace(/\.liquid$/, ""),
        name: translated(words, schema.name),
        about: schema.settings.flatMap((one) => (one.type === "paragraph" && one.content ? [translated(words, one.content)] : [])),
        target: schema.target,
        javascript: schema.javascript ?? null,
        stylesheet: schema.stylesheet ?? null,
        liquid: text.replace(whole, "").trim(),
      };
    });
  return { handle, name, blocks, asset };
}

function read(folder: string, path: string): string | null {
  const file = join(folder, path);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

/** `t:embed.name` → its words; a key without words is an error, as it is to Shopify's theme check. */
function translated(words: unknown, text: string): string {
  if (!text.startsWith("t:")) return text;
  let at = words;
  for (const key of text.slice(2).split(".")) at = (at as Record<string, unknown> | undefined)?.[key];
  if (typeof at !== "string") throw new Error(`There are no words for ${text}`);
  return at;
}

/** Whether the merchant has switched the app's embed on in the theme she has published. */
export const embedIsOn = (shop: ShopState): boolean => shop.installed && shop.embed === "on";

/** What `shopify.app.extensions()` answers: App Bridge's `ExtensionInfo`, of which web pixels are not part. */
export function extensionInfo(shop: ShopState, extension = themeExtension()) {
  const on = embedIsOn(shop);
  const placed = on ? [{ target: "body", themeId: gid("OnlineStoreTheme", shop.id + 31) }] : [];
  return [
    {
      handle: extension.handle,
      type: "theme_app_extension" as const,
      activations: extension.blocks.map(({ target, handle, name }) => ({
        ...{ target, handle, name },
        status: on ? ("active" as const) : ("available" as const),
        activations: placed.map((one) => ({ ...one, target })),
      })),
    },
  ];
}
