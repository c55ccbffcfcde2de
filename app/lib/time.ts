// Instants and lengths of time. `now` is always an argument.

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The instant `milliseconds` after (or, negative, before) another. */
export function after(at: Date, milliseconds: number): Date {
  return new Date(at.getTime() + milliseconds);
}

/** Reads an ISO 8601 instant with an offset; null when it is none. */
export function readInstant(text: string | null | undefined): Date | null {
  if (text === null || text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text)) return null;
  // Date would carry 30 February over into March.
  const [year, month, date] = text.slice(0, 10).split("-").map(Number) as [number, number, number];
  if (new Date(Date.UTC(year, month - 1, date)).getUTCDate() !== date) return null;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** The earliest of some instants, or null where there is none. */
export function earliest(instants: (Date | null | undefined)[]): Date | null {
  return instants.reduce<Date | null>((first, at) => (at && (first === null || at < first) ? at : first), null);
}
