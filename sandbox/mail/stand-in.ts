// The mailbox as a place in the world: pages for readers, JSON for tests.
import express from "express";
import type { StandIn, WorldContext } from "../context.ts";
import { createMailbox, openLetter, type Letter, type Mailbox } from "./mailbox.ts";
import { letterBody, letterPage, letterTabs, listPage, type LetterTab } from "./pages.ts";
import { openPostOffice, type PostOffice } from "./post-office.ts";
import { unsubscribeAddresses } from "./rules.ts";
import { scriptOf } from "./script.ts";

export type MailStandIn = StandIn & { smtpUrl: string; mailbox: Mailbox; hurry: PostOffice["hurry"] };

export type MailOptions = { port?: number; changed?: () => void };

/** Starts taking mail on `port` (0 = any free one) and gives the pages to read it. `changed` hears of every attempt to deliver. */
export async function mailStandIn(context: WorldContext, { port = 0, changed }: MailOptions = {}): Promise<MailStandIn> {
  const mailbox = createMailbox(changed);
  const office = await openPostOffice(mailbox, context.now, port);
  const pages = express.Router();
  control(pages, mailbox, office);
  reading(pages, mailbox, context);
  return {
    name: "mail",
    label: "Mailbox",
    pages,
    outbound: [],
    smtpUrl: office.smtpUrl,
    mailbox,
    hurry: office.hurry,
    save: () => mailbox.save(),
    restore: (saved) => mailbox.restore(saved),
    close: () => office.close(),
  };
}

const summary = ({ id, arrivedAt, from, to, subject, messageId, bytes }: Letter) => ({ id, arrivedAt, from, to, subject, messageId, bytes });

function control(pages: express.Router, mailbox: Mailbox, office: PostOffice): void {
  pages.get("/api", (request, response, next) => {
    const letters = mailbox.list(textOf(request.query["to"]));
    if (request.query["whole"] === undefined) return void response.json(letters.map(summary));
    Promise.all(letters.map(async (letter) => ({ ...summary(letter), ...(await openLetter(letter)) })))
      .then((opened) => response.json(opened))
      .catch(next);
  });
  pages.delete("/api", (_request, response) => {
    mailbox.clear();
    response.status(204).end();
  });
  pages.get("/api/attempts", (_request, response) => {
    response.json(mailbox.attempts());
  });
  pages.get("/api/:id", (request, response, next) => {
    const letter = mailbox.find(request.params.id);
    if (!letter) return void response.status(404).json({ error: "no such letter" });
    openLetter(letter)
      .then((opened) => response.json({ ...summary(letter), ...opened }))
      .catch(next);
  });

  pages.get("/control/scripts", (_request, response) => {
    response.json(office.scripts);
  });
  pages.post("/control/scripts", express.json(), (request, response) => {
    const script = scriptOf(request.body);
    if (typeof script === "string") return response.status(400).json({ error: script });
    office.scripts.push(script);
    return response.status(201).json(script);
  });
  pages.delete("/control/scripts", (_request, response) => {
    office.scripts.length = 0;
    response.status(204).end();
  });
}

function reading(pages: express.Router, mailbox: Mailbox, context: WorldContext): void {
  pages.get("/", (request, response) => {
    response.send(listPage(mailbox, textOf(request.query["to"])));
  });

  pages.get("/:id", (request, response, next) => {
    const letter = mailbox.find(request.params.id);
    if (!letter) return next();
    openLetter(letter)
      .then((opened) => {
        const asked = textOf(request.query["show"]);
        const tab: LetterTab = asked && Object.hasOwn(letterTabs, asked) ? (asked as LetterTab) : opened.html ? "html" : "text";
        response.send(letterPage(letter, opened, tab, textOf(request.query["notice"])));
      })
      .catch(next);
  });

  pages.get("/:id/body", (request, response, next) => {
    const letter = mailbox.find(request.params.id);
    if (!letter) return next();
    openLetter(letter)
      .then(({ html }) => {
        // A message is a stranger's HTML: no script may run, whoever opens this address.
        response.set("content-security-policy", "sandbox allow-popups allow-popups-to-escape-sandbox; script-src 'none'; object-src 'none'");
        response.type("html").send(letterBody(html, context.worldUrl()));
      })
      .catch(next);
  });

  pages.post("/:id/unsubscribe", (request, response, next) => {
    const letter = mailbox.find(request.params.id);
    if (!letter) return next();
    unsubscribe(letter)
      .then((notice) => response.redirect(303, `/mail/${letter.id}?notice=${encodeURIComponent(notice)}`))
      .catch(next);
  });
}

/** What Gmail does when its reader presses Unsubscribe: a bare POST, no cookies, no redirect followed. */
async function unsubscribe(letter: Letter): Promise<string> {
  const { headers } = await openLetter(letter);
  const header = headers.find((one) => one.name.toLowerCase() === "list-unsubscribe")?.value ?? "";
  const [address] = unsubscribeAddresses(header);
  if (!address) return "This letter has no one-click address.";
  try {
    const answer = await fetch(address, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "List-Unsubscribe=One-Click",
      signal: AbortSignal.timeout(10_000),
    });
    await answer.body?.cancel();
    if (answer.ok) return "Unsubscribed: the sender confirmed it.";
    return `The sender answered ${answer.status}; a mail program would show this as failed.`;
  } catch (error) {
    return `The sender could not be reached (${error instanceof Error ? error.message : "unknown error"}).`;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
