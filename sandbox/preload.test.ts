import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unreachableHeader } from "./addresses.ts";

const preload = fileURLToPath(new URL("./preload.ts", import.meta.url));
const clockModule = new URL("./clock/clock.ts", import.meta.url).href;
const clockFile = join(mkdtempSync(join(tmpdir(), "preload-")), "clock.json");
let server: Server;
let worldUrl: string;

// A world that repeats what it was asked, so that the tests can see what the product's fetch really sent.
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.url?.startsWith("/out/nowhere.example")) {
        response.writeHead(502, { [unreachableHeader]: "1" }).end();
      } else if (request.url === "/out/moved.example/old") {
        response.writeHead(302, { location: "https://other.example/new?b=2" }).end();
      } else {
        const { url, method, headers } = request;
        response.end(JSON.stringify({ url, method, headers, body: Buffer.concat(chunks).toString() }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  worldUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function inside(code: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", preload, "--input-type=module", "--eval", `const out = await (async () => { ${code} })(); console.log(JSON.stringify(out));`],
    { env: { ...process.env, NODE_OPTIONS: "", SANDBOX_URL: worldUrl, SANDBOX_CLOCK: clockFile, WORLD: worldUrl } },
  );
  return JSON.parse(stdout) as unknown;
}

describe("time under the preload", () => {
  it("Date is shifted by the clock file however it is asked, and dates stay dates", async () => {
    const day = 86_400_000;
    writeFileSync(clockFile, JSON.stringify({ offsetMs: 3 * day }));
    const before = Date.now();
    const seen = (await inside(`
      const { statSync } = await import("node:fs");
      class Sub extends Date {}
      return {
        now: Date.now(), made: new Date().getTime(), called: Date.parse(Date()), sub: new Sub() instanceof Sub && new Sub() instanceof Date,
        fixed: new Date("2020-01-02T03:04:05Z").toISOString(), parts: new Date(2020, 0, 2).getFullYear(), zero: new Date(0).getTime(),
        utc: Date.UTC(2020, 0, 1), parse: Date.parse("2020-01-01T00:00:00Z"),
        instance: new Date() instanceof Date, foreign: statSync(process.execPath).mtime instanceof Date, constructed: new Date().constructor === Date,
        copy: new Date(new Date(5)).getTime(), name: Date.name, length: Date.length, invalid: Number.isNaN(new Date(undefined).getTime()),
        tag: Object.prototype.toString.call(new Date()), performance: performance.now() < 60000,
      }`)) as Record<string, unknown>;
    for (const key of ["now", "made"]) {
      expect(seen[key]).toBeGreaterThanOrEqual(before + 3 * day);
      expect(seen[key]).toBeLessThan(before + 3 * day + 30_000);
    }
    expect(Number(seen["called"]) - before).toBeGreaterThan(3 * day - 2_000);
    expect(seen).toMatchObject({
      sub: true,
      fixed: "2020-01-02T03:04:05.000Z",
      parts: 2020,
      zero: 0,
      utc: 1577836800000,
      parse: 1577836800000,
      instance: true,
      foreign: true,
      constructed: true,
      copy: 5,
      name: "Date",
      length: 7,
      invalid: true,
      tag: "[object Date]",
      performance: true,
    });
  });

  it("a running process follows the clock within a moment, and timers keep real time", async () => {
    writeFileSync(clockFile, JSON.stringify({ offsetMs: 0 }));
    const seen = (await inside(`
      const fs = await import("node:fs");
      const first = Date.now();
      fs.writeFileSync(process.env.SANDBOX_CLOCK, JSON.stringify({ offsetMs: 3600000 }));
      const started = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 60));
      return { moved: Date.now() - first, waited: performance.now() - started };`)) as { moved: number; waited: number };
    expect(seen.moved).toBeGreaterThanOrEqual(3_600_000);
    expect(seen.waited).toBeLessThan(20_000);
  });

  it("where the clock itself lives in the process, a move is seen by the next line, however lately the time was looked at", async () => {
    writeFileSync(clockFile, JSON.stringify({ offsetMs: 0 }));
    const seen = (await inside(`
      const { openClock } = await import(${JSON.stringify(clockModule)});
      const clock = openClock(process.env.SANDBOX_CLOCK);
      return Array.from({ length: 20 }, () => {
        const before = Date.now();
        clock.move({ advance: "PT1H" });
        return Date.now() - before;
      });`)) as number[];
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(3_600_000);
    // Nor is it seen twice.
    expect(Math.max(...seen)).toBeLessThan(3_600_000 + 60_000);
  });
});

describe("the internet under the preload", () => {
  it("a call to a vendor reaches the world with its method, headers, body and query", async () => {
    const seen = await inside(`
      const response = await fetch("https://graph.facebook.com/v26.0/me?a=1&b=%20c#part", { method: "POST", headers: { "x-one": "1" }, body: "hello" });
      return { url: response.url, ...(await response.json()) };`);
    expect(seen).toMatchObject({
      url: "/out/graph.facebook.com/v26.0/me?a=1&b=%20c",
      method: "POST",
      body: "hello",
      headers: { "x-one": "1" },
    });
  });

  it("URL and Request objects work as strings do", async () => {
    const seen = await inside(`
      const viaUrl = await (await fetch(new URL("https://a.example/x"))).json();
      const request = new Request("https://b.example:8443/y", { method: "PUT", body: JSON.stringify({ a: 1 }), headers: { "content-type": "application/json" } });
      const viaRequest = await (await fetch(request)).json();
      const overridden = await (await fetch(new Request("https://c.example/z"), { method: "DELETE" })).json();
      return [viaUrl, viaRequest, overridden];`);
    expect(seen).toMatchObject([
      { url: "/out/a.example/x", method: "GET" },
      { url: "/out/b.example:8443/y", method: "PUT", body: '{"a":1}', headers: { "content-type": "application/json" } },
      { url: "/out/c.example/z", method: "DELETE" },
    ]);
  });

  it("this machine is called directly", async () => {
    expect(await inside(`return (await fetch(process.env.WORLD + "/direct")).json();`)).toMatchObject({ url: "/direct" });
  });

  it("an unknown host is a network error, not an answer", async () => {
    expect(
      await inside(
        `try { await fetch("https://nowhere.example/"); return "answered"; } catch (error) { return [error.name, error.message, error.cause.code]; }`,
      ),
    ).toEqual(["TypeError", "fetch failed", "ENOTFOUND"]);
  });

  it("redirects are followed inside the world, kept when asked, refused when asked", async () => {
    const seen = await inside(`
      const followed = await fetch("https://moved.example/old");
      const kept = await fetch("https://moved.example/old", { redirect: "manual" });
      const refused = await fetch("https://moved.example/old", { redirect: "error" }).catch((error) => error.name);
      return [followed.url, (await followed.json()).url, kept.status, kept.headers.get("location"), refused];`);
    expect(seen).toEqual(["https://other.example/new?b=2", "/out/other.example/new?b=2", 302, "https://other.example/new?b=2", "TypeError"]);
  });
});
