// The few parts of PostgreSQL's wire protocol (version 3) that the front has to understand. Everything else passes through unread.
import { createHash } from "node:crypto";

/** What a reply ended in: `I` idle, `T` in a transaction, `E` in a failed one, null when the database has not said so yet. */
export type Status = "I" | "T" | "E" | null;

const largestMessage = 1 << 30;
const largestStartup = 10_000;

/** Cuts a stream of bytes into protocol messages. The first one of a connection has no type byte: ask for it with `startup`. */
export function messageReader() {
  let chunks: Buffer[] = [];
  let length = 0;

  const joined = (): Buffer => {
    if (chunks.length !== 1) chunks = [Buffer.concat(chunks)];
    return chunks[0] ?? Buffer.alloc(0);
  };
  const take = (lengthAt: 0 | 1, largest: number): Buffer | null => {
    if (length < lengthAt + 4) return null;
    const first = chunks[0];
    const head = first !== undefined && first.length >= lengthAt + 4 ? first : joined();
    const size = lengthAt + head.readInt32BE(lengthAt);
    if (size < lengthAt + 4 || size > largest) throw new Error(`a protocol message of ${size} bytes`);
    // Joined only when the message is whole: joining at every chunk would copy a long one many times over.
    if (length < size) return null;
    const all = joined();
    chunks = all.length > size ? [all.subarray(size)] : [];
    length -= size;
    return all.subarray(0, size);
  };

  return {
    push(chunk: Buffer): void {
      chunks.push(chunk);
      length += chunk.length;
    },
    startup: (): Buffer | null => take(0, largestStartup),
    next: (): Buffer | null => take(1, largestMessage),
  };
}

/** One message from the server: type, length, body. */
export function message(type: string, ...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(`${part}\0`) : part)));
  const head = Buffer.alloc(5);
  head.write(type, 0, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** An ErrorResponse of severity FATAL: the connection ends after it. */
export function fatal(code: string, text: string): Buffer {
  return message("E", "SFATAL", "VFATAL", `C${code}`, `M${text}`, Buffer.of(0));
}

export const readyIdle = message("Z", Buffer.from("I"));
export const sync = message("S");
export const query = (sql: string): Buffer => message("Q", sql);
export const closeStatement = (name: string): Buffer => message("C", Buffer.from("S"), name);

/** The key-value pairs of a startup packet (`user`, `database`, `application_name` …). */
export function startupParameters(packet: Buffer): Map<string, string> {
  const words = packet.subarray(8).toString("utf8").split("\0");
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < words.length && words[at] !== ""; at += 2) found.set(words[at] ?? "", words[at + 1] ?? "");
  return found;
}

/** A zero-terminated string, and where the next field begins. */
export function textAt(bytes: Buffer, at: number): { text: string; next: number } {
  const end = bytes.indexOf(0, at);
  if (end < 0) throw new Error("a string without an end");
  return { text: bytes.toString("utf8", at, end), next: end + 1 };
}

/**
 * A statement's name as the one backend session knows it. PostgreSQL compares only the first 63 bytes, so a long name is replaced by
 * its hash: otherwise two long ones with the same beginning would be taken for one.
 */
export function statementName(connection: number, name: string): string {
  const own = `c${connection}_${name}`;
  return Buffer.byteLength(own) <= 63 ? own : `c${connection}_${createHash("sha1").update(name).digest("hex")}`;
}

/** The same message with the string at `at` replaced. */
export function withText(bytes: Buffer, at: number, text: string): Buffer {
  const { next } = textAt(bytes, at);
  return message(String.fromCharCode(bytes[0] ?? 0), bytes.subarray(5, at), text, bytes.subarray(next));
}

export type Reply = { bytes: Buffer; status: Status; notifications: { channel: string; bytes: Buffer }[] };

/**
 * Reads a reply of the backend: its last status, and the notifications cut out of it, which belong to whoever listens.
 * With `dropParse` the first ParseComplete is cut out too: it answers a Parse that the client did not send now.
 */
export function readReply(bytes: Buffer, dropParse = false): Reply {
  let status: Status = null;
  let kept: Buffer[] | null = null;
  let keptFrom = 0;
  let drop = dropParse;
  const notifications: Reply["notifications"] = [];
  for (let at = 0; at + 5 <= bytes.length;) {
    const type = bytes[at];
    const end = at + 1 + bytes.readInt32BE(at + 1);
    if (type === 0x5a) status = String.fromCharCode(bytes[at + 5] ?? 0x49) as Status;
    const notification = type === 0x41;
    if (notification) notifications.push({ channel: textAt(bytes, at + 9).text, bytes: bytes.subarray(at, end) });
    const parsed = drop && type === 0x31;
    if (parsed) drop = false;
    if (notification || parsed) {
      (kept ??= []).push(bytes.subarray(keptFrom, at));
      keptFrom = end;
    }
    at = end;
  }
  return { bytes: kept === null ? bytes : Buffer.concat([...kept, bytes.subarray(keptFrom)]), status, notifications };
}
