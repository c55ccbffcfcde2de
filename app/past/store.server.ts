import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, type ShopQuery } from "../tx.server.ts";
import { missing, type Found, type Kind } from "./comparison.ts";

export type Comparison = {
  dueAt: Date;
  watermark: Date;
  startedAt: Date | null;
  reading: Kind | null;
  after: string | null;
  found: Found;
  finishedAt: Date | null;
  lastFound: Found | null;
  missedAt: Date | null;
  missed: Found | null;
  problem: string | null;
};

type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof inside>["comparison"]["findUnique"]>>>;

// Only this file writes these columns.
const toComparison = (row: Row): Comparison => ({
  ...row,
  reading: row.reading as Kind | null,
  found: row.found as Found,
  lastFound: row.lastFound as Found | null,
  missed: row.missed as Found | null,
});

/** Has a shop compared from `watermark` on; one that is compared already goes on, unless it was away in between. */
export async function writeComparison(shopId: number, watermark: Date, dueAt: Date): Promise<void> {
  await inside().$executeRaw`
    INSERT INTO comparison (shop_id, due_at, watermark, found) VALUES (${shopId}, ${dueAt}, ${watermark}, '{}'::jsonb)
    ON CONFLICT (shop_id) DO UPDATE SET watermark = excluded.watermark, due_at = excluded.due_at, started_at = NULL, reading = NULL, after = NULL, found = '{}'::jsonb, problem = NULL
    WHERE comparison.watermark < excluded.watermark`;
}

export async function findComparison(shopId: number): Promise<Comparison | null> {
  const row = await inside().comparison.findUnique({ where: { shopId } });
  return row && toComparison(row);
}

export async function setComparisonDue(shopId: number, dueAt: Date): Promise<void> {
  await inside().comparison.updateMany({ where: { shopId }, data: { dueAt, problem: null } });
}

/** Begins a pass, unless one is under way. */
export async function beginPass(shopId: number, now: Date): Promise<void> {
  await inside().comparison.updateMany({ where: { shopId, startedAt: null }, data: { startedAt: now, reading: "orders", after: null, found: {} } });
}

type Place = { startedAt: Date; reading: Kind; after: string | null };
const standing = (shopId: number, at: Place) => ({ shopId, startedAt: at.startedAt, reading: at.reading, after: at.after });

/** Moves a pass on from `from`. False where it is not there any more: somebody else moved it. */
export async function movePass(shopId: number, from: Place, to: { reading: Kind; after: string | null; found: Found }, tx?: Tx): Promise<boolean> {
  const { count } = await inside(tx).comparison.updateMany({ where: standing(shopId, from), data: { ...to, problem: null } });
  return count === 1;
}

/** Ends a pass: everything that changed before `watermark` was compared. */
export async function endPass(shopId: number, from: Place, end: { found: Found; watermark: Date; dueAt: Date; now: Date }, tx?: Tx): Promise<boolean> {
  const { found, watermark, dueAt, now } = end;
  const { count } = await inside(tx).comparison.updateMany({
    where: standing(shopId, from),
    data: {
      ...{ watermark, dueAt, startedAt: null, reading: null, after: null, problem: null, found: {}, finishedAt: now, lastFound: found },
      ...(missing(found) === 0 ? {} : { missedAt: now, missed: found }),
    },
  });
  return count === 1;
}

/** Notes why an attempt came to nothing, and when to try again. `anew`: from the beginning of the pass. */
export async function noteProblem(shopId: number, problem: string, dueAt: Date, anew: boolean): Promise<void> {
  await inside().comparison.updateMany({
    where: { shopId },
    data: { problem, dueAt, ...(anew ? { startedAt: null, reading: null, after: null, found: {} } : {}) },
  });
}

const installed = Prisma.sql`s.installed_at IS NOT NULL AND s.uninstalled_at IS NULL`;

export function shopsToCompare(now: Date): ShopQuery {
  return Prisma.sql`SELECT c.shop_id FROM comparison c JOIN shop s ON s.id = c.shop_id AND ${installed} WHERE c.due_at <= ${now}`;
}

export const fileKinds = ["customers", "orders", "products"] as const;
export type FileKind = (typeof fileKinds)[number];
export type FileState = "wanted" | "making" | "reading" | "done" | "failed";
export type PastFile = {
  kind: FileKind;
  state: FileState;
  operationGid: string | null;
  objects: number;
  linesDone: number;
  linesRefused: number;
  attempts: number;
  dueAt: Date | null;
  startedAt: Date;
  finishedAt: Date | null;
  problem: string | null;
};

/** Has the files of a shop's past made, once for each installation. `again`: although they were. */
export async function writeFiles(shopId: number, installedAt: Date, now: Date, again: boolean): Promise<void> {
  for (const kind of fileKinds)
    await inside().$executeRaw`
      INSERT INTO past_file (shop_id, kind, state, installed_at, due_at, started_at) VALUES (${shopId}, ${kind}, 'wanted', ${installedAt}, ${now}, ${now})
      ON CONFLICT (shop_id, kind) DO UPDATE SET state = 'wanted', operation_gid = NULL, installed_at = excluded.installed_at, objects = 0, lines_done = 0, lines_refused = 0,
        attempts = 0, due_at = excluded.due_at, started_at = excluded.started_at, finished_at = NULL, problem = NULL
      WHERE past_file.installed_at < excluded.installed_at OR (${again} AND past_file.due_at IS NULL)`;
}

export async function findFiles(shopId: number): Promise<PastFile[]> {
  const rows = await inside().pastFile.findMany({ where: { shopId }, orderBy: { kind: "asc" } });
  // Only this file writes these columns.
  return rows.map((row) => ({ ...row, kind: row.kind as FileKind, state: row.state as FileState }));
}

export async function updateFile(shopId: number, kind: FileKind, change: Partial<Omit<PastFile, "kind">>): Promise<void> {
  await inside().pastFile.updateMany({ where: { shopId, kind }, data: change });
}

/** Takes a file that is due until `until`; false where somebody else took it. Whoever is killed lets go of it then. */
export async function takeFile(shopId: number, kind: FileKind, now: Date, until: Date): Promise<boolean> {
  const { count } = await inside().pastFile.updateMany({ where: { shopId, kind, dueAt: { lte: now } }, data: { dueAt: until } });
  return count === 1;
}

type Done = { operationGid: string; from: number; to: number; refused: number; until: Date };

/** Notes that lines were done after the first `from` of an operation's file; false where somebody else did them. */
export async function noteLines(shopId: number, kind: FileKind, { operationGid, from, to, refused, until }: Done, tx: Tx): Promise<boolean> {
  const { count } = await inside(tx).pastFile.updateMany({
    where: { shopId, kind, operationGid, linesDone: from },
    data: { linesDone: to, linesRefused: { increment: refused }, attempts: 0, problem: null, dueAt: until },
  });
  return count === 1;
}

export function shopsToRead(now: Date): ShopQuery {
  return Prisma.sql`SELECT DISTINCT f.shop_id FROM past_file f JOIN shop s ON s.id = f.shop_id AND ${installed} WHERE f.due_at <= ${now}`;
}

export async function erasePast(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).comparison.deleteMany({ where: { shopId } });
  await inside(tx).pastFile.deleteMany({ where: { shopId } });
}
