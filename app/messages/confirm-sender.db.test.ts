import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SmtpReply } from "../connectors/contract.ts";
import { senderDoor, senderPage } from "../doors/mail-links.server.ts";
import { ensureShop, shopByDomain, updateShop } from "../shops/load.server.ts";
import { saveShop } from "../shops/settings.server.ts";
import { askSender } from "./confirm-sender.server.ts";

const domain = "sender.myshopify.com";
const now = new Date("2026-11-21T09:00:00Z");
let server: Server;
let origin: string;

const shop = async (name = domain) => (await shopByDomain(name)) ?? expect.unreachable();
const confirmed = async () => (await shop()).senderConfirmedAt;

/** Asks, and returns the link that the mail carries. */
async function asked(reply: SmtpReply = { kind: "accepted", reply: "250 ok" }) {
  const mails: { from: string; to: string; text: string }[] = [];
  const outcome = await askSender(
    await shop(),
    { smtp: async (mail) => (mails.push({ from: mail.from, to: mail.to, text: mail.raw.toString() }), reply) },
    now,
  );
  // Quoted-printable breaks long lines with a "=" at their end.
  const path = /\/s\/[\w.~-]+/.exec(mails[0]?.text.replace(/=\r\n/g, "").replace(/=3D/g, "=") ?? "")?.[0] ?? null;
  return { outcome, mails, path };
}

beforeAll(async () => {
  await updateShop((await ensureShop(domain, now)).id, {
    senderName: "Harbour & Pine",
    senderAddress: "hello@harbour.test",
    postalAddress: "4 Shore Road, Leith",
  });
  await ensureShop("nobody.myshopify.com", now);
  const app = express();
  app.get("/s/:token", (request, response) => void senderPage(request, response));
  app.post("/s/:token", (request, response) => void senderDoor(request, response));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test("the mail goes from the address to the address, looking at its link does nothing, and the button confirms", async () => {
  const { mails, path } = await asked();
  expect(mails).toMatchObject([{ from: "hello@harbour.test", to: "hello@harbour.test" }]);
  const looked = await fetch(origin + (path ?? expect.unreachable()));
  expect(looked.status).toBe(200);
  expect(await looked.text()).toContain("hello@harbour.test");
  expect(await confirmed()).toBeNull();
  expect((await fetch(origin + path, { method: "POST" })).status).toBe(200);
  const first = await confirmed();
  expect(first).not.toBeNull();
  expect((await fetch(origin + path, { method: "POST" })).status).toBe(200);
  expect(await confirmed()).toEqual(first);
});

test("another address is not confirmed by it, and undoes what was", async () => {
  const { path } = await asked();
  await saveShop(await shop(), { senderName: "Harbour" });
  expect(await confirmed()).not.toBeNull();
  await saveShop(await shop(), { senderAddress: "other@harbour.test" });
  expect(await confirmed()).toBeNull();
  expect((await fetch(origin + (path ?? ""))).status).toBe(404);
  expect((await fetch(origin + (path ?? ""), { method: "POST" })).status).toBe(404);
  expect(await confirmed()).toBeNull();
});

test.each<[what: string, change: (path: string) => string]>([
  ["another shop's number", (path) => path.replace(/^\/s\/\d+/, "/s/999999")],
  ["one byte changed", (path) => path.slice(0, -1) + (path.endsWith("A") ? "B" : "A")],
  ["nothing signed", () => "/s/1.abc"],
])("a link with %s is not ours", async (_what, change) => {
  const { path } = await asked();
  expect((await fetch(origin + change(path ?? ""), { method: "POST" })).status).toBe(404);
  expect(await confirmed()).toBeNull();
});

test("without a sender nobody is asked, and what the mail server says is passed on", async () => {
  expect(await askSender(await shop("nobody.myshopify.com"), { smtp: () => expect.unreachable() }, now)).toEqual({ ok: false, reason: "no-sender", reply: "" });
  expect((await asked({ kind: "refused", permanent: true, code: 550, reply: "550 5.1.1 No such user" })).outcome).toEqual({
    ok: false,
    reason: "refused",
    reply: "550 5.1.1 No such user",
  });
});
