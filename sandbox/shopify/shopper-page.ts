// How the storefront of a shop looks: one page frame, one style.
import { type Html, html, raw } from "../page.ts";
import { display } from "./money.ts";
import type { AppliedCode } from "./checkout-payload.ts";
import type { LineFacts } from "./cart-payload.ts";
import { lineName } from "./cart-payload.ts";
import { type ShopState, shopName } from "./shop-state.ts";

const style = `
:root { --ink: #22302c; --soft: #66736e; --line: #e2ddd3; --ground: #faf8f4; --accent: #1f5d4a; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.6 Georgia, "Times New Roman", serif; }
a { color: inherit; }
header.store { display: flex; align-items: baseline; justify-content: space-between; gap: 20px; max-width: 1040px; margin: 0 auto; padding: 26px 22px; border-bottom: 1px solid var(--line); }
header.store a { text-decoration: none; }
header.store .name { font-size: 24px; letter-spacing: .02em; }
main { max-width: 1040px; margin: 0 auto; padding: 26px 22px 70px; }
h1 { font-weight: 400; font-size: 30px; margin: 0 0 18px; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 26px 22px; }
.grid a { text-decoration: none; }
.grid img, .product img { width: 100%; height: auto; aspect-ratio: 1; border-radius: 6px; display: block; }
.grid strong { display: block; font-weight: 400; margin-top: 8px; }
.soft { color: var(--soft); font-size: 14px; }
.product { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 36px; }
.checkout { display: grid; grid-template-columns: minmax(0, 1.2fr) minmax(0, 1fr); gap: 36px; }
@media (max-width: 720px) { .product, .checkout { grid-template-columns: 1fr; } }
.panel { background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 20px 22px; }
form.stack { display: grid; gap: 12px; }
label { display: grid; gap: 3px; font-size: 14px; color: var(--soft); }
label.tick { display: flex; align-items: center; gap: 9px; color: var(--ink); }
input, select { font: 16px/1.4 system-ui, sans-serif; padding: 9px 11px; border: 1px solid #c9c3b6; border-radius: 7px; background: #fff; color: var(--ink); }
button, .button { font: 16px/1.4 system-ui, sans-serif; border: 0; border-radius: 7px; background: var(--accent); color: #fff; padding: 11px 20px; cursor: pointer; text-decoration: none; display: inline-block; }
button.quiet { background: none; color: var(--accent); border: 1px solid var(--accent); }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible { outline: 3px solid #8fc7b3; outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; }
td { padding: 8px 0; border-bottom: 1px solid var(--line); }
td.money { text-align: right; font-variant-numeric: tabular-nums; }
.notice { background: #eef5f1; border: 1px solid #cfe3d9; border-radius: 8px; padding: 10px 14px; margin: 0 0 18px; }
.notice.bad { background: #fbf0ec; border-color: #edcfc4; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
`;

/** A page of a shop's storefront. */
export function shopPage(shop: ShopState, title: string, body: Html, notice?: { text: string; bad?: boolean }): string {
  const home = `/shop/${shopName(shop.domain)}/`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · ${shop.name}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <header class="store">
          <a class="name" href="${home}">${shop.name}</a>
          <nav><a href="${home}cart">Cart</a></nav>
        </header>
        <main>
          ${notice ? html`<p class="notice ${notice.bad ? "bad" : ""}" role="status">${notice.text}</p>` : ""}
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`.markup;
}

/** What is being bought, and what it comes to. */
export function summary(shop: ShopState, lines: readonly LineFacts[], codes: readonly AppliedCode[], shippingMinor?: number): Html {
  const money = (minor: number) => display(minor, shop.currency);
  const subtotal = lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0);
  const off = codes.reduce((sum, code) => sum + code.amountMinor, 0);
  const row = (label: string, value: string) =>
    html`<tr>
      <td>${label}</td>
      <td class="money">${value}</td>
    </tr>`;
  return html`<table>
    ${lines.map((line) => row(`${line.quantity} × ${lineName(line)}`, money(line.priceMinor * line.quantity)))}
    ${codes.map((code) => row(`Discount ${code.code}`, `−${money(code.amountMinor)}`))}
    ${shippingMinor === undefined ? "" : row("Shipping", money(shippingMinor))} ${row("Total", money(subtotal - off + (shippingMinor ?? 0)))}
  </table>`;
}
