// The scripts that browsers load: this world's own App Bridge for the app, and the script of the admin around it.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "browser");
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

/** App Bridge as one script; its parts share nothing with the page but `window.shopify`. */
export function appBridgeScript(): string {
  return ["app-bridge.js", "app-bridge-elements.js", "app-bridge-dialogs.js"].map(read).join("\n");
}

export function adminScript(): string {
  return read("admin.js");
}

export function themeEditorStyle(): string {
  return read("theme-editor.css");
}

export function adminStyle(): string {
  return read("admin.css") + read("admin-overlays.css");
}
