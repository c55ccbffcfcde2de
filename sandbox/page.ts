// How every page of the world looks: one escaping template, one style, one navigation.

/** HTML that is already safe. Anything else put into a template is escaped. */
export type Html = { readonly markup: string };

type Piece = Html | string | number | boolean | null | undefined | Date | readonly Piece[];

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Escapes text for use between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Tagged template: every value is escaped unless it came from `html` or `raw`; lists are joined, empty values vanish. */
export function html(strings: TemplateStringsArray, ...values: Piece[]): Html {
  let markup = strings[0] ?? "";
  values.forEach((value, index) => {
    markup += markupOf(value) + (strings[index + 1] ?? "");
  });
  return { markup };
}

/** Marks text as HTML that must not be escaped. Only for text this world wrote itself. */
export function raw(markup: string): Html {
  return { markup };
}

function markupOf(value: Piece): string {
  if (value === null || value === undefined || value === false || value === true) return "";
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  if (value instanceof Date) return escapeHtml(value.toISOString());
  if (isList(value)) return value.map(markupOf).join("");
  return value.markup;
}

function isList(value: Piece): value is readonly Piece[] {
  return Array.isArray(value);
}

/** The pages every world has, in the order of the navigation. */
export const places: readonly { path: string; label: string; about: string }[] = [
  { path: "/", label: "Desk", about: "Where everything in this world starts." },
  { path: "/shop/comeback-demo/", label: "Storefront", about: "Be a shopper: look around, fill a cart, leave." },
  {
    path: "/admin/store/comeback-demo/apps/comeback",
    label: "Admin",
    about: "Be the merchant: Comeback inside a Shopify admin frame.",
  },
  { path: "/mail", label: "Mailbox", about: "Every email that Comeback sent, as its reader sees it." },
  { path: "/meta", label: "Meta", about: "The ad account: its audiences and who is in them." },
  { path: "/google", label: "Google", about: "The Google Ads accounts: their lists and who is in them." },
  { path: "/clock", label: "Clock", about: "Let hours or days pass in a moment." },
  { path: "/log", label: "Log", about: "Every call that would have left the building." },
];

const style = `
:root { color-scheme: light; --ink: #1f2933; --soft: #5b6774; --line: #dde3e8; --ground: #f5f7f8; --accent: #0b6e4f; --warn: #a33b20; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", "Open Sans", sans-serif; }
a { color: var(--accent); }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible { outline: 3px solid #8fd0b9; outline-offset: 2px; }
header.world { background: #14302a; }
header.world nav { max-width: 1080px; margin: 0 auto; padding: 0 20px; display: flex; flex-wrap: wrap; gap: 4px; align-items: center; }
header.world a { color: #dcebe5; text-decoration: none; padding: 12px 10px; display: block; }
header.world a[aria-current] { color: #fff; box-shadow: inset 0 -3px 0 #7fd1b4; }
header.world a:hover { color: #fff; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 60px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 8px; }
h2 { font-size: 18px; margin: 28px 0 8px; }
p.lead { color: var(--soft); margin: 0 0 20px; max-width: 68ch; }
.card { background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; margin: 0 0 16px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 14px; }
.cards .card { margin: 0; }
.card h3 { font-size: 15px; margin: 0 0 10px; }
.card form p { margin: 4px 0 12px; }
.card form:last-child p { margin-bottom: 0; }
.cards a.card { color: inherit; text-decoration: none; display: block; }
.cards a.card:hover { border-color: var(--accent); }
.card strong.title { display: block; font-size: 17px; color: var(--accent); }
table { border-collapse: collapse; width: 100%; background: #fff; border: 1px solid var(--line); border-radius: 10px; }
th, td { text-align: left; padding: 8px 12px; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
th { font-weight: 600; color: var(--soft); font-size: 13px; }
code, pre { font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; }
pre { background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 14px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
button, .button { font: inherit; border: 1px solid var(--accent); background: var(--accent); color: #fff; border-radius: 8px; padding: 7px 14px; cursor: pointer; text-decoration: none; display: inline-block; }
button.quiet, .button.quiet { background: #fff; color: var(--accent); }
button:disabled { opacity: .5; cursor: default; }
input, select, textarea { font: inherit; padding: 6px 10px; border: 1px solid #b9c3cb; border-radius: 8px; background: #fff; color: var(--ink); }
form.row, .row { display: flex; flex-wrap: wrap; gap: 10px; align-items: center; margin: 0 0 14px; }
.tabs { display: flex; gap: 4px; margin: 16px 0 0; border-bottom: 1px solid var(--line); }
.tabs a { padding: 8px 14px; text-decoration: none; color: var(--soft); }
.tabs a[aria-current] { color: var(--ink); box-shadow: inset 0 -3px 0 var(--accent); }
.soft { color: var(--soft); }
.warn { color: var(--warn); }
.badge { display: inline-block; border: 1px solid var(--line); background: var(--ground); border-radius: 999px; padding: 0 9px; font-size: 13px; }
.big { font-size: 30px; font-variant-numeric: tabular-nums; margin: 4px 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
iframe.letter { width: 100%; height: 70vh; border: 1px solid var(--line); border-radius: 0 0 10px 10px; background: #fff; }
`;

/** A whole page of the world: title, the shared navigation, and `body`. `at` is the path of the current place, for the navigation. */
export function page(title: string, body: Html, at?: string): string {
  const links = places.map((place) =>
    place.path === at ? html`<a href="${place.path}" aria-current="page">${place.label}</a>` : html`<a href="${place.path}">${place.label}</a>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Comeback's world</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <header class="world"><nav aria-label="World">${links}</nav></header>
        <main>${body}</main>
      </body>
    </html>`.markup;
}
