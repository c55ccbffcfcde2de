// For tests: a world with nothing but Shopify in it, a clock that a test moves, and an app that only listens.
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import type { WorldContext } from "../context.ts";
import { makeSessionToken } from "./session-token.ts";
import { shopifyStandIn, type ShopifyStandIn } from "./stand-in.ts";

export const demo = "comeback-demo.myshopify.com";
export type Heard = { topic: string; shop: string; payload: Record<string, unknown>; headers: IncomingHttpHeaders };
export type SmallWorld = Awaited<ReturnType<typeof startSmallWorld>>;

export type Answer<Body> = { status: number; body: Body; headers: Headers };
export type Tokens = { access_token: string; refresh_token: string; expires_in: number; scope: string };

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Starts it. `app` may be given to answer pages; webhooks are heard in any case. */
export async function startSmallWorld(app: express.Express = express()) {
  const heard: Heard[] = [];
  const front = express();
  front.post("/webhooks", express.json(), (request, response) => {
    const topic = request.get("X-Shopify-Topic") ?? "";
    const shop = request.get("X-Shopify-Shop-Domain") ?? "";
    heard.push({ topic, shop, payload: request.body as Record<string, unknown>, headers: request.headers });
    response.end();
  });
  front.use(app);
  const appServer = createServer(front);
  const appUrl = await listen(appServer);

  let now = new Date("2026-11-21T09:00:00Z");
  let worldUrl = "";
  const context: WorldContext = {
    appUrl: () => appUrl,
    worldUrl: () => worldUrl,
    appKey: "comeback-demo-key",
    appSecret: "comeback-demo-secret",
    metaAppId: "1",
    metaAppSecret: "1",
    googleClientId: "google",
    googleClientSecret: "google",
    now: () => now,
  };
  const shopify: ShopifyStandIn = shopifyStandIn(context);
  const world = express();
  world.use("/out/:host", (request, response, next) => {
    const door = shopify.outbound.find(({ hosts }) => hosts.test(request.params.host));
    if (door) door.router(request, response, next);
    else next();
  });
  world.use("/shopify", shopify.pages);
  world.use(shopify.rootPages);
  const worldServer = createServer(world);
  worldUrl = await listen(worldServer);

  async function post<Body>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    const answer = await fetch(`${worldUrl}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Body, headers: answer.headers };
  }

  const exchange = (changes: Record<string, unknown> = {}, shop = demo) =>
    post<Tokens & { error: string }>(`/out/${shop}/admin/oauth/access_token`, {
      client_id: context.appKey,
      client_secret: context.appSecret,
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: makeSessionToken({ ...context, now }, shop, 7, "sid"),
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      requested_token_type: "urn:shopify:params:oauth:token-type:offline-access-token",
      expiring: "1",
      ...changes,
    });

  return {
    shopify,
    context,
    worldUrl,
    appUrl,
    heard,
    post,
    exchange,
    pass: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
    topics: () => heard.map((one) => one.topic),
    refresh: (refreshToken: string, shop = demo) =>
      post<Tokens & { error: string }>(`/out/${shop}/admin/oauth/access_token`, {
        client_id: context.appKey,
        client_secret: context.appSecret,
        grant_type: "refresh_token",
        refresh_token: refreshToken,
      }),
    graphql: async <Data>(query: string, variables: Record<string, unknown> = {}, token?: string, shop = demo) => {
      const access = token ?? (await exchange({}, shop)).body.access_token;
      return post<{ data: Data; errors: { message: string; extensions: { code: string } }[]; extensions: { cost: Record<string, unknown> } }>(
        `/out/${shop}/admin/api/2026-10/graphql.json`,
        { query, variables },
        { "X-Shopify-Access-Token": access },
      );
    },
    control: <Body>(path: string, body: unknown = {}) => post<Body>(`/shopify/control${path}`, body),
    close: async () => {
      await shopify.close();
      for (const server of [worldServer, appServer]) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    },
  };
}
