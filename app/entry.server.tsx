import { PassThrough } from "node:stream";
import { createReadableStreamFromReadable, type EntryContext } from "@remix-run/node";
import { isRouteErrorResponse, RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import { renderToPipeableStream } from "react-dom/server";
import { log } from "./log.server.ts";
import { addDocumentResponseHeaders } from "./shopify.server.ts";

const patience = 5_000;

/** Who may frame a page: this shop's admin where the address names a shop (Shopify's library writes it), any admin on other embedded screens, nobody elsewhere. */
function addHeaders(request: Request, headers: Headers): void {
  addDocumentResponseHeaders(request, headers);
  const embedded = /^\/(app|auth)(\/|$)/.test(new URL(request.url).pathname);
  if (!headers.has("Content-Security-Policy")) {
    headers.set("Content-Security-Policy", embedded ? "frame-ancestors https://admin.shopify.com https://*.myshopify.com;" : "frame-ancestors 'none';");
  }
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "strict-origin-when-cross-origin");
}

export default function handleRequest(request: Request, status: number, headers: Headers, context: EntryContext): Promise<Response> {
  addHeaders(request, headers);
  headers.set("Content-Type", "text/html; charset=utf-8");
  const whole = isbot(request.headers.get("user-agent") ?? "");
  return new Promise((resolve, reject) => {
    let code = status;
    let started = false;
    const answer = () => {
      started = true;
      const body = new PassThrough();
      resolve(new Response(createReadableStreamFromReadable(body), { headers, status: code }));
      pipe(body);
    };
    const { pipe, abort } = renderToPipeableStream(<RemixServer context={context} url={request.url} abortDelay={patience} />, {
      ...(whole ? { onAllReady: answer } : { onShellReady: answer }),
      onShellError: (error: unknown) => reject(error instanceof Error ? error : new Error("The page could not be drawn.")),
      onError(error: unknown) {
        code = 500;
        if (started) log.warn({ err: error }, "page");
      },
    });
    setTimeout(abort, patience + 1_000).unref();
  });
}

/** What a loader or action threw that is not an answer: noted without its request, which can carry a token. */
export function handleError(error: unknown, { request }: { request: Request }): void {
  // An address that nobody has: said to whoever asked, and nothing to wake anybody for.
  if (isRouteErrorResponse(error) && error.status < 500) return;
  if (!request.signal.aborted) log.error({ err: error, path: new URL(request.url).pathname }, "screen");
}
