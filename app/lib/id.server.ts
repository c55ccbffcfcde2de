import { createHmac, randomBytes, randomInt } from "node:crypto";

function uuid(bytes: Buffer, at: Date): string {
  bytes.writeUIntBE(Math.min(Math.max(at.getTime(), 0), 2 ** 48 - 1), 0, 6);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A new id for a row: UUID version 7, so that rows made together lie together. */
export function newId(now: Date): string {
  return uuid(randomBytes(16), now);
}

const begins = Date.UTC(2020, 0);

/**
 * A new id for what millions of rows name, and of which a shop has few: as short as may be. It comes after all that were made in seconds before, and after every
 * word: rows under a new one are the last in an index that begins with it, and those go in without a search.
 */
export function newShortId(now: Date): string {
  const seconds = Math.max(Math.floor((now.getTime() - begins) / 1_000), 0);
  return `z${seconds.toString(36).padStart(6, "0")}${randomInt(36 ** 5)
    .toString(36)
    .padStart(5, "0")}`;
}

/** A UUID for what must come out the same when it is made again: everything but its time is drawn from `secret` and `name`. */
export function idOf(at: Date, secret: string, name: string): string {
  return uuid(createHmac("sha256", secret).update(name, "utf8").digest().subarray(0, 16), at);
}
