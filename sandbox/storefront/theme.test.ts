import { expect, test } from "vitest";
import { renderBlock, renderTheme, themeAsset } from "./theme.ts";

const globals = { root: "/shop/a/", currency: "GBP" };
const render = (liquid: string, scope: Record<string, unknown> = {}) => renderBlock(liquid, scope, globals);

test("money is the shop's, and addresses are under its root", async () => {
  expect(await render("{{ 1850 | money }} {{ 'theme.css' | asset_url }}")).toBe("£18.50 /shop/a/cdn/shop/t/1/assets/theme.css");
  expect(await render("{{ image | image_url }}", { image: { src: "/x.svg" } })).toBe("/x.svg");
});

test("a form carries its type, its attributes and its address", async () => {
  const form = await render("{% form 'contact', id: 'letter', class: name %}<p>{{ words }}</p>{% endform %}", { name: "stack", words: "<b>" });
  expect(form).toBe(
    '<form method="post" action="/shop/a/contact#contact_form" accept-charset="UTF-8" id="letter" class="stack"><input type="hidden" name="form_type" value="contact" /><input type="hidden" name="utf8" value="✓" /><p>&lt;b&gt;</p></form>',
  );
  expect(await render("{% form 'product', product, class: 'buy' %}{% endform %}", { product: {} })).toContain(
    'action="/shop/a/cart/add" accept-charset="UTF-8" class="buy"',
  );
});

test.each([
  ["a filter that the theme does not have", "{{ 1 | money_without_currency }}"],
  ["an object that is not there", "{{ nothing.at_all }}"],
  ["a form of no kind", "{% form 'wishlist' %}{% endform %}"],
  ["a form that is not closed", "{% form 'contact' %}"],
  ["a tag of nobody", "{% paginate x by 2 %}{% endpaginate %}"],
  ["an image that is none", "{{ 'x' | image_url }}"],
])("%s is an error", async (_what, liquid) => {
  await expect(render(liquid)).rejects.toThrow();
});

test("a page without its objects is an error, and no asset leads out of the folder", async () => {
  await expect(renderTheme("product", {}, globals, { header: "" })).rejects.toThrow();
  expect(themeAsset("theme.css")?.type).toBe("text/css");
  for (const file of ["../layout/theme.liquid", "none.css", "theme.css.map"]) expect(themeAsset(file)).toBeNull();
});
