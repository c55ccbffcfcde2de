import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { demo, type SmallWorld, startSmallWorld } from "./small-world.ts";

let world: SmallWorld;
let token: string;
beforeEach(async () => {
  world = await startSmallWorld();
  token = (await world.exchange()).body.access_token;
});
afterEach(() => world.close());

type Operation = { id: string; status: string; errorCode: string | null; objectCount: string; rootObjectCount: string; url: string | null };
type Ran = { bulkOperationRunQuery: { bulkOperation: Operation | null; userErrors: { code: string; message: string }[] } };

const start = async (query: string, groupObjects = false) =>
  (
    await world.graphql<Ran>(
      `mutation Run($query: String!, $groupObjects: Boolean!) { bulkOperationRunQuery(query: $query, groupObjects: $groupObjects) {
        bulkOperation { id status errorCode objectCount rootObjectCount url } userErrors { code message } } }`,
      { query, groupObjects },
      token,
    )
  ).body.data.bulkOperationRunQuery;
const look = async (id: string) =>
  (
    await world.graphql<{ bulkOperation: Operation | null }>(
      "query Look($id: ID!) { bulkOperation(id: $id) { id status errorCode objectCount rootObjectCount url } }",
      { id },
      token,
    )
  ).body.data.bulkOperation;
const file = (url: string) => {
  const { host, pathname, search } = new URL(url);
  return fetch(`${world.worldUrl}/out/${host}${pathname}${search}`);
};

async function buy(email: string) {
  const { body } = await world.control<{ token: string }>("/checkouts", { email });
  await world.control(`/checkouts/${body.token}/pay`);
}

const orders = "{ orders { edges { node { id name lineItems { edges { node { id quantity } } } } } } }";

test("a query is answered into a file a moment later, at an address that ends after seven days", async () => {
  for (const name of ["ada", "bea", "cleo"]) await buy(`${name}@example.com`);
  const { bulkOperation: begun } = await start(orders, true);
  expect(begun).toMatchObject({ status: "CREATED", url: null });
  world.pass(1500);
  const done = (await look(begun?.id ?? "")) ?? expect.unreachable();
  expect(done).toMatchObject({ status: "COMPLETED", objectCount: "6", rootObjectCount: "3", errorCode: null });
  const lines = (await (await file(done.url ?? "")).text()).trim().split("\n");
  const read = lines.map((line) => JSON.parse(line) as { id: string; __parentId?: string });
  // Grouped: what belongs to an order follows it.
  expect(read.map((one) => one.__parentId ?? "order")).toEqual(read.map((_one, index) => (index % 2 === 0 ? "order" : read[index - 1]?.id)));

  const loose = await start(orders);
  world.pass(1500);
  const { url } = (await look(loose.bulkOperation?.id ?? "")) ?? expect.unreachable();
  const scattered = (await (await file(url ?? "")).text())
    .trim()
    .split("\n")
    .map((line) => "__parentId" in (JSON.parse(line) as object));
  expect(scattered).toEqual([false, false, false, true, true, true]);

  expect((await file((done.url ?? "").replace(/Signature=./, "Signature=z"))).status).toBe(403);
  world.pass(8 * 86_400_000);
  expect((await file(done.url ?? "")).status).toBe(400);
  token = (await world.exchange()).body.access_token;
  expect(await look(begun?.id ?? "")).toMatchObject({ status: "EXPIRED", url: null });
});

test("nothing found is no file", async () => {
  const { bulkOperation } = await start(orders);
  world.pass(1500);
  expect(await look(bulkOperation?.id ?? "")).toMatchObject({ status: "COMPLETED", objectCount: "0", url: null });
});

describe("what Shopify would refuse is refused", () => {
  test.each([
    ["no connection", "{ shop { name } }", "at least one connection"],
    ["two top-level fields", "{ orders { edges { node { id } } } customers { edges { node { id } } } }", "single top-level field"],
    ["node", '{ node(id: "gid://shopify/Order/1") { id } }', "'node' or 'nodes'"],
    ["a connection in a list", "{ orders { edges { node { id refunds { id refundLineItems { edges { node { id } } } } } } } }", "within a list field"],
    ["a parent without its id", "{ orders { edges { node { name lineItems { edges { node { id } } } } } } }", "must select the 'id' field"],
    ["a field that does not exist", "{ orders { edges { node { nickname } } } }", "Invalid bulk query"],
    ["a mutation", "mutation { webPixelDelete { deletedWebPixelId } }", ""],
  ])("%s", async (_name, query, message) => {
    const { bulkOperation, userErrors } = await start(query);
    expect(bulkOperation).toBeNull();
    expect(userErrors).toMatchObject([{ code: "INVALID", message: expect.stringContaining(message) as string }]);
  });

  test("a sixth at a time", async () => {
    for (let one = 0; one < 5; one += 1) expect((await start(orders)).userErrors).toEqual([]);
    expect((await start(orders)).userErrors).toMatchObject([{ code: "LIMIT_REACHED" }]);
    world.pass(1500);
    expect((await start(orders)).userErrors).toEqual([]);
  });
});

test("without read_all_orders there are 60 days of orders; with it all of them", async () => {
  await buy("ada@example.com");
  world.pass(61 * 86_400_000);
  token = (await world.exchange()).body.access_token;
  const count = async () => {
    const { body } = await world.graphql<{ orders: { nodes: unknown[] } }>("{ orders(first: 5) { nodes { id } } }", {}, token);
    return body.data.orders.nodes.length;
  };
  expect(await count()).toBe(0);
  world.shopify.shops.get(demo).scopes.push("read_all_orders");
  expect(await count()).toBe(1);
});

test("a missing scope fails the operation; a field that is not approved is null in its file", async () => {
  await buy("ada@example.com");
  world.shopify.faults.unapproved = new Set(["Customer.firstName"]);
  const customers = "{ customers { nodes { id firstName } } }";
  const { bulkOperation } = await start(customers);
  world.pass(1500);
  const { url } = (await look(bulkOperation?.id ?? "")) ?? expect.unreachable();
  expect(JSON.parse(await (await file(url ?? "")).text())).toMatchObject({ firstName: null });
  world.shopify.shops.get(demo).scopes = ["read_products"];
  const denied = await start(customers);
  world.pass(1500);
  expect(await look(denied.bulkOperation?.id ?? "")).toMatchObject({ status: "FAILED", errorCode: "ACCESS_DENIED", url: null });
});

test("a file may break off in the middle", async () => {
  await buy("ada@example.com");
  await world.control("/faults", { downloadCuts: 1 });
  const { bulkOperation } = await start(orders);
  world.pass(1500);
  const { url } = (await look(bulkOperation?.id ?? "")) ?? expect.unreachable();
  await expect(file(url ?? "").then((answer) => answer.text())).rejects.toThrow();
  expect((await file(url ?? "")).status).toBe(200);
});
