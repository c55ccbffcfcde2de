import { afterAll, beforeAll, expect, test } from "vitest";
import type { FlowKey } from "#app/flows/flow.ts";
import { createMailbox, openLetter } from "../../../sandbox/mail/mailbox.ts";
import { openPostOffice } from "../../../sandbox/mail/post-office.ts";

const now = new Date("2026-11-21T09:00:00Z");
const mailbox = createMailbox();
let office: Awaited<ReturnType<typeof openPostOffice>>;
let app: Awaited<ReturnType<typeof start>>;

// The mail server's address is part of the environment, which is read once: the app is loaded after it is known.
async function start() {
  const { queue } = await import("#app/queue.server.ts");
  await queue();
  return {
    ...(await import("./act.server.ts")),
    ...(await import("./load.server.ts")),
    ...(await import("#app/shops/refresh.server.ts")),
    ...(await import("#app/shops/settings.server.ts")),
  };
}

const shop = async () => app.installed("screen.myshopify.com", ["read_orders"], now);

async function send(intent: string, fields: Record<string, string> = {}, flow: FlowKey = "abandoned-checkout") {
  const form = new FormData();
  for (const [name, value] of Object.entries({ intent, ...fields })) form.set(name, value);
  return app.act(await shop(), flow, form, now);
}

beforeAll(async () => {
  office = await openPostOffice(mailbox, () => now, 0);
  process.env["SMTP_URL"] = office.smtpUrl;
  app = await start();
}, 60_000);
afterAll(() => office.close());

test("the flow cannot be switched on before everything is in place, and says what is missing", async () => {
  expect(await send("enable")).toEqual({
    ok: false,
    errors: {
      form: "Before it can be switched on: Say who the mails come from, Give your postal address, Send yourself a test mail, Answer about other reminders.",
    },
  });
});

test("a wrong sender is told field by field, and not saved", async () => {
  const reply = await send("sender", { senderName: "", senderAddress: "hello", postalAddress: "Leith" });
  expect(reply).toMatchObject({
    ok: false,
    errors: {
      senderName: "Write the name that people see",
      senderAddress: expect.stringContaining("Write a whole address") as string,
      postalAddress: "Write street, city and country",
    },
  });
  expect((await shop()).senderName).toBeNull();
});

test("a test mail needs a sender, then arrives with a sample and without an unsubscribe header", async () => {
  expect(await send("test", { to: "me@shop.example" })).toEqual({ ok: false, errors: { to: "Save the sender first." } });
  expect(await send("sender", { senderName: "Harbour & Pine", senderAddress: "hello@shop.example", postalAddress: "1 Quay Street, Leith, UK" })).toEqual({
    ok: true,
    done: "sender-saved",
  });
  expect(await send("test", { to: "nobody" })).toMatchObject({ ok: false, errors: { to: expect.stringContaining("Write a whole address") as string } });
  expect(await send("test", { to: "me@shop.example" })).toEqual({ ok: true, done: "test-sent" });
  const [letter] = mailbox.list("me@shop.example");
  expect(letter?.subject).toBe("[Test] You left something behind at Harbour & Pine");
  const opened = await openLetter(letter ?? expect.unreachable());
  expect(opened.html).toContain("1 Quay Street, Leith, UK");
  expect(opened.headers.some((one) => one.name === "List-Unsubscribe")).toBe(false);
});

test("with everything in place it is switched on, and off again", async () => {
  await send("other-mails", { off: "true" });
  expect(await send("enable")).toEqual({ ok: true, done: "switched-on" });
  expect(await app.load(await shop(), "abandoned-checkout", now)).toMatchObject({ on: true, missing: [] });
  expect(await send("disable")).toEqual({ ok: true, done: "switched-off" });
});

test("a step can be turned off and on, and a holdout has its limits", async () => {
  await send("step", { step: "proof", enabled: "false" });
  expect((await app.load(await shop(), "abandoned-checkout", now)).liveSteps).toEqual(["reminder", "offer"]);
  expect(await send("holdout", { holdoutPercent: "51" })).toEqual({ ok: false, errors: { holdoutPercent: "At most 50%" } });
  expect(await send("holdout", { holdoutPercent: "" })).toMatchObject({ ok: false });
  expect(await send("holdout", { holdoutPercent: "25" })).toEqual({ ok: true, done: "saved" });
  expect(await app.load(await shop(), "abandoned-checkout", now)).toMatchObject({ holdoutPercent: 25, liveSteps: ["reminder", "offer"] });
});

test("each flow wants a test mail and a word about other tools of its own", async () => {
  const browse: FlowKey = "browse-abandonment";
  expect(await send("enable", {}, browse)).toEqual({
    ok: false,
    errors: { form: "Before it can be switched on: Send yourself a test mail, Answer about other reminders." },
  });
  expect(await send("test", { to: "me@shop.example" }, browse)).toEqual({ ok: true, done: "test-sent" });
  expect(mailbox.list("me@shop.example").map((one) => one.subject)).toContain("[Test] Still looking at Linen shirt, blue?");
  await send("other-mails", { off: "true" }, browse);
  expect(await send("enable", {}, browse)).toEqual({ ok: true, done: "switched-on" });
  expect(await app.load(await shop(), "abandoned-checkout", now)).toMatchObject({ on: false });
  expect(await app.load(await shop(), browse, now)).toMatchObject({ on: true, liveSteps: ["reminder"], active: 0 });
  expect(await send("step", { step: "second-look", enabled: "true" }, browse)).toEqual({ ok: true, done: "saved" });
  expect((await app.load(await shop(), browse, now)).liveSteps).toEqual(["reminder", "second-look"]);
});

test("an address that names no flow is 404", () => {
  for (const text of [undefined, "", "nonsense"]) {
    let answer: unknown;
    try {
      app.keyFrom(text);
    } catch (thrown) {
      answer = thrown;
    }
    expect((answer as Response).status).toBe(404);
  }
  expect(app.keyFrom("browse-abandonment")).toBe("browse-abandonment");
});

test("an intent that nobody knows changes nothing", async () => expect(await send("explode")).toMatchObject({ ok: false }));
