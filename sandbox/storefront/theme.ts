// The theme's engine: Liquid with the tags, filters and globals of Shopify that our theme uses. What it does not use is an error, not an empty string.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Context, Liquid, Tag, type TagToken, type Template, type TopLevelToken, Value } from "liquidjs";
import { display } from "../shopify/money.ts";

const folder = join(import.meta.dirname, "theme");

/** What a theme's filters need to know of where they are. */
export type ThemeGlobals = { root: string; currency: string };

// Unlike Shopify's, this engine escapes what it puts out; our theme says `raw` where markup is meant.
const engine = new Liquid({
  root: [folder],
  partials: [join(folder, "snippets")],
  extname: ".liquid",
  outputEscape: "escape",
  strictFilters: true,
  strictVariables: true,
  lenientIf: true,
  cache: process.env["NODE_ENV"] === "production",
});

const globalsOf = (context: Context): ThemeGlobals => context.globals as ThemeGlobals;

engine.registerFilter("money", function (minor: unknown) {
  return display(Number(minor), globalsOf(this.context).currency);
});
engine.registerFilter("asset_url", function (file: unknown) {
  return `${globalsOf(this.context).root}cdn/shop/t/1/assets/${String(file)}`;
});
engine.registerFilter("image_url", (image: unknown) => {
  const src = (image as { src?: unknown } | null)?.src;
  if (typeof src !== "string") throw new Error("image_url wants an image");
  return src;
});
engine.registerFilter("stylesheet_tag", {
  raw: true,
  handler: (url: unknown) => `<link href="${String(url)}" rel="stylesheet" type="text/css" media="all" />`,
});

/** `{% section 'header' %}` */
class SectionTag extends Tag {
  readonly #name: string;
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    this.#name = /^['"]([\w-]+)['"]$/.exec(token.args.trim())?.[1] ?? fail(`section wants a name, not ${token.args}`);
  }
  *render(context: Context): Generator<unknown, string, string> {
    const inner = yield this.liquid.renderFile(`sections/${this.#name}`, context.getAll(), { globals: context.globals });
    return `<div id="shopify-section-${this.#name}" class="shopify-section">${inner}</div>`;
  }
}

/** Where each kind of form goes, under the root of the shop. */
const formActions: Record<string, string> = {
  product: "cart/add",
  cart: "cart",
  contact: "contact#contact_form",
  customer: "contact#newsletter",
  create_customer: "account",
  customer_login: "account/login",
};

/** `{% form 'contact', class: 'stack' %} … {% endform %}`: the form with what Shopify puts into it. */
class FormTag extends Tag {
  readonly #type: string;
  readonly #attributes: [name: string, value: Value][] = [];
  readonly #inner: Template[] = [];
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    const [type = "", ...rest] = token.args.split(/,\s*/);
    this.#type = type.replace(/['"\s]/g, "");
    if (!(this.#type in formActions)) fail(`There is no form '${this.#type}'`);
    for (const one of rest) {
      const [, name, value] = /^([\w-]+):\s*(.+)$/.exec(one) ?? [];
      // The second argument of a product's form is the product.
      if (name !== undefined && value !== undefined) this.#attributes.push([name, new Value(value, liquid)]);
    }
    const stream = this.liquid.parser.parseStream(remaining);
    let closed = false;
    stream
      .on("tag:endform", () => {
        closed = true;
        stream.stop();
      })
      .on("template", (template: Template) => this.#inner.push(template))
      .start();
    if (!closed) fail(`{% form '${this.#type}' %} is not closed`);
  }
  *render(context: Context): Generator<unknown, string, unknown> {
    const { root } = globalsOf(context);
    let attributes = "";
    for (const [name, value] of this.#attributes) attributes += ` ${name}="${String(yield value.value(context)).replace(/"/g, "&quot;")}"`;
    const inner = String(yield this.liquid.renderer.renderTemplates(this.#inner, context));
    return `<form method="post" action="${root}${formActions[this.#type] ?? ""}" accept-charset="UTF-8"${attributes}><input type="hidden" name="form_type" value="${this.#type}" /><input type="hidden" name="utf8" value="✓" />${inner}</form>`;
  }
}

engine.registerTag("section", SectionTag);
engine.registerTag("form", FormTag);

function fail(message: string): never {
  throw new Error(message);
}

/** Renders `templates/<name>` inside `layout/<layout>`. The layout must have a place for what Shopify adds to the head. */
export async function renderTheme(
  name: string,
  scope: Record<string, unknown>,
  globals: ThemeGlobals,
  { layout = "theme", header }: { layout?: "theme" | "checkout"; header: string },
): Promise<string> {
  const content = (await engine.renderFile(`templates/${name}`, scope, { globals })) as string;
  const whole = { ...scope, content_for_layout: content, content_for_header: header };
  const page = (await engine.renderFile(`layout/${layout}`, whole, { globals })) as string;
  if (!page.includes(header)) throw new Error(`layout/${layout} leaves out content_for_header, without which nothing of Shopify works`);
  return page;
}

/** Renders a block of an app: its own text, with the page's objects. */
export async function renderBlock(liquid: string, scope: Record<string, unknown>, globals: ThemeGlobals): Promise<string> {
  return liquid === "" ? "" : ((await engine.parseAndRender(liquid, scope, { globals })) as string);
}

const types: Record<string, string> = { css: "text/css", js: "text/javascript", svg: "image/svg+xml" };

/** A file of the theme's assets and its media type. */
export function themeAsset(file: string): { type: string; text: string } | null {
  const type = types[/^[\w-]+\.(css|js|svg)$/.exec(file)?.[1] ?? ""];
  if (type === undefined) return null;
  try {
    return { type, text: readFileSync(join(folder, "assets", file), "utf8") };
  } catch {
    return null;
  }
}
