import { createServer } from "node:net";
import { once } from "node:events";
import { expect, it } from "vitest";
import { startChild } from "./child.ts";
import { freePort } from "./port.ts";

const run = (code: string, env: Record<string, string> = {}) => startChild(["--eval", code], { cwd: process.cwd(), env });
const ready = async (child: ReturnType<typeof run>) => {
  while (!child.lines().includes("ready")) await new Promise((resolve) => setTimeout(resolve, 10));
};

it("a child sees what it was given and nothing else of our environment", async () => {
  process.env["SECRET_OF_OURS"] = "x";
  const child = run("console.log(process.env.SECRET_OF_OURS, process.env.GIVEN); console.error('to error')", { GIVEN: "yes" });
  expect(await child.end).toBe("ended with code 0");
  expect(child.lines()).toEqual(expect.arrayContaining(["undefined yes", "to error"]));
});

it("stops gently, and by force when it does not listen", async () => {
  const gentle = run("process.on('SIGTERM', () => { console.log('bye'); process.exit(0) }); setInterval(() => 0, 99); console.log('ready')");
  const stubborn = run("process.on('SIGTERM', () => 0); setInterval(() => 0, 99); console.log('ready')");
  await Promise.all([ready(gentle), ready(stubborn)]);
  await Promise.all([gentle.stop(), stubborn.stop(100)]);
  expect([gentle.ended(), gentle.lines().at(-1)]).toEqual(["ended with code 0", "bye"]);
  expect(stubborn.ended()).toBe("ended by SIGKILL");
});

it("kill9 gives it no time", async () => {
  const child = run("process.on('SIGTERM', () => 0); setInterval(() => 0, 99); console.log('ready')");
  await ready(child);
  await child.kill9();
  expect(child.ended()).toBe("ended by SIGKILL");
});

it("a taken port is passed over", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  expect(await freePort(port)).toBeGreaterThan(port);
  server.close();
});
