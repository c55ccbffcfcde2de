import { connect } from "node:net";
import { once } from "node:events";
import { createTransport } from "nodemailer";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createMailbox, openLetter } from "./mailbox.ts";
import { letterBody } from "./pages.ts";
import { openPostOffice, type PostOffice } from "./post-office.ts";
import { refusal } from "./rules.ts";
import { scriptOf, type Script } from "./script.ts";

const now = new Date("2026-11-21T09:00:00Z");
const mailbox = createMailbox();
let office: PostOffice;

beforeAll(async () => {
  office = await openPostOffice(mailbox, () => now);
});
afterEach(() => {
  office.scripts.length = 0;
  mailbox.clear();
});
afterAll(() => office.close());

function message(changes: Record<string, string | undefined> = {}, body = "Hello"): Buffer {
  const fields: Record<string, string | undefined> = {
    From: "Harbour & Pine <hello@mail.harbour.example>",
    To: "maya@example.com",
    Subject: "Your cart",
    Date: "Sat, 21 Nov 2026 08:59:00 +0000",
    "Message-ID": "<run-1@mail.harbour.example>",
    "List-Unsubscribe": "<https://app.harbour.example/u/abc>, <mailto:u@mail.harbour.example>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    ...changes,
  };
  const head = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([...head, "", body, ""].join("\r\n"));
}

function send(raw: Buffer, to = "maya@example.com") {
  const { port } = new URL(office.smtpUrl);
  const transport = createTransport({ host: "127.0.0.1", port: Number(port), ignoreTLS: true });
  return transport.sendMail({ envelope: { from: "bounce@mail.harbour.example", to }, raw });
}

function script(input: Record<string, unknown>): void {
  const read = scriptOf({ to: "maya@example.com", ...input });
  if (typeof read === "string") throw new Error(read);
  office.scripts.push(read satisfies Script);
}

describe("mail that a big provider would take", () => {
  it("arrives, and is kept as it was", async () => {
    await send(message({}, ".leading dot\r\nGrüße"));
    const [letter] = mailbox.list("MAYA@example.com");
    expect(letter).toMatchObject({ subject: "Your cart", to: ["maya@example.com"], arrivedAt: now.toISOString(), messageId: "<run-1@mail.harbour.example>" });
    expect((await openLetter(letter!)).text).toContain(".leading dot\nGrüße");
    expect(mailbox.attempts()).toMatchObject([{ outcome: "accepted" }]);
  });

  it("in a hurry everybody is greeted once, at once, and every letter arrives whole", async () => {
    office.hurry(true);
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(
        [0, 1, 2, 3].map((place) => send(message({ "Message-ID": `<hurry-${round}-${place}@mail.harbour.example>` }), `p${place}@example.com`)),
      );
      // Longer than the library waits before it greets: a second greeting would come here, and be taken for an answer.
      const { port } = new URL(office.smtpUrl);
      const socket = connect(Number(port), "127.0.0.1");
      let heard = "";
      socket.on("data", (part: Buffer) => (heard += part.toString()));
      await once(socket, "data");
      if (round === 0) await new Promise((resolve) => setTimeout(resolve, 150));
      expect(heard.match(/^220 /gm)).toHaveLength(1);
      socket.destroy();
    }
    office.hurry(false);
    expect(mailbox.list()).toHaveLength(20);
    expect(mailbox.list().every((letter) => letter.to.length === 1)).toBe(true);
  });

  it("what nodemailer composes passes, headers decoded", async () => {
    const transport = createTransport(office.smtpUrl);
    await transport.sendMail({
      from: '"Zoë, Ltd" <hello@mail.harbour.example>',
      to: "maya@example.com",
      subject: "Für dich 🎁",
      date: now,
      text: "x".repeat(3000),
      html: `<p>${"ü".repeat(3000)}</p>`,
      list: undefined,
    });
    const [letter] = mailbox.list();
    expect(letter?.subject).toBe("Für dich 🎁");
    expect((await openLetter(letter!)).html).toContain("üüü");
  });

  it("a transactional mail needs no unsubscribe header", () => {
    expect(refusal(message({ "List-Unsubscribe": undefined, "List-Unsubscribe-Post": undefined }), now)).toBeUndefined();
  });
});

describe("mail that a big provider would refuse", () => {
  const cases: [string, Buffer, RegExp][] = [
    ["no Message-ID", message({ "Message-ID": undefined }), /Message-ID/],
    ["a Message-ID without brackets", message({ "Message-ID": "run-1@mail" }), /Message-ID/],
    ["no From", message({ From: undefined }), /From/],
    ["a From without an address", message({ From: "Harbour" }), /From/],
    ["two authors", message({ From: "a@x.example, b@y.example" }), /exactly one/],
    ["a From with a bare host", message({ From: "me@localhost" }), /valid address/],
    ["no Date", message({ Date: undefined }), /Date/],
    ["a Date that is none", message({ Date: "yesterday" }), /Date/],
    ["a Date in the far future", message({ Date: "Tue, 24 Nov 2026 09:00:00 +0000" }), /future/],
    ["two subjects", message({ Subject: "one\r\nSubject: two" }), /multiple 'subject'/],
    ["a bare line feed", message({}, "one\ntwo"), /bare/],
    ["a line that is too long", message({}, "x".repeat(999)), /998/],
    ["raw UTF-8 in a header", message({ Subject: "Grüße" }), /ASCII/],
    ["marketing mail without one-click", message({ "List-Unsubscribe-Post": undefined }), /8058/],
    ["another one-click value", message({ "List-Unsubscribe-Post": "yes" }), /One-Click/],
    ["only a mailto", message({ "List-Unsubscribe": "<mailto:u@x.example>" }), /mailto/],
    ["only plain http", message({ "List-Unsubscribe": "<http://x.example/u>" }), /https/],
  ];
  for (const [name, raw, reason] of cases) {
    it(name, () => {
      expect(refusal(raw, now)?.reason).toMatch(reason);
    });
  }

  it("is refused over SMTP with a permanent code, and not kept", async () => {
    await expect(send(message({ "List-Unsubscribe-Post": undefined }))).rejects.toMatchObject({ responseCode: 550 });
    expect(mailbox.list()).toEqual([]);
    expect(mailbox.attempts()).toMatchObject([{ outcome: expect.stringMatching(/^refused: 550 5.7.1/) as string }]);
  });
});

describe("misfortunes on demand", () => {
  it("refuses one recipient with the code asked for, as many times as asked", async () => {
    script({ do: "refuse", code: 451, times: 1 });
    await expect(send(message())).rejects.toMatchObject({ responseCode: 451 });
    await send(message());
    expect(mailbox.list()).toHaveLength(1);
  });

  it("550 5.1.1 for a mailbox that does not exist; others are not touched", async () => {
    script({ to: "*@gone.example", do: "refuse", code: 550 });
    await expect(send(message(), "who@gone.example")).rejects.toThrow(/5\.1\.1/);
    await send(message());
    expect(mailbox.list()).toHaveLength(1);
  });

  it("421 after the data hangs up", async () => {
    script({ do: "refuse", code: 421, at: "data" });
    await expect(send(message())).rejects.toMatchObject({ responseCode: 421 });
    expect(mailbox.list()).toEqual([]);
  });

  it("dropped after the final dot: the sender hears nothing, the message is lost", async () => {
    script({ do: "drop" });
    await expect(send(message())).rejects.toThrow();
    expect(mailbox.list()).toEqual([]);
  });

  it("accepted then reset: the sender hears nothing, the message is there", async () => {
    script({ do: "accept-then-reset" });
    await expect(send(message())).rejects.toThrow();
    expect(mailbox.list()).toHaveLength(1);
  });

  it("delayed: the answer comes, later", async () => {
    script({ do: "delay", delayMs: 150, at: "data" });
    const started = performance.now();
    await send(message());
    expect(performance.now() - started).toBeGreaterThan(140);
  });

  it("a sender that vanishes in the middle leaves nothing behind", async () => {
    const { port } = new URL(office.smtpUrl);
    const socket = connect(Number(port), "127.0.0.1");
    const say = async (line: string) => {
      socket.write(line + "\r\n");
      await once(socket, "data");
    };
    await once(socket, "data");
    for (const line of ["EHLO x.example", "MAIL FROM:<a@x.example>", "RCPT TO:<maya@example.com>", "DATA"]) await say(line);
    socket.write(message().subarray(0, 60));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await send(message());
    expect(mailbox.list()).toHaveLength(1);
  });
});

describe("the letter in its frame", () => {
  it("links open outside and lead into this world, images come from it", () => {
    const body = letterBody(
      '<a class="x" href="https://comeback-demo.myshopify.com/cart?a=1&amp;b=2">c</a><img alt="" src="https://cdn.example/a.png?x=1&amp;y=2">',
      "http://127.0.0.1:4000",
    );
    expect(body).toContain('<base target="_blank">');
    expect(body).toContain('href="http://127.0.0.1:4000/shop/comeback-demo/cart?a=1&amp;b=2"');
    expect(body).toContain('src="http://127.0.0.1:4000/out/cdn.example/a.png?x=1&amp;y=2"');
  });
});
