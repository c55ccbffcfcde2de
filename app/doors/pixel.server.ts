import type { IncomingMessage, ServerResponse } from "node:http";
import { isbot } from "isbot";
import { longestPixelBody, readBatch, readPixelEvents } from "../capture/pixel-event.ts";
import { countRefusal, receivePixel, type PixelRefusal } from "../capture/pixel.server.ts";
import { env } from "../env.server.ts";
import { TooBusy } from "../lib/group.ts";
import { recent } from "../lib/recent.ts";
import { log } from "../log.server.ts";
import { pixelKeyIsRight } from "../shops/pixel-key.server.ts";
import { readBody } from "./body.server.ts";
import { buckets } from "./bucket.ts";

// A shop's visitors share a few hundred names of browsers, and each is long to look through.
const robots = recent<string, boolean>(2_000);
function isRobot(userAgent: string | undefined): boolean {
  if (userAgent === undefined || userAgent.length > 400) return isbot(userAgent);
  const known = robots.get(userAgent);
  if (known !== undefined) return known;
  const found = isbot(userAgent);
  robots.set(userAgent, found);
  return found;
}

const perBrowser = buckets({ atOnce: 120, perSecond: 2, most: 20_000 });
let shopBuckets: ReturnType<typeof buckets> | undefined;
const perShop: ReturnType<typeof buckets> = (...asked) => {
  const perSecond = env().PIXEL_SHOP_PER_SECOND;
  shopBuckets ??= buckets({ atOnce: 10 * perSecond, perSecond, most: 5000 });
  return shopBuckets(...asked);
};

// A pixel runs in a worker that may have no origin of its own: any may ask, none sends cookies, and whose page it was is looked at below.
const cors = { "access-control-allow-origin": "*", "cache-control": "no-store" };
const asked = { ...cors, "access-control-allow-methods": "POST", "access-control-allow-headers": "content-type", "access-control-max-age": "86400" };

function answer(response: ServerResponse, status: number, text = ""): void {
  if (text === "") return void response.writeHead(status, cors).end();
  response.writeHead(status, { ...cors, "content-type": "text/plain; charset=utf-8", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

/** The address nearest to us: the last that a proxy of ours wrote down, else the other end of the line. What a sender claims before it does not count. */
function addressOf(request: IncomingMessage): string {
  const forwarded = request.headers["x-forwarded-for"];
  const last = (Array.isArray(forwarded) ? forwarded.join(",") : (forwarded ?? "")).split(",").at(-1)?.trim();
  return (last || request.socket.remoteAddress || "nobody").slice(0, 64);
}

/** Takes what a shop's pixel sends: read, checked, then kept, then acknowledged. */
export async function pixelDoor(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "OPTIONS") return void response.writeHead(204, asked).end();
  if (request.method !== "POST") return answer(response, 405, "Events are posted.");
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if ((type !== "text/plain" && type !== "application/json") || request.headers["content-encoding"] !== undefined)
    return answer(response, 415, "Events come as plain JSON, in text/plain or application/json.");
  const body = await readBody(request, longestPixelBody);
  if (!body.ok) {
    response.setHeader("connection", "close");
    return answer(response, body.reason === "too-large" ? 413 : 400, body.reason === "too-large" ? "The body is too large." : "The body broke off.");
  }
  const receivedAt = new Date();
  const refuse = (status: number, domain: string | null, reason: PixelRefusal, text = ""): void => {
    // The answer does not wait for a counter, and a counter that is too busy is one less.
    countRefusal({ domain, reason, at: receivedAt }).catch((error: unknown) => log.debug({ err: error, reason }, "pixel refusal not counted"));
    answer(response, status, text);
  };

  const batch = readBatch(body.bytes.toString("utf8"));
  if (!batch.ok) return refuse(400, null, batch.reason, batch.message);
  const { shop, key, events } = batch.value;
  if (!pixelKeyIsRight(shop, key)) return refuse(401, null, "wrong-key", "Shop and key do not belong together.");
  // Robots are told nothing, so that they do not try again as somebody else.
  if (isRobot(request.headers["user-agent"])) return refuse(204, shop, "bot");
  if (!perBrowser(`${shop} ${addressOf(request)}`, receivedAt.getTime()) || !perShop(shop, receivedAt.getTime()))
    return refuse(429, shop, "too-fast", "Too many requests.");
  const read = readPixelEvents(events, receivedAt);
  if (!read.ok) return refuse(400, shop, read.reason, read.message);
  try {
    const outcome = await receivePixel({ domain: shop, origin: request.headers.origin ?? null, events: read.value });
    if (outcome === "wrong-origin") return refuse(403, shop, "wrong-origin", "This page is not the shop's.");
    answer(response, 204);
  } catch (error) {
    if (error instanceof TooBusy) return refuse(429, shop, "too-fast", "Too much is waiting.");
    log.error({ err: error, shop }, "pixel events not kept");
    answer(response, 503, "It could not be kept.");
  }
}
