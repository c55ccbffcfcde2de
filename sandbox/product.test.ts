import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startProduct, type Product } from "./product.ts";
import { startWorld, type World } from "./world.ts";

// A product of a few lines: it listens after a moment, tells the time and what it can reach, and leaves when asked.
const entry = join(mkdtempSync(join(tmpdir(), "product-")), "start.mjs");
writeFileSync(
  entry,
  `import { createServer } from "node:http";
  if (process.argv.includes("--fail")) throw new Error("the environment is not right");
  if (process.argv.includes("--worker")) { setInterval(() => 0, 999); setTimeout(() => console.log('{"msg":"worker ready"}'), 50); }
  else setTimeout(() => createServer(async (request, response) => {
    if (request.url === "/health") return response.end("ok");
    const meta = await (await fetch("https://graph.facebook.com/v26.0/me")).json();
    response.end(JSON.stringify({ now: new Date().toISOString(), code: meta.error.code, appUrl: process.env.SHOPIFY_APP_URL, smtp: process.env.SMTP_URL, extra: process.env.EXTRA }));
  }).listen(process.env.PORT, "127.0.0.1"), 100);
  process.on("SIGTERM", () => process.exit(0));`,
);

let world: World;
const started: Product[] = [];
beforeAll(async () => {
  world = await startWorld({ appUrl: "http://127.0.0.1:1" });
});
afterAll(async () => {
  for (const product of started) await product.kill9();
  await world.close();
});

async function start(options: { flags?: string[]; env?: Record<string, string> } = {}): Promise<Product> {
  const product = await startProduct({ databaseUrl: "postgresql://nobody@127.0.0.1:1/none", world, entry, ...options });
  started.push(product);
  return product;
}

it("is ready when it answers, lives in the world's time, and its calls end in the world", async () => {
  world.clock.move({ advance: "P3D" });
  const product = await start({ env: { EXTRA: "yes" } });
  expect(world.context.appUrl()).toBe(product.url);
  const seen = (await (await fetch(product.url)).json()) as { now: string };
  expect(seen).toMatchObject({ code: 104, appUrl: world.frameUrl, smtp: world.smtpUrl, extra: "yes" });
  expect(Math.abs(Date.parse(seen.now) - world.context.now().getTime())).toBeLessThan(10_000);
  expect(world.log.list().at(-1)).toMatchObject({ host: "graph.facebook.com", path: "/v26.0/me" });
  // Through the frame, as a browser meets it.
  expect((await fetch(`${world.frameUrl}/health`)).status).toBe(200);
  await product.stop();
  expect(product.ended()).toBe("ended with code 0");
});

it("a worker alone is ready when it says so; a second product may run beside it; kill9 is sudden", async () => {
  const [worker, web] = await Promise.all([start({ flags: ["--worker"] }), start({ flags: ["--web"] })]);
  expect(worker.log()).toContain("worker ready");
  await worker.kill9();
  expect(worker.ended()).toBe("ended by SIGKILL");
  expect(web.ended()).toBeUndefined();
});

it("a product that cannot start says why", async () => {
  await expect(start({ flags: ["--fail"] })).rejects.toThrow(/ended with code 1[\s\S]*the environment is not right/);
});
