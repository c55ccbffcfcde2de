import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { themeCheckRun } from "@shopify/theme-check-node";
import { describe, expect, test } from "vitest";
import { asset, storefrontScript } from "../../tools/storefront/build.ts";

const folder = join(import.meta.dirname, "../storefront");

test("the committed script is what its source makes, and weighs at most 2,048 bytes", async () => {
  const script = await storefrontScript();
  expect(existsSync(asset) && readFileSync(asset, "utf8") === script, "build it anew: node tools/storefront/build.ts").toBe(true);
  expect(gzipSync(script).length).toBeLessThanOrEqual(2048);
});

test("the extension holds only what Shopify takes, and every word it names", () => {
  expect(
    readdirSync(folder, { withFileTypes: true })
      .filter((one) => one.isDirectory())
      .map((one) => one.name)
      .sort(),
  ).toEqual(["assets", "blocks", "locales"]);
  const block = readFileSync(join(folder, "blocks/comeback-embed.liquid"), "utf8");
  const schema = JSON.parse(/\{% schema %\}([\s\S]*)\{% endschema %\}/.exec(block)?.[1] ?? "") as { javascript: string; target: string };
  expect(schema).toMatchObject({ target: "body", javascript: "comeback.js" });
  const words = JSON.parse(readFileSync(join(folder, "locales/en.default.schema.json"), "utf8")) as { embed: Record<string, string> };
  for (const [, word] of block.matchAll(/"t:embed\.(\w+)"/g)) expect(words.embed[word ?? ""]).toBeTypeOf("string");
});

test("theme-check finds nothing, and would find something", async () => {
  const config = join(import.meta.dirname, "theme-check.yml");
  const look = async (root: string) => (await themeCheckRun(root, config)).offenses.map((one) => `${one.check}: ${one.message}`);
  expect(await look(folder)).toEqual([]);

  const spoiled = mkdtempSync(join(tmpdir(), "theme-check-"));
  cpSync(folder, spoiled, { recursive: true });
  writeFileSync(join(spoiled, "assets/comeback.js"), "x".repeat(20_000));
  appendFileSync(join(spoiled, "blocks/comeback-embed.liquid"), "{% include 'nothing' %}");
  expect(await look(spoiled)).not.toEqual([]);
  rmSync(spoiled, { recursive: true });
});

type Listener = (event: { target: unknown }) => void;

/** A form as a theme has it. */
function form(change: { id?: string; action?: string; method?: string; type?: string; password?: boolean } = {}) {
  const made = {
    id: change.id ?? "ContactForm",
    method: change.method ?? "post",
    getAttribute: (name: string) => (name === "action" ? (change.action ?? "/contact#ContactForm") : null),
    querySelector: (what: string) => (what.includes("password") ? (change.password === true ? {} : null) : { value: change.type ?? "contact" }),
  };
  const field = { closest: () => made };
  Object.defineProperty(field, "value", { get: () => expect.unreachable("what is typed is never read") });
  return field;
}

/** A shop's page with the committed script in it. */
function page(consent: { analytics: boolean; marketing: boolean } | null) {
  const listeners = new Map<string, Listener>();
  const published: { name: string; data: Record<string, unknown> }[] = [];
  const allowed = { now: consent };
  let loaded: () => void = () => undefined;
  const Shopify = {
    analytics: {
      publish: (name: string, data: Record<string, unknown>) => published.push({ name, data: JSON.parse(JSON.stringify(data)) as Record<string, unknown> }),
    },
    get customerPrivacy() {
      if (allowed.now === null) return undefined;
      return { analyticsProcessingAllowed: () => allowed.now?.analytics, marketingAllowed: () => allowed.now?.marketing };
    },
    loadFeatures: (_features: object[], done: () => void) => (loaded = done),
  };
  const addEventListener = (name: string, listener: Listener) => listeners.set(name, listener);
  runInNewContext(readFileSync(asset, "utf8"), {
    window: { Shopify },
    document: { cookie: "a=b; cart=hWN77vXVzuiaDszY8fXtTfm0%3Fkey%3Dsecret", addEventListener },
    addEventListener,
  });
  return {
    published,
    load: () => loaded(),
    allow: (now: typeof consent) => (allowed.now = now),
    happen: (name: string, target: unknown = null) => listeners.get(name)?.({ target }),
    names: () => published.map((one) => one.name),
  };
}

const yes = { analytics: true, marketing: true };

describe("what the theme tells the pixel", () => {
  test("that she arrived, once, with the cart and without its secret", () => {
    const shop = page(yes);
    shop.load();
    shop.happen("visitorConsentCollected");
    expect(shop.published).toEqual([{ name: "comeback:arrived", data: { cart: "hWN77vXVzuiaDszY8fXtTfm0" } }]);
  });

  test("a form begun and left", () => {
    const shop = page(yes);
    const field = form();
    shop.happen("input", field);
    shop.happen("input", field);
    shop.happen("pagehide");
    expect(shop.published).toMatchObject([
      { name: "comeback:form_started", data: { form: "ContactForm", kind: "contact" } },
      { name: "comeback:form_abandoned", data: { form: "ContactForm", kind: "contact" } },
    ]);
  });

  test("a form begun and sent is not left", () => {
    const shop = page(yes);
    const field = form({ type: "customer", id: "Newsletter" });
    shop.happen("input", field);
    shop.happen("submit", field);
    shop.happen("pagehide");
    expect(shop.names()).toEqual(["comeback:form_started", "comeback:form_submitted"]);
    expect(shop.published[0]?.data["kind"]).toBe("newsletter");
  });

  test.each<[what: string, field: object]>([
    ["the cart's", form({ action: "/cart/add" })],
    ["a search", form({ action: "/search", method: "get" })],
    ["signing in", form({ action: "/account/login", password: true })],
    ["one with a password, wherever it leads", form({ action: "/x", password: true })],
  ])("no word of %s form", (_what, field) => {
    const shop = page(yes);
    shop.happen("input", field);
    shop.happen("submit", field);
    shop.happen("pagehide");
    expect(shop.published).toEqual([]);
  });

  test.each([
    ["nothing is known of consent", null],
    ["counting alone is allowed", { analytics: true, marketing: false }],
    ["nothing is allowed", { analytics: false, marketing: false }],
  ])("nothing while %s", (_what, consent) => {
    const shop = page(consent);
    shop.load();
    shop.happen("input", form());
    shop.happen("pagehide");
    expect(shop.published).toEqual([]);
  });

  test("she is seen from the moment she agrees", () => {
    const shop = page(null);
    shop.load();
    shop.allow(yes);
    shop.happen("visitorConsentCollected");
    expect(shop.names()).toEqual(["comeback:arrived"]);
  });
});
