// The letters that arrived, and every attempt to deliver one.
import PostalMime, { decodeWords } from "postal-mime";
import { headerFields } from "./rules.ts";

/** A message as it arrived. `raw` is the message in Latin-1, one character per octet. */
export type Letter = {
  id: string;
  arrivedAt: string;
  from: string;
  to: string[];
  subject: string;
  messageId: string;
  bytes: number;
  raw: string;
};

/** What became of one attempt to deliver. */
export type Attempt = { at: string; from: string; to: string[]; messageId: string; outcome: string };

/** A letter opened: the parts a reader sees. */
export type OpenedLetter = { html: string; text: string; headers: { name: string; value: string }[]; source: string };

const keptBytes = 200 * 1024 * 1024;
const keptAttempts = 200_000;
const savedLetters = 200;

export type Mailbox = ReturnType<typeof createMailbox>;

/** All mailboxes of the world in one: newest letter last. `changed` hears of every attempt to deliver. */
export function createMailbox(changed: () => void = () => undefined) {
  let letters: Letter[] = [];
  let attempts: Attempt[] = [];
  let nextId = 1;
  let bytes = 0;

  return {
    keep(raw: Buffer, from: string, to: string[], at: Date): Letter {
      const fields = headerFields(raw) ?? [];
      const field = (name: string): string => fields.find((one) => one.name === name)?.value ?? "";
      const letter: Letter = {
        id: String(nextId++),
        arrivedAt: at.toISOString(),
        from: decodeWords(field("from")) || from,
        to,
        subject: decodeWords(field("subject")),
        messageId: field("message-id"),
        bytes: raw.length,
        raw: raw.toString("latin1"),
      };
      letters.push(letter);
      bytes += letter.bytes;
      while (bytes > keptBytes && letters.length > 1) bytes -= letters.shift()?.bytes ?? 0;
      return letter;
    },
    tried(attempt: Attempt): void {
      attempts.push(attempt);
      if (attempts.length > keptAttempts) attempts.shift();
      changed();
    },
    /** Newest first; `to` narrows to one recipient. */
    list(to?: string): Letter[] {
      const wanted = to?.trim().toLowerCase();
      return letters.filter((letter) => !wanted || letter.to.some((one) => one.toLowerCase() === wanted)).reverse();
    },
    find: (id: string): Letter | undefined => letters.find((letter) => letter.id === id),
    attempts: (): readonly Attempt[] => attempts,
    clear(): void {
      letters = [];
      attempts = [];
      bytes = 0;
    },
    /** The newest letters and attempts; a demo's mailbox does not need its whole past after a restart. */
    save: () => ({ letters: letters.slice(-savedLetters), attempts: attempts.slice(-savedLetters), nextId }),
    restore(saved: unknown): void {
      const { letters: l, attempts: a, nextId: n } = saved as ReturnType<Mailbox["save"]>; // written by save
      letters = l;
      bytes = l.reduce((sum, letter) => sum + letter.bytes, 0);
      attempts = a;
      nextId = n;
    },
  };
}

/** Opens a letter as a mail program would. */
export async function openLetter(letter: Letter): Promise<OpenedLetter> {
  const raw = Buffer.from(letter.raw, "latin1");
  const email = await PostalMime.parse(raw);
  return {
    html: email.html ?? "",
    text: email.text ?? "",
    headers: email.headers.map(({ originalKey, value }) => ({ name: originalKey, value })),
    source: raw.toString("utf8"),
  };
}
