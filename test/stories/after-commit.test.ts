// The web process dies after the commit and before its answer: whoever knocked comes again, and it has happened once.
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDoor, type Door } from "../../sandbox/replay/door.ts";
import { sceneAt } from "../../sandbox/replay/scene.ts";
import { demoShop } from "../../sandbox/shopify/shop-state.ts";
import { commitGate, type CommitGate } from "./commit-gate.ts";
import { chrome } from "./product-stage.ts";
import { openStage, until, type Stage } from "./stage.ts";

let stage: Stage;
let gate: CommitGate;
let door: Door;
let pixelKey: string;

const startWeb = () => stage.start("web", { DATABASE_URL: gate.url });

beforeAll(async () => {
  stage = await openStage();
  gate = await commitGate(stage.databaseUrl);
  const first = await startWeb();
  const worker = await stage.start("worker");
  await sceneAt(stage.world.url).install(demoShop.domain);
  pixelKey = await until(
    "the shop has its pixel",
    () => Promise.resolve(stage.world.shopify.shops.get(demoShop.domain).webPixel?.settings["accountID"] ?? null),
    20_000,
  );
  await worker.kill9();
  await first.kill9();
  door = openDoor({ address: stage.world.context.appUrl, secret: stage.world.context.appSecret, connections: 4 });
}, 60_000);
afterAll(async () => {
  door?.close();
  await gate?.close();
  await stage?.close();
});

/** Sends once to a web process that dies between commit and answer, then again to the next one. */
async function twice<Answer>(statement: string, send: () => Promise<Answer>): Promise<{ first: Answer | "no answer"; second: Answer }> {
  const doomed = await startWeb();
  const committed = gate.holdNext(statement);
  const attempt = send().catch(() => "no answer" as const);
  await committed;
  await doomed.kill9();
  const first = await attempt;
  const next = await startWeb();
  const second = await send();
  await next.kill9();
  return { first, second };
}

test("a webhook is acknowledged as a duplicate, is one delivery and one event", async () => {
  const at = stage.world.clock.now();
  const envelope = { shop: demoShop.domain, topic: "carts/create", apiVersion: "2026-10", webhookId: "after-commit", eventId: "after-commit", triggeredAt: at };
  const body = JSON.stringify({ token: "after-commit", created_at: at.toISOString(), updated_at: at.toISOString(), line_items: [] });
  const { first, second } = await twice("insert-delivered", () => door.knock(envelope, body));
  expect(first).toBe("no answer");
  expect(second).toEqual({ status: 200, text: "duplicate" });
  expect(await stage.rows("SELECT copies, fate FROM delivery WHERE event_key = 'after-commit'")).toEqual([{ copies: 2, fate: "accepted" }]);
  expect(await stage.rows("SELECT count(*)::int AS n FROM event WHERE data->>'token' = 'after-commit'")).toEqual([{ n: 1 }]);
}, 60_000);

test("what a browser told is in the log once", async () => {
  const event = { id: "after-commit", name: "page.viewed", at: stage.world.clock.now().toISOString(), visitor: "after-commit" };
  const body = JSON.stringify({ shop: demoShop.domain, key: pixelKey, events: [{ ...event, cart: null, checkout: null, data: { path: "/" } }] });
  const send = async () => {
    const answer = await fetch(`${stage.world.context.appUrl()}/pixel`, {
      method: "POST",
      body,
      headers: { "content-type": "text/plain", "user-agent": chrome },
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  const { first, second } = await twice("insert-events", send);
  expect(first).toBe("no answer");
  expect(second).toBe(204);
  expect(await stage.rows("SELECT count(*)::int AS n FROM event WHERE subject = 'visitor:after-commit'")).toEqual([{ n: 1 }]);
}, 60_000);
