import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { requiredScopes, satisfies } from "./official-schema.ts";
import { demo, type SmallWorld, startSmallWorld } from "./small-world.ts";

let world: SmallWorld;
let token: string;
beforeEach(async () => {
  world = await startSmallWorld();
  token = (await world.exchange()).body.access_token;
});
afterEach(() => world.close());

const ask = <Data>(query: string, variables: Record<string, unknown> = {}) => world.graphql<Data>(query, variables, token);
const demoShop = () => world.shopify.shops.get(demo);

test("the shop answers what an app asks first", async () => {
  const { body, headers } = await ask(`query Shop { shop { id name email contactEmail myshopifyDomain currencyCode ianaTimezone
    primaryDomain { host url } billingAddress { countryCodeV2 } plan { publicDisplayName } }
    currentAppInstallation { accessScopes { handle } } }`);
  expect(body.errors).toBeUndefined();
  expect(body.data).toMatchObject({
    shop: { name: "Harbour & Pine", currencyCode: "GBP", ianaTimezone: "Europe/London", billingAddress: { countryCodeV2: "GB" } },
  });
  expect(JSON.stringify(body.data)).toContain("write_discounts");
  expect(body.extensions.cost).toMatchObject({ throttleStatus: { maximumAvailable: 2000, restoreRate: 100 } });
  expect(headers.get("X-Shopify-API-Version")).toBe("2026-10");
});

test("collections know their products, and products their collections", async () => {
  type Answer = { collections: { nodes: { id: string; handle: string; productsCount: { count: number }; products: { nodes: { handle: string }[] } }[] } };
  const { body } = await ask<Answer>(
    "{ collections(first: 10) { nodes { id handle title productsCount { count } products(first: 3) { nodes { handle } } } } }",
  );
  expect(body.errors).toBeUndefined();
  expect(body.data.collections.nodes).toHaveLength(5);
  const [kitchen] = body.data.collections.nodes;
  expect(kitchen).toMatchObject({ handle: "kitchen", products: { nodes: [{ handle: "salt-glazed-mug" }, {}, {}] } });
  const one = await ask<{ collection: { title: string }; none: null; products: { nodes: { collections: { nodes: { handle: string }[] } }[] } }>(
    `query C($id: ID!) { collection(id: $id) { title } none: collection(id: "gid://shopify/Collection/1") { title }
      products(first: 2) { nodes { collections(first: 5) { nodes { handle } } } } }`,
    { id: kitchen?.id },
  );
  expect(one.body.data).toMatchObject({
    collection: { title: "Kitchen & table" },
    none: null,
    products: { nodes: [{ collections: { nodes: [{ handle: "kitchen" }] } }, { collections: { nodes: [{ handle: "living" }, { handle: "outdoor" }] } }] },
  });
});

test("an unknown token, another shop's token and another version get nothing", async () => {
  const bad = await world.graphql("{ shop { name } }", {}, "shpat_0");
  expect(bad).toMatchObject({ status: 401, body: { errors: expect.stringContaining("Invalid API key") as string } });
  await world.control("/shops", { domain: "other-shop.myshopify.com" });
  expect((await world.graphql("{ shop { name } }", {}, token, "other-shop.myshopify.com")).status).toBe(401);
  const old = await world.post(`/out/${demo}/admin/api/2020-01/graphql.json`, { query: "{ shop { name } }" }, { "X-Shopify-Access-Token": token });
  expect(old.status).toBe(404);
});

describe("what Shopify would refuse is refused", () => {
  test.each<[string, string, string]>([
    ["a field that does not exist", "{ shop { nickname } }", "Field 'nickname' doesn't exist on type 'Shop'"],
    ["a variable of the wrong kind", "query Q($n: String!) { orders(first: $n) { nodes { id } } }", "$n"],
    ["a list without a page size", "{ orders { nodes { id } } }", "you must provide one of first or last"],
    ["text that is not GraphQL", "{ shop {", "Syntax Error"],
  ])("%s", async (_name, query, message) => {
    const { status, body } = await ask(query, { n: "5" });
    expect(status).toBe(200);
    expect(body.errors[0]?.message).toContain(message);
  });

  test("a date that is none", async () => {
    const { body } = await ask("mutation M($d: DiscountCodeBasicInput!) { discountCodeBasicCreate(basicCodeDiscount: $d) { userErrors { code } } }", {
      d: { startsAt: "soon" },
    });
    expect(body.errors[0]?.message).toContain("DateTime");
  });
});

test.each([
  ["QueryRoot.segments", "{ segments(first: 1) { nodes { id } } }"],
  ["Shop.timezoneOffset", "{ shop { name timezoneOffset } }"],
])("what this world does not have is an error with its name, never a null: %s", async (name, query) => {
  const { body } = await ask(query);
  expect(body.errors.map((error) => error.message)).toEqual([`The Shopify stand-in does not implement ${name}`]);
});

test("a field whose scope was not granted is denied, the others are answered", async () => {
  demoShop().scopes = ["read_products"];
  const { status, body } = await ask<{ orders: null }>("{ shop { name } orders(first: 1) { nodes { id } } }");
  expect(status).toBe(200);
  expect(body.errors[0]).toMatchObject({ extensions: { code: "ACCESS_DENIED" }, path: ["orders"] });
  expect(body.errors[0]?.message).toContain("`read_orders` access scope");
});

test("scopes of an operation are computed from Shopify's own list", async () => {
  const groups = await requiredScopes(`mutation A($d: DiscountCodeBasicInput!) { discountCodeBasicCreate(basicCodeDiscount: $d) { codeDiscountNode { id } } }`);
  expect(groups).toContainEqual(["write_discounts"]);
  expect(satisfies(["write_discounts"], groups)).toBe(true);
  expect(satisfies(["read_discounts"], groups)).toBe(false);
  expect(satisfies(["read_orders"], await requiredScopes("{ orders(first: 1) { nodes { id } } }"))).toBe(true);
});

describe("limits", () => {
  test("an empty bucket throttles until points come back with the clock", async () => {
    const costly = "{ orders(first: 250) { nodes { id customer { id } } } }";
    const answers = [];
    for (let turn = 0; turn < 2; turn += 1) answers.push(await ask(costly));
    expect(answers.every(({ body }) => !body.errors)).toBe(true);
    await world.control("/faults", { throttle: 1 });
    const { body } = await ask(costly);
    expect(body).toMatchObject({
      errors: [{ message: "Throttled", extensions: { code: "THROTTLED" } }],
      extensions: { cost: { actualQueryCost: null, throttleStatus: { currentlyAvailable: 0 } } },
    });
    expect((await ask(costly)).body.errors[0]?.extensions.code).toBe("THROTTLED");
    world.pass(10_000);
    expect((await ask(costly)).body.errors).toBeUndefined();
  });

  test("one operation may cost 1000 at most", async () => {
    const { body } = await ask("{ orders(first: 250) { nodes { id lineItems(first: 50) { nodes { product { id } } } } } }");
    expect(body.errors[0]?.extensions.code).toBe("MAX_COST_EXCEEDED");
  });

  test("429 and 5xx on demand", async () => {
    await world.control("/faults", { tooMany: 1, status: { code: 503, times: 1 } });
    expect((await ask("{ shop { name } }")).status).toBe(429);
    expect((await ask("{ shop { name } }")).status).toBe(503);
    expect((await ask("{ shop { name } }")).status).toBe(200);
  });

  test("fields the app is not approved for come as errors beside the rest of the data", async () => {
    await world.control("/checkouts", { email: "ada@example.com" });
    await world.control(`/checkouts/${demoShop().checkouts[0]?.token ?? ""}/pay`);
    await world.control("/faults", { unapproved: ["Customer.email"] });
    const { status, body } = await ask("{ customers(first: 1) { nodes { id email firstName } } }");
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ customers: { nodes: [{ email: null, firstName: "Ada" }] } });
    expect(body.errors[0]?.message).toContain("not approved to access the Customer object");
  });
});

describe("discounts", () => {
  type Created = { discountCodeBasicCreate: { codeDiscountNode: { id: string } | null; userErrors: { code: string; field: string[] }[] } };
  const create = (changes: object = {}) =>
    ask<Created>(
      `mutation Create($d: DiscountCodeBasicInput!) { discountCodeBasicCreate(basicCodeDiscount: $d) {
        codeDiscountNode { id codeDiscount { ... on DiscountCodeBasic { title status codes(first: 5) { nodes { code } } } } }
        userErrors { code field message } } }`,
      {
        d: {
          title: "Come back",
          code: "BACK10",
          startsAt: "2026-11-01T00:00:00Z",
          context: { all: "ALL" },
          customerGets: { value: { percentage: 0.1 }, items: { all: true } },
          usageLimit: 1,
          ...changes,
        },
      },
    );

  test("a discount is made once, and its code is taken from then on", async () => {
    const { body } = await create();
    expect(body.data.discountCodeBasicCreate).toMatchObject({ userErrors: [], codeDiscountNode: { codeDiscount: { status: "ACTIVE" } } });
    const again = await create({ code: "back10" });
    expect(again.body.data.discountCodeBasicCreate.userErrors).toMatchObject([{ code: "TAKEN", field: ["basicCodeDiscount", "code"] }]);
  });

  test.each<[string, object, string]>([
    ["no title", { title: "" }, "BLANK"],
    ["an end before its start", { endsAt: "2026-10-01T00:00:00Z" }, "END_DATE_BEFORE_START_DATE"],
    ["two kinds of buyers", { customerSelection: { all: true } }, "TOO_MANY_ARGUMENTS"],
    ["no buyers", { context: null }, "MISSING_ARGUMENT"],
    ["150 per cent", { customerGets: { value: { percentage: 1.5 }, items: { all: true } } }, "VALUE_OUTSIDE_RANGE"],
  ])("not with %s", async (_name, changes, code) => {
    const { body } = await create(changes);
    expect(body.data.discountCodeBasicCreate.userErrors.map((error) => error.code)).toContain(code);
    expect(body.data.discountCodeBasicCreate.codeDiscountNode).toBeNull();
  });

  test("codes added in bulk exist a moment later; taken ones are reported", async () => {
    const id = (await create()).body.data.discountCodeBasicCreate.codeDiscountNode?.id;
    const add = `mutation Add($id: ID!, $codes: [DiscountRedeemCodeInput!]!) { discountRedeemCodeBulkAdd(discountId: $id, codes: $codes) {
      bulkCreation { id done codesCount } userErrors { code } } }`;
    const added = await ask<{ discountRedeemCodeBulkAdd: { bulkCreation: { id: string } } }>(add, { id, codes: [{ code: "A1" }, { code: "BACK10" }] });
    expect(added.body.data.discountRedeemCodeBulkAdd).toMatchObject({ bulkCreation: { done: false, codesCount: 2 }, userErrors: [] });
    const bulk = added.body.data.discountRedeemCodeBulkAdd.bulkCreation.id;
    const look = `query Look($id: ID!) { discountRedeemCodeBulkCreation(id: $id) { done importedCount failedCount codes(first: 5) { nodes { code errors { code } } } }
      codeDiscountNodeByCode(code: "a1") { id } }`;
    expect((await ask(look, { id: bulk })).body.data).toMatchObject({ discountRedeemCodeBulkCreation: { done: false }, codeDiscountNodeByCode: null });
    world.pass(2000);
    expect((await ask(look, { id: bulk })).body.data).toMatchObject({
      discountRedeemCodeBulkCreation: {
        done: true,
        importedCount: 1,
        failedCount: 1,
        codes: {
          nodes: [
            { code: "A1", errors: [] },
            { code: "BACK10", errors: [{ code: "TAKEN" }] },
          ],
        },
      },
      codeDiscountNodeByCode: { id },
    });
    const many = Array.from({ length: 251 }, (_item, index) => ({ code: `M${index}` }));
    expect((await ask(add, { id, codes: many })).body.errors[0]?.extensions.code).toBe("MAX_INPUT_SIZE_EXCEEDED");
  });
});

test("orders and abandoned checkouts can be read page by page, with their tokens and links", async () => {
  const { body: made } = await world.control<{ token: string; recoverUrl: string; cartToken: string }>("/checkouts", { email: "ada@example.com" });
  const { body: bought } = await world.control<{ token: string }>("/checkouts", { email: "bea@example.com" });
  const { body: paid } = await world.control<{ orderId: number }>(`/checkouts/${bought.token}/pay`);
  world.pass(11 * 60_000);
  const { body } =
    await ask(`{ orders(first: 5, query: "updated_at:>='2026-11-01T00:00:00Z'") { nodes { id cartToken checkoutToken totalPriceSet { shopMoney { amount } } lineItems(first: 5) { nodes { quantity variant { id } } } } pageInfo { hasNextPage } }
    abandonedCheckouts(first: 5) { nodes { abandonedCheckoutUrl completedAt } } }`);
  expect(body.errors).toBeUndefined();
  expect(body.data).toMatchObject({
    orders: { nodes: [{ id: `gid://shopify/Order/${paid.orderId}`, checkoutToken: bought.token }], pageInfo: { hasNextPage: false } },
    abandonedCheckouts: { nodes: [{ abandonedCheckoutUrl: made.recoverUrl, completedAt: null }] },
  });
});
