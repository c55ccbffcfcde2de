// Loaded with `node --import` before the product: time comes from the world's clock, and the internet is the world.
import { readFileSync } from "node:fs";
import { isLocal, outward, unreachableHeader } from "./addresses.ts";
import { moves } from "./clock/moves.ts";

const clockFile = process.env["SANDBOX_CLOCK"];
const worldUrl = process.env["SANDBOX_URL"];

if (clockFile) shiftDate(clockFile);
if (worldUrl) redirectFetch(worldUrl);

function shiftDate(file: string): void {
  const RealDate = globalThis.Date;
  const realNow = RealDate.now.bind(RealDate);
  let offset = 0;
  let readAt = -Infinity;
  let known = moves.made;

  const now = (): number => {
    const real = realNow();
    // Real time, not performance.now(): a machine that slept must read the file again as well. What this process moved itself is never shown late: a test asks
    // for what is due now, and where the database is quick it would be asked within those 2 ms.
    if (moves.made !== known || real - readAt >= 2 || real < readAt) {
      known = moves.made;
      readAt = real;
      offset = readOffset(file) ?? offset;
    }
    return real + offset;
  };

  function SandboxDate(...args: unknown[]): unknown {
    if (!new.target) return new RealDate(now()).toString();
    const given = args.length === 0 ? [now()] : args;
    return Reflect.construct(RealDate, given, new.target) as unknown;
  }
  // The same prototype object, so that dates made by Node itself stay `instanceof Date` and the other way round.
  Object.defineProperties(SandboxDate, {
    name: { value: "Date", configurable: true },
    length: { value: 7, configurable: true },
    prototype: { value: RealDate.prototype, writable: false },
    now: { value: now, writable: true, configurable: true },
    parse: { value: RealDate.parse, writable: true, configurable: true },
    UTC: { value: RealDate.UTC, writable: true, configurable: true },
  });
  RealDate.prototype.constructor = SandboxDate;
  globalThis.Date = SandboxDate as unknown as DateConstructor; // the statics are defined just above
}

function readOffset(file: string): number | undefined {
  try {
    const saved = JSON.parse(readFileSync(file, "utf8")) as { offsetMs?: unknown };
    return typeof saved.offsetMs === "number" ? saved.offsetMs : undefined;
  } catch {
    return undefined; // no clock yet: real time, or the last known offset
  }
}

function redirectFetch(world: string): void {
  const realFetch = globalThis.fetch;
  globalThis.fetch = async function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const address = new URL(input instanceof Request ? input.url : String(input));
    if (isLocal(address.hostname) || !address.protocol.startsWith("http")) return realFetch(input, init);
    const call = await asCall(input, init);
    return follow(realFetch, world, address, call);
  };
}

/** A request as plain options: a body inside a Request is read first, because a stream cannot be sent twice. */
async function asCall(input: RequestInfo | URL, init: RequestInit | undefined): Promise<RequestInit> {
  if (!(input instanceof Request)) return init ?? {};
  const request = new Request(input, init);
  const body = request.body === null ? null : await request.arrayBuffer();
  return {
    method: request.method,
    headers: request.headers,
    body,
    redirect: request.redirect,
    signal: request.signal,
  };
}

/** Redirects are followed here: followed by the real fetch, a vendor's absolute Location would lead out to the internet. */
async function follow(realFetch: typeof fetch, world: string, address: URL, call: RequestInit, hops = 0): Promise<Response> {
  const response = await realFetch(outward(world, address), { ...call, redirect: "manual" });
  if (response.headers.has(unreachableHeader)) {
    await response.body?.cancel();
    throw networkError(`getaddrinfo ENOTFOUND ${address.hostname}`, "ENOTFOUND");
  }
  const location = response.headers.get("location");
  const moved = location !== null && [301, 302, 303, 307, 308].includes(response.status);
  if (moved && call.redirect !== "manual") {
    await response.body?.cancel();
    if (call.redirect === "error") throw networkError("unexpected redirect");
    if (hops >= 20) throw networkError("redirect count exceeded");
    const next = new URL(location, address);
    if (isLocal(next.hostname)) return realFetch(next, afterRedirect(call, response.status));
    return follow(realFetch, world, next, afterRedirect(call, response.status), hops + 1);
  }
  Object.defineProperty(response, "url", { value: address.href });
  return response;
}

function afterRedirect(call: RequestInit, status: number): RequestInit {
  const method = (call.method ?? "GET").toUpperCase();
  const becomesGet = (status === 303 && method !== "HEAD") || (method === "POST" && status < 303);
  if (!becomesGet) return call;
  const headers = new Headers(call.headers);
  for (const name of ["content-length", "content-type", "content-encoding"]) headers.delete(name);
  return { ...call, method: "GET", body: null, headers };
}

function networkError(message: string, code?: string): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(message), code ? { code } : {}) });
}
