// What a message says, and how it becomes HTML and text: blocks, filled with Liquid, laid out with MJML.
import { percent } from "../lib/percent.ts";
import { convert } from "html-to-text";
import { Liquid } from "liquidjs";
import mjml2html from "mjml";
import { z } from "zod";
import type { Line } from "../events/event.ts";
import { formatMoney } from "../lib/money.ts";

/** What the merchant writes. All fields may hold Liquid: `{{ first_name }}`, `{{ shop_name }}`, `{{ product_title }}`, `{{ offer_percent }}`. */
export const content = z.strictObject({
  subject: z.string().trim().min(1, "Write a subject").max(150, "Keep the subject under 150 characters"),
  preheader: z.string().trim().max(150, "Keep the preview text under 150 characters"),
  heading: z.string().trim().min(1, "Write a heading").max(120, "Keep the heading under 120 characters"),
  body: z.string().trim().min(1, "Write some text").max(3000, "Keep the text under 3,000 characters"),
  button: z.string().trim().min(1, "Write what the button says").max(40, "Keep the button under 40 characters"),
});
export type Content = z.infer<typeof content>;

/** Everything a message is filled with. */
export type Filling = {
  shop: { name: string; postalAddress: string; currency: string; timezone: string };
  person: { firstName: string | null; locale: string | null };
  /** What was left, where it is about a cart or checkout. */
  cart: { lines: Line[]; totalMinor: number } | null;
  /** What was looked at, where it is about that. */
  product: { title: string; priceMinor: number; priceVaries: boolean; imageUrl: string | null } | null;
  offer: { code: string; percent: number; until: Date } | null;
  links: { button: string; unsubscribe: string };
  /** One honest sentence: why she gets this. */
  why: string;
};

export type Rendered = { subject: string; html: string; text: string };

/** Gmail clips what is longer than 102 KB; we stop well before. */
export const longestHtml = 95_000;

// A message is text with values in it. The other tags load files from the server's disk (include, render, layout, block) or make HTML of their own.
const tags = new Set([
  "assign",
  "capture",
  "case",
  "comment",
  "if",
  "unless",
  "for",
  "break",
  "continue",
  "cycle",
  "increment",
  "decrement",
  "raw",
  "echo",
  "#",
]);

function engine(options: { outputEscape?: "escape" }): Liquid {
  // `templates` is a second wall: a tag that loads finds nothing instead of the disk.
  const made = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    templates: {},
    parseLimit: 20_000,
    renderLimit: 500,
    memoryLimit: 1_000_000,
    ...options,
  });
  for (const name of Object.keys(made.tags)) if (!tags.has(name)) delete made.tags[name];
  // `raw` would let a person's name through as HTML.
  delete made.filters.raw;
  return made;
}

const liquid = engine({ outputEscape: "escape" });
const plain = engine({});

/** Stands in for everybody when a text is tried. */
const anybody = {
  first_name: "Robin",
  shop_name: "Shop",
  cart_total: "1.00",
  item_count: 1,
  first_item: "Item",
  product_title: "Item",
  product_price: "1.00",
  offer_code: "CODE",
  offer_percent: 10,
  offer_until: "1 January 2026",
};

/** Why a text is not Liquid that we can fill, in words for its writer; null when it is fine. */
export function liquidProblem(text: string): string | null {
  try {
    const filled = plain.parseAndRenderSync(text, anybody) as string;
    return filled.length > longestHtml ? "This text becomes too long once it is filled." : null;
  } catch (error) {
    return `This text has a mistake in its {{ }} or {% %} parts: ${(error as Error).message.split("\n")[0] ?? ""}`.slice(0, 200);
  }
}

/** A price as people read it; the lowest of several says so. */
function priceOf(product: NonNullable<Filling["product"]>, currency: string): string {
  return `${product.priceVaries ? "from " : ""}${formatMoney(product.priceMinor, currency)}`;
}

function scope(filling: Filling): Record<string, unknown> {
  const { cart, product } = filling;
  return {
    first_name: filling.person.firstName ?? "",
    shop_name: filling.shop.name,
    cart_total: cart === null ? "" : formatMoney(cart.totalMinor, filling.shop.currency),
    item_count: cart === null ? "" : cart.lines.reduce((sum, line) => sum + line.quantity, 0),
    first_item: cart?.lines[0]?.title ?? "",
    product_title: product?.title ?? "",
    product_price: product === null ? "" : priceOf(product, filling.shop.currency),
    offer_code: filling.offer?.code ?? "",
    offer_percent: filling.offer?.percent ?? "",
    offer_until:
      filling.offer === null ? "" : new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: filling.shop.timezone }).format(filling.offer.until),
  };
}

const escape = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
/** Header text: one line, nothing that ends it. */
const oneLine = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();

function cartBlock(cart: NonNullable<Filling["cart"]>, currency: string): string {
  const rows = cart.lines
    .slice(0, 10)
    .map(
      (
        line,
      ) => `<tr style="border-bottom:1px solid #dfe3e8"><td style="padding:10px 0">${escape(line.title ?? "Item")}<br><span style="color:#5c5f62">Quantity ${line.quantity}</span></td>
      <td style="padding:10px 0;text-align:right;white-space:nowrap">${escape(formatMoney(line.priceMinor * line.quantity, currency))}</td></tr>`,
    )
    .join("");
  const more = cart.lines.length > 10 ? `<mj-text font-size="14px">and ${cart.lines.length - 10} more</mj-text>` : "";
  return `<mj-table font-size="15px" color="#202223" role="presentation">${rows}</mj-table>${more}
        <mj-text align="right" font-weight="700">Total ${escape(formatMoney(cart.totalMinor, currency))}</mj-text>`;
}

function productBlock(product: NonNullable<Filling["product"]>, currency: string, link: string): string {
  const picture =
    product.imageUrl === null
      ? ""
      : `<mj-image src="${escape(product.imageUrl)}" alt="${escape(product.title)}" href="${escape(link)}" width="360px" border-radius="8px" padding="8px 25px" />`;
  return `${picture}<mj-text align="center" font-size="18px" font-weight="600" padding-bottom="0">${escape(product.title)}</mj-text>
        <mj-text align="center" padding-top="4px">${escape(priceOf(product, currency))}</mj-text>`;
}

function layout(parts: { content: Content; paragraphs: string[]; filling: Filling }): string {
  const { content: words, filling } = parts;
  const offer =
    filling.offer === null
      ? ""
      : `<mj-section background-color="#f1f8f5" border-radius="8px" padding="8px 0"><mj-column><mj-text align="center" font-size="14px">Your code</mj-text>
         <mj-text align="center" font-size="24px" font-weight="700" letter-spacing="2px">${escape(filling.offer.code)}</mj-text>
         <mj-text align="center" font-size="14px">${percent(filling.offer.percent)} off, once, until ${escape(String(scope(filling).offer_until))}</mj-text></mj-column></mj-section>`;
  const { cart, product } = filling;
  return `<mjml lang="en" dir="auto"><mj-head><mj-title>${words.subject}</mj-title><mj-preview>${words.preheader}</mj-preview>
    <mj-attributes><mj-all font-family="-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif" /><mj-text font-size="16px" line-height="1.55" color="#202223" /></mj-attributes>
    <mj-raw><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></mj-raw></mj-head>
    <mj-body background-color="#f6f6f7" width="600px">
      <mj-section padding="24px 0 8px"><mj-column><mj-text align="center" font-size="18px" font-weight="700">${escape(filling.shop.name)}</mj-text></mj-column></mj-section>
      <mj-section background-color="#ffffff" border-radius="${offer === "" ? "8px 8px 0 0" : "8px"}" padding="16px 8px"><mj-column>
        <mj-text><h1 style="margin:0;font-size:26px;line-height:1.25;font-weight:700">${words.heading}</h1></mj-text>
        ${parts.paragraphs.map((one) => `<mj-text>${one}</mj-text>`).join("")}
        ${cart === null ? "" : cartBlock(cart, filling.shop.currency)}${product === null ? "" : productBlock(product, filling.shop.currency, filling.links.button)}
      </mj-column></mj-section>${offer}
      <mj-section background-color="#ffffff" border-radius="${offer === "" ? "0 0 8px 8px" : "8px"}" padding="8px 8px 24px"><mj-column>
        <mj-button href="${escape(filling.links.button)}" background-color="#1a1a1a" color="#ffffff" font-size="16px" font-weight="600" inner-padding="14px 28px" border-radius="8px">${words.button}</mj-button>
      </mj-column></mj-section>
      <mj-section padding="16px 0"><mj-column><mj-text align="center" font-size="13px" color="#5c5f62">${escape(filling.why)}<br>
        <a href="${escape(filling.links.unsubscribe)}" style="color:#303030">Unsubscribe</a></mj-text>
        <mj-text align="center" font-size="13px" color="#5c5f62">${escape(filling.shop.name)}, ${escape(filling.shop.postalAddress)}</mj-text></mj-column></mj-section>
    </mj-body></mjml>`;
}

/**
 * Renders a message. What the merchant wrote is filled with the person's values, which are data: they are escaped and never read as Liquid or HTML.
 * Throws when the Liquid of the content is broken (`liquidProblem` tells beforehand) or the result is longer than mailboxes show.
 */
export async function render(words: Content, filling: Filling): Promise<Rendered> {
  const values = scope(filling);
  const fill = async (text: string) => (await liquid.parseAndRender(escapeMarkup(text), values)) as string;
  const body = await fill(words.body);
  const filled: Content = {
    subject: await fill(words.subject),
    preheader: await fill(words.preheader),
    heading: await fill(words.heading),
    body,
    button: await fill(words.button),
  };
  const paragraphs = body.split(/\n\s*\n/).map((one) => one.trim().replaceAll("\n", "<br>"));
  // Without `fonts: {}` every mailbox would be sent to Google for a font that the stack only names in passing.
  const { html } = await mjml2html(layout({ content: filled, paragraphs, filling }), { validationLevel: "strict", keepComments: false, fonts: {} });
  if (Buffer.byteLength(html) > longestHtml) throw new Error("The message is longer than mailboxes show. Shorten its text.");
  const text = convert(html, {
    wordwrap: 78,
    selectors: [
      { selector: "img", format: "skip" },
      { selector: "h1", options: { uppercase: false } },
      { selector: "table", format: "dataTable" },
      { selector: "a", options: { hideLinkHrefIfSameAsText: true } },
    ],
  });
  const subject = oneLine((await plain.parseAndRender(words.subject, values)) as string);
  return { subject: subject === "" ? oneLine(filling.shop.name) : subject, html, text };
}

/** Fills one line of text, for lists and previews: no layout, no markup. */
export async function fillLine(text: string, filling: Filling): Promise<string> {
  return oneLine((await plain.parseAndRender(text, scope(filling))) as string);
}

/** The merchant writes text, not HTML: < > & outside of Liquid are shown as they are. */
function escapeMarkup(text: string): string {
  return text.replace(
    /(\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\})|([&<>])/g,
    (_all, code: string | undefined, char: string | undefined) => code ?? `&#${(char ?? "").charCodeAt(0)};`,
  );
}
