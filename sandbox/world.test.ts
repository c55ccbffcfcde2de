import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { afterEach, describe, expect, it } from "vitest";
import { unreachableHeader } from "./addresses.ts";
import { startWorld, type World, type WorldOptions } from "./world.ts";

const open: World[] = [];
async function world(options: Partial<WorldOptions> = {}): Promise<World> {
  const started = await startWorld({ appUrl: "http://127.0.0.1:3000", ...options });
  open.push(started);
  return started;
}
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const letter = {
  from: "Harbour & Pine <hello@mail.harbour.example>",
  to: "maya@example.com",
  subject: "Your order",
  text: "Thank you",
  html: '<p>Thank you. <a href="https://comeback-demo.myshopify.com/account">Account</a></p>',
};

describe("what leaves the building", () => {
  it("reaches the stand-in of its host, and is logged without secrets", async () => {
    const { url } = await world();
    const answer = await fetch(`${url}/out/graph.facebook.com/v26.0/me?fields=id&access_token=EAAsecret`);
    expect(await answer.json()).toMatchObject({ error: { code: 190 } });
    const log = await (await fetch(`${url}/log/api`)).text();
    expect(JSON.parse(log)).toMatchObject([{ method: "GET", host: "graph.facebook.com", path: "/v26.0/me?fields=id&access_token=…", status: 401 }]);
    expect(await (await fetch(`${url}/log`)).text()).not.toContain("EAAsecret");
  });

  it("fails like a network when no such host exists here", async () => {
    const { url } = await world();
    const answer = await fetch(`${url}/out/api.elsewhere.example/v1`);
    expect([answer.status, answer.headers.has(unreachableHeader)]).toEqual([502, true]);
  });
});

describe("pages for people", () => {
  it("every place in the navigation answers with a page", async () => {
    const { url } = await world();
    for (const [path, title] of [
      ["/", "Desk"],
      ["/mail", "Mailbox"],
      ["/meta", "Meta"],
      ["/google", "Google"],
      ["/clock", "Clock"],
      ["/log", "Log"],
    ]) {
      const answer = await fetch(url + path);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain(`<title>${title} ·`);
    }
  });

  it("the storefront, the admin and the product's frame are part of it", async () => {
    const { url, frameUrl } = await world();
    for (const path of ["/shop/comeback-demo/", "/admin/store/comeback-demo/apps/comeback"]) {
      expect((await fetch(url + path)).status).toBe(200);
    }
    expect(frameUrl).not.toBe(url);
    expect((await fetch(`${frameUrl}/health`)).status).toBe(502); // no product runs behind it
  });

  it("the clock's buttons move the clock that everybody reads", async () => {
    const { url, context } = await world();
    const before = Date.now();
    const pressed = await fetch(`${url}/clock/api`, { method: "POST", body: new URLSearchParams({ advance: "P3D" }), redirect: "manual" });
    expect(pressed.status).toBe(303);
    expect(context.now().getTime() - before).toBeGreaterThanOrEqual(3 * 86_400_000);
    const wrong = await fetch(`${url}/clock/api`, {
      method: "POST",
      body: JSON.stringify({ advance: "soon" }),
      headers: { "content-type": "application/json" },
    });
    expect(wrong.status).toBe(400);
    const reset = await fetch(`${url}/clock/api`, { method: "POST", body: JSON.stringify({ reset: true }), headers: { "content-type": "application/json" } });
    expect(await reset.json()).toMatchObject({ offsetMs: 0, real: true });
  });

  it("a letter can be read in a frame that runs nothing, as text and as source", async () => {
    const { url, smtpUrl } = await world();
    await createTransport(smtpUrl).sendMail(letter);
    const [first] = (await (await fetch(`${url}/mail/api?to=maya@example.com`)).json()) as { id: string }[];
    const read = async (path: string) => (await fetch(`${url}/mail/${first?.id}${path}`)).text();
    expect(await read("")).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
    expect(await read("?show=text")).toContain("Thank you");
    expect(await read("?show=source")).toContain("Message-ID");
    const body = await fetch(`${url}/mail/${first?.id}/body`);
    expect(body.headers.get("content-security-policy")).toMatch(/^sandbox/);
    expect(await body.text()).toContain(`href="${url}/shop/comeback-demo/account"`);
    expect(await (await fetch(`${url}/mail/api/${first?.id}`)).json()).toMatchObject({ text: expect.stringContaining("Thank you") as string });
    expect((await fetch(`${url}/mail/none`)).status).toBe(404);
  });

  it("the unsubscribe button posts what Gmail posts, once, and says what came back", async () => {
    const { url, smtpUrl } = await world();
    // The world itself plays the sender: its own log tells what arrived.
    const address = `${url}/out/sender.example/u/abc`;
    await createTransport(smtpUrl).sendMail({
      ...letter,
      headers: { "List-Unsubscribe": `<${address}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
    });
    const [first] = (await (await fetch(`${url}/mail/api`)).json()) as { id: string }[];
    const pressed = await fetch(`${url}/mail/${first?.id}/unsubscribe`, { method: "POST" });
    expect(await pressed.text()).toContain("The sender answered 502");
    expect(await (await fetch(`${url}/log/api`)).json()).toMatchObject([{ method: "POST", host: "sender.example", path: "/u/abc" }]);
  });
});

describe("mail by control", () => {
  it("a script is refused when it is not one, and works when it is", async () => {
    const { url, smtpUrl } = await world();
    const post = (body: unknown) =>
      fetch(`${url}/mail/control/scripts`, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
    expect((await post({ to: "x@y.example", do: "explode" })).status).toBe(400);
    expect((await post({ to: letter.to, do: "refuse", code: 550 })).status).toBe(201);
    await expect(createTransport(smtpUrl).sendMail(letter)).rejects.toMatchObject({ responseCode: 550 });
    await fetch(`${url}/mail/control/scripts`, { method: "DELETE" });
    await createTransport(smtpUrl).sendMail(letter);
    expect(await (await fetch(`${url}/mail/api/attempts`)).json()).toHaveLength(2);
    await fetch(`${url}/mail/api`, { method: "DELETE" });
    expect(await (await fetch(`${url}/mail/api`)).json()).toEqual([]);
  });
});

describe("memory", () => {
  it("a world with a folder goes on where it stopped: letters, clock, terms", async () => {
    const folder = mkdtempSync(join(tmpdir(), "world-"));
    const first = await world({ folder });
    await createTransport(first.smtpUrl).sendMail(letter);
    first.clock.move({ advance: "P1D" });
    await fetch(`${first.url}/meta/control/terms`, { method: "POST", body: '{"accepted":true}', headers: { "content-type": "application/json" } });
    await open.pop()?.close();

    const second = await world({ folder });
    expect(await (await fetch(`${second.url}/mail/api`)).json()).toMatchObject([{ to: ["maya@example.com"], subject: "Your order" }]);
    expect(second.clock.offsetMs()).toBeGreaterThanOrEqual(86_400_000);
    const { accounts } = (await (await fetch(`${second.url}/meta/api`)).json()) as { accounts: { termsAccepted: boolean }[] };
    expect(accounts.every((account) => account.termsAccepted)).toBe(true);
  });

  it("two worlds at once do not meet", async () => {
    const [one, two] = [await world(), await world()];
    await createTransport(one.smtpUrl).sendMail(letter);
    expect(await (await fetch(`${two.url}/mail/api`)).json()).toEqual([]);
    one.clock.move({ advance: "P9D" });
    expect(two.clock.offsetMs()).toBe(0);
  });
});
