// Makes the theme's script of its source. The result is committed, because Shopify takes a theme extension's files as they lie there.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformWithEsbuild } from "vite";

const root = join(import.meta.dirname, "..", "..");
const source = join(root, "extensions/storefront-src/comeback.ts");
export const asset = join(root, "extensions/storefront/assets/comeback.js");

/** The script as it must lie in the assets folder. */
export async function storefrontScript(): Promise<string> {
  const { code } = await transformWithEsbuild(readFileSync(source, "utf8"), "comeback.ts", {
    minify: true,
    target: "es2020",
    format: "esm",
    charset: "ascii",
    sourcemap: false,
  });
  return code;
}

if (import.meta.main) {
  writeFileSync(asset, await storefrontScript());
  console.log("Wrote extensions/storefront/assets/comeback.js");
}
