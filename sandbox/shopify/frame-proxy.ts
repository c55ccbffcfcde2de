// The second port of the world: the app as it is, but willing to be framed here and to load this world's App Bridge.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { createProxyMiddleware, responseInterceptor } from "http-proxy-middleware";
import { insteadOf } from "../addresses.ts";

export type FrameProxySettings = { appKey: string; appUrl: () => string; worldUrl: () => string };
export type FrameProxy = ReturnType<typeof frameProxy>;

const appBridge = "https://cdn.shopify.com/shopifycloud/app-bridge.js";
const interFont = /https:\/\/cdn\.shopify\.com\/static\/fonts\/inter\/[^"'\s)\\]*\.css/g;

/** Where one world listens, under each name this machine has for itself. */
export function worldOrigins(worldUrl: string): string[] {
  const { protocol, port, origin } = new URL(worldUrl);
  const names = ["localhost", "127.0.0.1"].map((host) => `${protocol}//${host}${port ? `:${port}` : ""}`);
  return [...new Set([origin, ...names])];
}

/** Adds the world to those who may frame the app; a policy that names nobody is left as it is. */
export function allowFraming(policy: string, worldUrl: string): string {
  return policy.replace(/frame-ancestors ([^;]*)/, (_all, allowed: string) => {
    const kept = allowed.trim() === "'none'" ? [] : [allowed.trim()];
    return `frame-ancestors ${[...kept, ...worldOrigins(worldUrl)].join(" ")}`;
  });
}

/** `https://admin.shopify.com/store/<name>/apps/<key>/x` → this world's page of the same thing. */
export function adminToWorld(address: string, appKey: string, worldUrl: string): string {
  const prefix = "https://admin.shopify.com/";
  if (!address.startsWith(prefix)) return address;
  const path = address.slice(prefix.length).replace(`/apps/${appKey}`, "/apps/comeback");
  return `${worldUrl}/admin/${path}`;
}

/** Points a page or script of the app to the world's own App Bridge, font sheet and login dialogs. */
export function rewriteText(text: string, worldUrl: string): string {
  return text
    .replaceAll(appBridge, `${worldUrl}/admin/app-bridge.js`)
    .replace(interFont, `${worldUrl}/admin/inter.css`)
    .replace(/https:\/\/(?:(?:www|business)\.facebook|accounts\.google)\.com\//g, (site) => insteadOf(site, worldUrl));
}

function rewriteHeaders(response: ServerResponse, settings: FrameProxySettings): void {
  const worldUrl = settings.worldUrl();
  const policy = response.getHeader("content-security-policy");
  if (typeof policy === "string") response.setHeader("content-security-policy", allowFraming(policy, worldUrl));
  const link = response.getHeader("link");
  if (typeof link === "string") response.setHeader("link", rewriteText(link, worldUrl));
  const location = response.getHeader("location");
  if (typeof location === "string") response.setHeader("location", insteadOf(adminToWorld(location, settings.appKey, worldUrl), worldUrl));
}

/** A proxy in front of the app; closed until `open`. */
export function frameProxy(settings: FrameProxySettings) {
  let server: Server | undefined;
  let origin: string | undefined;

  const proxy = createProxyMiddleware<IncomingMessage, ServerResponse>({
    target: "http://127.0.0.1",
    router: () => settings.appUrl(),
    // The app sees the host the browser sees: Remix compares it with the Origin of every form.
    changeOrigin: false,
    selfHandleResponse: true,
    on: {
      proxyRes: responseInterceptor(async (body, upstream, _request, response) => {
        rewriteHeaders(response, settings);
        const type = String(upstream.headers["content-type"] ?? "");
        return /html|javascript|css|json/.test(type) ? rewriteText(body.toString("utf8"), settings.worldUrl()) : body;
      }),
      error: (_error, _request, response) => {
        if (!("writeHead" in response) || response.headersSent) return;
        response.writeHead(502, { "Content-Type": "text/html; charset=utf-8" });
        response.end(
          `<!doctype html><title>Not running</title><p style="font:15px system-ui;padding:2rem">Comeback does not answer at ${settings.appUrl()}. Is it running?</p>`,
        );
      },
    },
  });

  const app = express();
  app.disable("x-powered-by");
  app.use((request, response, next) => {
    proxy(request, response).catch(next);
  });

  const listen = (port: number, host: string): Promise<Server> =>
    new Promise((done, fail) => {
      const made = createServer(app);
      made.once("error", fail);
      made.listen(port, host, () => done(made));
    });

  return {
    /** Listens on the port after the world's own (or any free one when that is taken), or on `port`. Answers the origin. */
    open: async (port?: number): Promise<string> => {
      if (origin) return origin;
      const world = new URL(settings.worldUrl());
      const wanted = port ?? Number(world.port || 80) + 1;
      server = await listen(wanted, world.hostname).catch((error: NodeJS.ErrnoException) => {
        if (port !== undefined || error.code !== "EADDRINUSE") throw error;
        return listen(0, world.hostname);
      });
      origin = `${world.protocol}//${world.hostname}:${(server.address() as AddressInfo).port}`;
      return origin;
    },
    origin: (): string | undefined => origin,
    close: async (): Promise<void> => {
      const open = server;
      server = undefined;
      origin = undefined;
      if (!open) return;
      open.closeAllConnections();
      await new Promise((done) => open.close(done));
    },
  };
}
