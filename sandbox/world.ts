// Composes the stand-ins into one world: one HTTP port, one SMTP port, one clock.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express, { type Express, type NextFunction, type Request, type Response, type Router } from "express";
import { unreachableHeader, withoutSecrets } from "./addresses.ts";
import { openClock, type Clock } from "./clock/clock.ts";
import { clockStandIn } from "./clock/stand-in.ts";
import type { StandIn, WorldContext } from "./context.ts";
import { desk } from "./desk/desk.ts";
import { googleStandIn } from "./google/stand-in.ts";
import { createLog, type DepartureLog } from "./log.ts";
import { mailStandIn, type MailStandIn } from "./mail/stand-in.ts";
import { metaStandIn } from "./meta/stand-in.ts";
import { freePort } from "./port.ts";
import { rememberIn, type Memory } from "./saved.ts";
import { shopifyStandIn, type ShopifyStandIn } from "./shopify/stand-in.ts";

export type WorldOptions = {
  /** 0 or absent = any free port. */
  port?: number;
  smtpPort?: number;
  /** The port on which the admin frame shows the product; absent = the one after `port`, or any free one. */
  framePort?: number;
  /** Where the product listens; may be told later with `setAppUrl`. */
  appUrl: string;
  /** Where the world remembers itself; absent = it forgets everything when it closes. */
  folder?: string;
  /** Send webhooks with Shopify's delays rather than at once. */
  webhookDelays?: boolean;
  keys?: Partial<WorldKeys>;
};

export type WorldKeys = Pick<WorldContext, "appKey" | "appSecret" | "metaAppId" | "metaAppSecret" | "googleClientId" | "googleClientSecret">;

/** The keys of the demo. Known to everybody; good for nothing else. */
export const demoKeys: WorldKeys = {
  appKey: "comeback-demo-key",
  appSecret: "comeback-demo-secret",
  metaAppId: "424242424242424",
  metaAppSecret: "comeback-demo-meta-secret",
  googleClientId: "424242424242-comeback.apps.googleusercontent.com",
  googleClientSecret: "comeback-demo-google-secret",
};

export type World = {
  url: string;
  /** Where browsers meet the product: as it is, but willing to be framed by this world. The product's public address. */
  frameUrl: string;
  smtpUrl: string;
  clock: Clock;
  clockFile: string;
  context: WorldContext;
  standIns: readonly StandIn[];
  mail: MailStandIn;
  shopify: ShopifyStandIn;
  log: DepartureLog;
  memory: Memory;
  setAppUrl: (url: string) => void;
  close: () => Promise<void>;
};

/** Starts a world on 127.0.0.1 and resolves once it listens. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "comeback-world-"));
  const clock = openClock(join(folder, "clock.json"));
  let appUrl = options.appUrl;
  let url: string | undefined = undefined; // known once the server listens
  const context: WorldContext = {
    ...demoKeys,
    ...options.keys,
    appUrl: () => appUrl,
    worldUrl: () => {
      if (url === undefined) throw new Error("the world does not listen yet");
      return url;
    },
    now: clock.now,
  };

  let changed = (): void => undefined;
  const mail = await mailStandIn(context, { port: options.smtpPort ?? 0, changed: () => changed() });
  const shopify = shopifyStandIn(context, { webhookDelays: options.webhookDelays ?? false });
  const standIns: StandIn[] = [clockStandIn(clock), mail, metaStandIn(context), googleStandIn(context), shopify];
  const memory = rememberIn(options.folder, standIns);
  changed = memory.changed;

  const log = createLog();
  const front = desk({ context, clock, log, mail, shopify });
  const server = createServer(compose(standIns, front, shopify, context, log, memory.changed));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const framePort = options.framePort ?? (options.port ? options.port + 1 : 0);
  const frameUrl = await shopify.openFrame(await freePort(framePort));

  return {
    url,
    frameUrl,
    smtpUrl: mail.smtpUrl,
    clock,
    clockFile: clock.file,
    context,
    standIns,
    mail,
    shopify,
    log,
    memory,
    setAppUrl: (next) => {
      appUrl = next;
    },
    close: async () => {
      memory.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      for (const standIn of standIns) await standIn.close?.();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function compose(standIns: readonly StandIn[], front: Router, shopify: ShopifyStandIn, context: WorldContext, log: DepartureLog, changed: () => void): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false); // these pages change with the clock; nothing may be remembered
  app.use((_request, response, next) => {
    response.once("close", changed); // even a look around changes a shop: visits, carts
    next();
  });

  app.use(front);
  app.get("/health", (_request, response) => {
    response.json({ ok: true, app: context.appUrl() });
  });
  app.use("/log", log.pages);
  app.use("/out/:host", (request: Request<{ host: string }>, response, next) => {
    depart(standIns, context, log, request, response, next);
  });
  for (const standIn of standIns) app.use(`/${standIn.name}`, standIn.pages);
  app.use(shopify.rootPages);

  // Four parameters are what makes this an error handler to Express.
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    console.error("the world failed:", error);
    if (response.headersSent) return next(error);
    return response.status(500).json({ error: error instanceof Error ? error.message : "unknown" });
  });
  return app;
}

/** Hands a call to the stand-in of its host, or makes the network fail. */
function depart(
  standIns: readonly StandIn[],
  context: WorldContext,
  log: DepartureLog,
  request: Request<{ host: string }>,
  response: Response,
  next: NextFunction,
): void {
  const host = request.params.host.toLowerCase();
  const started = performance.now();
  const { method } = request;
  const path = withoutSecrets(request.url).slice(0, 400);
  response.once("close", () => {
    const status = response.writableFinished ? response.statusCode : 0;
    log.note({ at: context.now().toISOString(), method, host, path, status, ms: Math.round(performance.now() - started) });
  });
  const found = standIns.flatMap((standIn) => standIn.outbound).find((door) => door.hosts.test(host));
  if (!found) {
    response
      .status(502)
      .set(unreachableHeader, "1")
      .json({ error: `no host ${host} in this world` });
    return;
  }
  found.router(request, response, (error?: unknown) => {
    if (error !== undefined) return next(error);
    response.status(404).type("text").send(`${host} has nothing at ${request.path}`);
  });
}
