// What the big mailbox providers refuse, decided from the raw message alone.

/** One header field as it stood in the message, unfolded. `name` is lower case. */
export type HeaderField = { name: string; value: string };

/** A refusal in SMTP's words: reply code, enhanced status code and a sentence. */
export type Refusal = { code: number; status: string; reason: string };

// RFC 5322 §3.6, RFC 2045 and RFC 2369/8058: at most one of each.
const singleInstance = [
  "from",
  "sender",
  "reply-to",
  "to",
  "cc",
  "bcc",
  "message-id",
  "in-reply-to",
  "references",
  "subject",
  "date",
  "mime-version",
  "content-type",
  "content-transfer-encoding",
  "list-unsubscribe",
  "list-unsubscribe-post",
];

const refuse = (reason: string, status = "5.7.1"): Refusal => ({ code: 550, status, reason });

/** The reason why a mailbox provider would refuse this message, or undefined when it would take it. `now` judges the Date header. */
export function refusal(rawMessage: Buffer, now: Date): Refusal | undefined {
  // Latin-1 keeps one character per octet, so lengths are octets and nothing is lost.
  const text = rawMessage.toString("latin1");
  if (/(?<!\r)\n|\r(?!\n)/.test(text)) return refuse("bare line feed or carriage return in the message", "5.6.11");
  const long = text.split("\r\n").find((line) => line.length > 998);
  if (long !== undefined) return refuse(`a line of ${long.length} octets; the limit is 998`, "5.6.0");

  const head = text.split("\r\n\r\n", 1)[0] ?? "";

  if (/[^\x00-\x7f]/.test(head)) return refuse("a header contains octets that are not ASCII", "5.6.7");
  const fields = headerFields(rawMessage);
  if (!fields) return refuse("a header line that is neither a field nor a continuation", "5.6.0");

  for (const name of singleInstance) {
    if (all(fields, name).length > 1) return refuse(`there are multiple '${name}' headers; RFC 5322 allows one`);
  }
  return fromRefusal(fields) ?? messageIdRefusal(fields) ?? dateRefusal(fields, now) ?? unsubscribeRefusal(fields);
}

/** The header fields in order, unfolded; undefined when the block is not a header block. */
export function headerFields(rawMessage: Buffer): HeaderField[] | undefined {
  const head = rawMessage.toString("latin1").split("\r\n\r\n", 1)[0] ?? "";
  const fields: HeaderField[] = [];
  for (const line of head.replace(/\r\n(?=[ \t])/g, "").split("\r\n")) {
    if (line === "") continue;
    const match = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line);
    if (!match?.[1]) return undefined;
    fields.push({ name: match[1].toLowerCase(), value: (match[2] ?? "").trim() });
  }
  return fields;
}

/** Every web address in a List-Unsubscribe header. */
export function unsubscribeAddresses(header: string): string[] {
  return [...header.matchAll(/<\s*(https?:\/\/[^>\s]+)\s*>/gi)].map((match) => match[1] ?? "");
}

function all(fields: HeaderField[], name: string): string[] {
  return fields.filter((field) => field.name === name).map((field) => field.value);
}

function fromRefusal(fields: HeaderField[]): Refusal | undefined {
  const [from] = all(fields, "from");
  if (!from) return refuse("messages having no From: header are not accepted");
  const bare = from.replace(/"(?:[^"\\]|\\.)*"/g, "");
  const addresses = bare.match(/[^\s<>,;:"]+@[^\s<>,;:"]+/g) ?? [];
  if (addresses.length !== 1) return refuse("the From: header must hold exactly one address");
  if (!/^[^@\s]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/i.test(addresses[0] ?? ""))
    return refuse("messages missing a valid address in the From: header are not accepted");
  return undefined;
}

function messageIdRefusal(fields: HeaderField[]): Refusal | undefined {
  const [id] = all(fields, "message-id");
  if (id && /^<[^\s<>@]+@[^\s<>@]+>$/.test(id)) return undefined;
  return refuse("messages missing a valid Message-ID: header are not accepted");
}

function dateRefusal(fields: HeaderField[], now: Date): Refusal | undefined {
  const [date] = all(fields, "date");
  const at = date && /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d/.test(date) ? Date.parse(date) : NaN;
  if (Number.isNaN(at)) return refuse("messages missing a valid Date: header are not accepted");
  if (at - now.getTime() > 86_400_000) return refuse("the Date: header lies more than a day in the future");
  return undefined;
}

// Gmail and Yahoo, bulk sender rules since 2024: one-click for marketing mail, and a mailto alone does not count.
function unsubscribeRefusal(fields: HeaderField[]): Refusal | undefined {
  const [list] = all(fields, "list-unsubscribe");
  const [post] = all(fields, "list-unsubscribe-post");
  if (list === undefined) {
    return post === undefined ? undefined : refuse("List-Unsubscribe-Post without List-Unsubscribe");
  }
  const addresses = unsubscribeAddresses(list);
  if (addresses.length === 0) return refuse("List-Unsubscribe holds no web address; a mailto alone does not count");
  // Plain http is for this machine only.
  const secure = addresses.some((address) => /^https:|^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::|\/)/i.test(address));
  if (!secure) return refuse("List-Unsubscribe holds no https address");
  if (post === undefined) return refuse("marketing mail without List-Unsubscribe-Post (RFC 8058)");
  if (post !== "List-Unsubscribe=One-Click") return refuse("List-Unsubscribe-Post must be List-Unsubscribe=One-Click");
  return undefined;
}
