import { convert } from "html-to-text";
import { describe, expect, test } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { defaultSettings, flowKeys, subjects } from "../flows/flow.ts";
import { content, liquidProblem, longestHtml, render, type Content, type Filling } from "./content.ts";
import { sampleFilling } from "./sample.ts";

const words = (change: Partial<Content> = {}): Content => ({
  subject: "You left something",
  preheader: "It is still here",
  heading: "Still thinking?",
  body: "Hello {{ first_name }}",
  button: "Return",
  ...change,
});
const line = (title: string) => ({ productId: "1", variantId: "2", title, quantity: 2, priceMinor: 1850 });
const filling = (change: Partial<Filling> = {}): Filling => ({
  shop: { name: "Harbour & Pine", postalAddress: "1 Quay Street, Bristol BS1 4DJ", currency: "GBP", timezone: "Europe/London" },
  person: { firstName: "Ann", locale: null },
  cart: { lines: [line("Salt-glazed mug")], totalMinor: 3700 },
  product: null,
  offer: null,
  links: { button: "https://app.test/c/7.m.0.sig", unsubscribe: "https://app.test/u/7.m.sig" },
  why: "You get this because you began a checkout at Harbour & Pine and agreed to hear from us.",
  ...change,
});
const named = (firstName: string) => filling({ person: { firstName, locale: null } });
/** The tags of a mail, without what stands between them. */
const tagsOf = (html: string) => [...html.matchAll(/<([a-z][a-z0-9]*)\b/gi)].map((found) => found[1]?.toLowerCase());
const hrefs = (html: string) => [...html.matchAll(/href="([^"]*)"/g)].map((found) => found[1]);

describe("every mail", () => {
  test("says who sends it, from where, why, and how to end it, in both parts", async () => {
    const { html, text } = await render(words(), filling());
    for (const part of [convert(html, { wordwrap: false }), text.replaceAll("\n", " ")]) {
      expect(part).toContain("1 Quay Street, Bristol BS1 4DJ");
      expect(part).toContain("You get this because you began a checkout at Harbour & Pine and agreed to hear from us.");
      expect(part).toContain("Unsubscribe");
    }
  });

  test("has the same links as text and as HTML, and loads nothing from anywhere", async () => {
    const links = { button: "https://app.test/c/7.m.0.sig?a=1&b=2", unsubscribe: "https://app.test/u/7.m.sig" };
    const { html, text } = await render(words(), filling({ links }));
    expect(hrefs(html).map((one) => one?.replaceAll("&#38;", "&"))).toEqual([links.button, links.unsubscribe]);
    expect(text.match(/https?:\/\/[^\s\]]+/g)).toEqual([links.button, links.unsubscribe]);
    expect(html.replace(/href="[^"]*"/g, "")).not.toMatch(/\ssrc=|url\(|@import|https?:\/\/(?!www\.w3\.org)/);
  });

  test("has one heading, a language, a title and a preview", async () => {
    const { html } = await render(words(), filling());
    expect(tagsOf(html).filter((one) => one === "h1")).toHaveLength(1);
    expect(html).toMatch(/<html[^>]* lang="en"/);
    expect(html).toMatch(/<title>\s*You left something\s*<\/title>/);
    expect(html).toContain("It is still here");
  });

  test("shows what was left, in its own money, and says how much more there is", async () => {
    const lines = Array.from({ length: 12 }, (_, index) => line(`Mug ${index + 1}`));
    const { html, text } = await render(words(), filling({ cart: { lines, totalMinor: 44_400 } }));
    expect(text).toContain("Mug 10");
    expect(text).not.toContain("Mug 11");
    expect(text).toContain("and 2 more");
    expect(html).toContain("£37.00");
    expect(html).toContain("£444.00");
  });

  test("shows the code, its share and its end where there is an offer, and none where there is none", async () => {
    const offer = { code: "BACK-ABCDEFGH", percent: 10, until: new Date("2026-12-01T09:00:00Z") };
    const { html, text } = await render(words({ subject: "{{ offer_percent }}% off until {{ offer_until }}" }), filling({ offer }));
    for (const part of [html, text]) expect(part).toContain("BACK-ABCDEFGH");
    expect(text).toContain("10% off, once, until 1 December 2026");
    expect((await render(words(), filling())).html).not.toContain("% off");
  });

  test.each(flowKeys.flatMap((key) => defaultSettings[key].steps.map((step) => [key, step.key, step] as const)))(
    "the default step of %s, %s, can be saved, filled and sent",
    async (key, _step, step) => {
      const { subject, html, text } = await render(
        content.parse(step.content),
        sampleFilling(
          {
            name: "Harbour & Pine",
            senderName: null,
            postalAddress: null,
            currency: "GBP",
            timezone: "Europe/London",
            storefrontHost: "shop.test",
            domain: "harbour-pine.myshopify.com",
          },
          subjects[key] === "product" ? { kind: "product", product: null } : { kind: "checkout" },
          step.kind === "offer-email" ? step : null,
          new Date("2026-11-21T09:00:00Z"),
        ),
      );
      for (const part of [step.content.subject, step.content.preheader, step.content.heading, step.content.body, step.content.button])
        expect(liquidProblem(part)).toBeNull();
      expect(`${subject}${html}${text}`).not.toMatch(/\{\{|\{%|undefined|NaN|\[object/);
      expect(Buffer.byteLength(html)).toBeLessThan(longestHtml);
    },
  );
});

describe("a mail about a product", () => {
  const mug = { title: "Salt-glazed mug", priceMinor: 1850, priceVaries: false, imageUrl: "https://cdn.shopify.com/s/files/1/mug.png?v=1&width=720" };
  const looked = (product: Partial<NonNullable<Filling["product"]>> = {}) => filling({ cart: null, product: { ...mug, ...product } });

  test("shows its picture, named for who cannot see it, its title and its price, and no cart", async () => {
    const { html, text } = await render(words({ subject: "{{ product_title }}, {{ product_price }}" }), looked());
    expect(html).toMatch(/<img[^>]* alt="Salt-glazed mug"/);
    expect(html).toContain('src="https://cdn.shopify.com/s/files/1/mug.png?v=1&#38;width=720"');
    expect(html).toContain("£18.50");
    expect(text).toContain("Salt-glazed mug");
    expect(text).toContain("£18.50");
    expect(`${html}${text}`).not.toMatch(/Total|Quantity/);
  });

  test("leads to one place, in both parts, and loads that picture and nothing else", async () => {
    const { html, text } = await render(words(), looked());
    const links = ["https://app.test/c/7.m.0.sig", "https://app.test/u/7.m.sig"];
    expect([...new Set(hrefs(html))]).toEqual(links);
    expect([...new Set(text.match(/https?:\/\/[^\s\]]+/g))]).toEqual(links);
    const loaded = [...html.matchAll(/\s(?:src|background)="([^"]+)"|url\(([^)]+)\)/g)].map((found) => found[1] ?? found[2]);
    expect(loaded).toEqual(["https://cdn.shopify.com/s/files/1/mug.png?v=1&#38;width=720"]);
  });

  test("is whole without a picture", async () => {
    const { html } = await render(words(), looked({ imageUrl: null }));
    expect(tagsOf(html)).not.toContain("img");
    expect(html).toContain("Salt-glazed mug");
  });

  test("the lowest of several prices is called that", async () => {
    const { subject, text } = await render(words({ subject: "{{ product_title }} {{ product_price }}" }), looked({ priceVaries: true }));
    expect(subject).toBe("Salt-glazed mug from £18.50");
    expect(text).toContain("from £18.50");
  });

  test("what belongs to a cart is nothing here, and the other way round", async () => {
    const body = "[{{ cart_total }}{{ item_count }}{{ first_item }}][{{ product_title }}{{ product_price }}]";
    expect((await render(words({ body }), looked())).text).toContain("[][Salt-glazed mug£18.50]");
    expect((await render(words({ body }), filling())).text).toContain("[£37.002Salt-glazed mug][]");
  });

  test.each([
    ["</a><script>alert(1)</script>"],
    ['" onerror="alert(1)'],
    ["{{ shop_name }}"],
    ["</mj-text><mj-raw><b>"],
    ["<img src=x onerror=alert(1)>"],
    ["&quot; onerror=&quot;"],
  ])("a title is data: %j", async (title) => {
    const everywhere = words({ subject: "{{ product_title }}", heading: "{{ product_title }}", body: "{{ product_title }}", button: "{{ product_title }}" });
    const { subject, html } = await render(everywhere, looked({ title }));
    expect(tagsOf(html)).toEqual(tagsOf((await render(everywhere, looked())).html));
    expect(html).not.toMatch(/ onerror="alert/);
    expect(subject).toBe(title);
  });
});

describe("what a person is called is data: never Liquid, never HTML, never a header", () => {
  test.each([
    ["{{ shop.token }}"],
    ["{{ shop_name }}{% include 'package.json' %}"],
    ["</a><script>alert(1)</script>"],
    ["<img src=x onerror=alert(1)>"],
    ['" onmouseover="alert(1)'],
    ["</mj-text><mj-include path='package.json' />"],
    ["<!-- --><mj-raw><b>"],
    ["]]><script>"],
    ["&lt;b&gt; & co"],
    ["\u202eevil\u0000"],
  ])("%j", async (name) => {
    const everywhere = words({
      subject: "{{ first_name }}",
      preheader: "{{ first_name }}",
      heading: "{{ first_name }}",
      body: "Hello {{ first_name }}",
      button: "{{ first_name }}",
    });
    const lines = [line(name)];
    const harmless = await render(everywhere, filling({ person: { firstName: "Ann", locale: null }, cart: { lines: [line("Mug")], totalMinor: 3700 } }));
    const { subject, html } = await render(everywhere, filling({ person: { firstName: name, locale: null }, cart: { lines, totalMinor: 3700 } }));
    expect(tagsOf(html)).toEqual(tagsOf(harmless.html));
    expect(hrefs(html)).toEqual(hrefs(harmless.html));
    expect(html).not.toContain('onmouseover="alert');
    expect(html).not.toContain('"name": "comeback"');
    expect(subject).toBe(name.replaceAll("\u0000", ""));
  });

  test("a subject is one line, whatever is put into it", async () => {
    const { subject } = await render(words({ subject: "Hi {{ first_name }}" }), named("Ann\r\nBcc: victim@x.test\u2028\u0085X-Evil: 1"));
    expect(subject).toBe("Hi Ann Bcc: victim@x.test X-Evil: 1");
  });

  test("a subject that comes out empty is the shop's name", async () => {
    expect((await render(words({ subject: "{{ first_name }}" }), filling({ person: { firstName: null, locale: null } }))).subject).toBe("Harbour & Pine");
  });

  const naughty = JSON.parse(sharedData("datasets/corpora/blns.json", "naughty strings as names and titles") ?? "[]") as string[];
  test.skipIf(naughty.length === 0)(
    "naughty strings as names and titles",
    async () => {
      const plain = tagsOf((await render(words(), filling())).html);
      // Ten at a time as the lines of a cart, and the first of them as the name.
      const row = tagsOf((await render(words(), filling({ cart: { lines: Array.from({ length: 10 }, () => line("Mug")), totalMinor: 1 } }))).html);
      for (let index = 0; index + 10 <= naughty.length; index += 10) {
        const ten = naughty.slice(index, index + 10);
        const { subject, html } = await render(
          words({ subject: "{{ first_name }}" }),
          filling({ person: { firstName: ten[0] ?? "", locale: null }, cart: { lines: ten.map(line), totalMinor: 1 } }),
        );
        expect(tagsOf(html)).toEqual(row);
        expect(subject).not.toMatch(/[\r\n]/);
      }
      expect(row.length).toBeGreaterThan(plain.length);
    },
    60_000,
  );
});

describe("what the merchant writes is text with values in it, and nothing more", () => {
  test("signs that HTML knows are shown as they are", async () => {
    const { html, text } = await render(words({ body: "5 < 6 & <b>bold</b> {% if first_name == 'Ann' %}<i>{% endif %}" }), filling());
    expect(text).toContain("5 < 6 & <b>bold</b> <i>");
    expect(tagsOf(html)).not.toContain("i");
  });

  test("an empty line begins a paragraph", async () => {
    expect((await render(words({ body: "one\ntwo\n\nthree" }), filling())).text).toMatch(/one\ntwo\n+three/);
  });

  test.each([
    ["a property of every object", '[{{ "".constructor }}{{ first_name.__proto__ }}{{ first_name.constructor.name }}]'],
    ["a helper that is none", "[{{ constructor }}{{ __proto__ }}{{ toString }}{{ lookup }}]"],
    ["a value nobody gave", "[{{ shop.token }}{{ unsubscribe_url }}]"],
  ])("%s is nothing", async (_law, body) => expect((await render(words({ body }), filling())).text).toContain("[]"));

  test.each([
    ["a file, included", "{% include 'package.json' %}"],
    ["a file, rendered", "{% render 'package.json' %}"],
    ["a file, as layout", "{% layout 'package.json' %}"],
    ["a name let through as HTML", "{{ first_name | raw }}"],
    ["a table of its own", "{% tablerow i in (1..2) %}{{ i }}{% endtablerow %}"],
    ["several tags at once", "{% liquid\n echo first_name\n include 'package.json' %}"],
    ["a filter that is none", "{{ first_name | nonsense }}"],
    ["a tag that is none", "{% nonsense %}"],
    ["an output left open", "Hello {{ first_name"],
    ["a tag left open", "{% if first_name %}Hello"],
    ["a loop without end", "{% for i in (1..1000000000) %}x{% endfor %}"],
    ["a loop in a loop in a loop", "{% for i in (1..3000) %}{% for j in (1..3000) %}{% for k in (1..3000) %}x{% endfor %}{% endfor %}{% endfor %}"],
    ["a megabyte of nesting", "{% if true %}".repeat(80_000)],
    ["a text that grows too long", "{% for i in (1..20000) %}sixteen letters.{% endfor %}"],
  ])("%s is a mistake that is told beforehand, and makes no mail", async (_law, body) => {
    expect(liquidProblem(body)).toMatch(/^This text /);
    expect(liquidProblem(body)?.length).toBeLessThanOrEqual(200);
    await expect(render(words({ body }), filling())).rejects.toThrow();
  });

  test.each([
    ["no Liquid at all"],
    ["{{ first_name | default: 'there' | upcase }}"],
    ["{% if first_name == blank %}there{% else %}{{ first_name }}{% endif %}"],
    ["{% raw %}{{ as it is }}{% endraw %}"],
    ["{% comment %}no{% endcomment %}"],
  ])("%s is fine", (text) => expect(liquidProblem(text)).toBeNull());

  test("a mail longer than mailboxes show is not made", async () => {
    await expect(render(words({ body: "{% for i in (1..4000) %}twenty-four letters long{% endfor %}" }), filling())).rejects.toThrow(
      /longer than mailboxes show/,
    );
  });
});

describe("what may be saved", () => {
  test.each<[law: string, change: object]>([
    ["an empty subject", { subject: "   " }],
    ["a subject of 151 characters", { subject: "x".repeat(151) }],
    ["a heading of 121", { heading: "x".repeat(121) }],
    ["no text", { body: "" }],
    ["a text of 3,001", { body: "x".repeat(3001) }],
    ["a button of 41", { button: "x".repeat(41) }],
    ["a field that is none of ours", { html: "<script>" }],
  ])("%s may not", (_law, change) => expect(content.safeParse({ ...words(), ...change }).success).toBe(false));
  test("no preview text may", () => expect(content.safeParse(words({ preheader: "" })).success).toBe(true));
});
