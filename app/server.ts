// The web process: the raw doors in front, Remix behind, on one server.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequestHandler } from "@remix-run/express";
import type { ServerBuild } from "@remix-run/node";
import express, { type NextFunction, type Request, type Response } from "express";
import { healthDoor } from "./doors/health.server.ts";
import { clickDoor, senderDoor, senderPage, unsubscribeDoor, unsubscribePage } from "./doors/mail-links.server.ts";
import { pixelDoor } from "./doors/pixel.server.ts";
import { webhookDoor } from "./doors/webhooks.server.ts";
import { log } from "./log.server.ts";

/** What a link in a mail carries lets whoever has it act. */
const withoutToken = (path: string) => path.replace(/^\/(c|u|s)\/.*/, "/$1/…");

/** Ids of requests would be enough to find one another; addresses, queries and bodies never stand in a line. */
function logged(request: Request, response: Response, next: NextFunction): void {
  const began = process.hrtime.bigint();
  response.on("finish", () => {
    const path = withoutToken(request.path);
    log.debug({ method: request.method, path, status: response.statusCode, ms: Number((process.hrtime.bigint() - began) / 1_000_000n) }, "request");
  });
  next();
}

type Door = (request: Request, response: Response, next: NextFunction) => Promise<void>;

/** Hands what a door throws to the one place that answers errors. */
function door(handler: Door) {
  return (request: Request, response: Response, next: NextFunction): void => {
    handler(request, response, next).catch(next);
  };
}

const hotDoors: Record<string, ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined> = {
  "/webhooks": webhookDoor,
  "/pixel": pixelDoor,
};

/**
 * What a sender may take: slow, endless or countless requests cost a connection for so long, and no more. A browser and Shopify stay far below all of it.
 * A proxy that keeps connections open for longer than `keepAliveTimeout` must be told so.
 */
const patience = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 15_000,
  maxHeaderSize: 16 * 1024,
};
const connectionsAtMost = 10_000;

/** Makes the server. `build` is Remix's own; `assets` the folder of its browser files. */
export function webServer(build: ServerBuild, assets: string): Server {
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", true);
  app.use(logged);
  app.get("/health", door(healthDoor));
  app.get("/c/:token", door(clickDoor));
  app.get("/u/:token", door(unsubscribePage));
  app.post("/u/:token", door(unsubscribeDoor));
  app.get("/s/:token", door(senderPage));
  app.post("/s/:token", door(senderDoor));
  app.use("/assets", express.static(`${assets}/assets`, { immutable: true, maxAge: "1y" }));
  app.use(express.static(assets, { maxAge: "1h" }));
  app.all("*", door(createRequestHandler({ build, mode: "production" }) as Door));
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    // An address that cannot be read, or a Host that is none, is the sender's fault.
    const refused = (error as { status?: unknown } | null)?.status === 400 || (error as { code?: unknown } | null)?.code === "ERR_INVALID_URL";
    if (refused && !response.headersSent) return void response.status(400).type("text").send("This is not an address of ours.");
    log.error({ err: error, method: request.method, path: withoutToken(request.path) }, "request failed");
    if (!response.headersSent) response.status(500).type("text").send("Something went wrong here. Please try again.");
  });
  // The two that every shopper's step knocks at stand before the framework: it would cost more than what they do.
  const server = createServer(patience, (request, response) => {
    // No address of ours has a NUL in it, and no database text can hold one.
    if (request.url?.includes("%00")) return void response.writeHead(400, { "content-type": "text/plain" }).end("This is not an address of ours.");
    const hot = hotDoors[(request.url ?? "").split("?", 1)[0] ?? ""];
    if (hot === undefined) return void app(request, response);
    hot(request, response).catch((error: unknown) => {
      log.error({ err: error, method: request.method, path: request.url?.split("?", 1)[0] }, "request failed");
      if (!response.headersSent) response.writeHead(500).end();
    });
  });
  server.maxConnections = connectionsAtMost;
  return server;
}

/** Listens, and returns how to stop gently: no new connections, a moment for those under way, then none. */
export async function listen(server: Server, port: number): Promise<{ port: number; stop: () => Promise<void> }> {
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 10_000).unref();
      }),
  };
}
