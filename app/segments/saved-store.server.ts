import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { driverQuery, inside, type ShopQuery } from "../tx.server.ts";
import { shopsWithBlocks } from "./block-store.server.ts";
import type { CutPoints } from "./rfm.ts";
import { readRule, type Node, type Rule } from "./rule.ts";

export type OwnSegment = {
  key: string;
  name: string;
  rule: Node;
  madeFrom: string | null;
  createdAt: Date;
  updatedAt: Date;
  version: number;
  fillFrom: Date | null;
  filledTo: string | null;
  countedAt: Date | null;
  countDue: Date | null;
  countedSeq: bigint | null;
  countAgain: boolean;
  countFailed: CountFailed | null;
};

/** `cannot`: there is no SQL for it any more. `failed`: something else, which the worker's log tells. */
export type CountFailed = "too-slow" | "cannot" | "failed";

/** What is kept of a segment that everybody is to be looked at for: by filling it, or, for a slow one, by counting it. */
export function begun(slow: boolean, now: Date) {
  return { fillFrom: slow ? null : now, filledTo: null, countedAt: null, countDue: slow ? now : null, countedSeq: null, countAgain: slow, countFailed: null };
}

type Row = Omit<OwnSegment, "rule" | "countFailed"> & { rule: unknown; countFailed: string | null };

/** A rule that this version cannot read any more matches nobody, rather than hold up the shop. */
function toSegment({ rule, ...row }: Row): OwnSegment[] {
  const read = readRule(rule);
  return read.ok ? [{ ...row, rule: read.rule.match, countFailed: row.countFailed as CountFailed | null }] : [];
}

/** The shop's own segments, by name. */
export async function ownSegments(shopId: number, tx?: Tx): Promise<OwnSegment[]> {
  return (await inside(tx).segment.findMany({ where: { shopId }, orderBy: { name: "asc" }, omit: { shopId: true } })).flatMap(toSegment);
}

/**
 * Which standard segments are kept in a shop; null in one that is new: all of them. `unseen`: of those that arrived, up to whom everybody was looked at. Until all were, who is
 * in need not be noted with what made her so: that it is found then is no news of hers.
 */
export type Here = { standard: string[] | null; unseen: Record<string, string | null> };

/**
 * The same, with the shop's cut points, whose days its dates are, and whether any members have no rows of their own yet, in one statement: they are asked for with every batch, and whoever asks may know an older zone.
 * In a shop that has just moved those are the old ones, until everybody is looked at again.
 */
export async function segmentsAndCuts(
  shopId: number,
  tx?: Tx,
): Promise<{ own: OwnSegment[]; cuts: CutPoints | null; timezone: string | null; here: Here; inBlocks: boolean }> {
  const sql = Prisma.sql`
    SELECT s.key, s.name, s.rule, s.made_from AS "madeFrom", s.created_at AS "createdAt", s.updated_at AS "updatedAt", s.version, s.fill_from AS "fillFrom", s.filled_to AS "filledTo",
      s.counted_at AS "countedAt", s.count_due AS "countDue", s.counted_seq AS "countedSeq", s.count_again AS "countAgain", s.count_failed AS "countFailed", c.cuts, coalesce(b.timezone, x.timezone) AS timezone, b.standard,
      (SELECT json_object_agg(a.key, a.filled_to) FROM arrived_segment a WHERE a.shop_id = x.id AND a.fill_from IS NOT NULL) AS unseen,
      EXISTS (SELECT 1 FROM membership_block WHERE shop_id = ${shopId}) AS "inBlocks"
    FROM shop x LEFT JOIN segment s ON s.shop_id = x.id LEFT JOIN cut_points c ON c.shop_id = x.id
    LEFT JOIN segment_basis b ON b.shop_id = x.id WHERE x.id = ${shopId} ORDER BY s.name`;
  type Found = Omit<Row, "key" | "countedSeq"> & {
    key: string | null;
    countedSeq: string | null;
    cuts: CutPoints | null;
    timezone: string;
    standard: Here["standard"];
    unseen: Here["unseen"] | null;
    inBlocks: boolean;
  };
  const rows = await driverQuery<Found>(tx, "segments-and-cuts", sql);
  const own = rows.flatMap(({ cuts: _cuts, timezone: _timezone, standard: _standard, unseen: _unseen, inBlocks: _inBlocks, key, countedSeq, ...row }) =>
    key === null ? [] : toSegment({ key, ...row, countedSeq: countedSeq === null ? null : BigInt(countedSeq) }),
  );
  const here = { standard: rows[0]?.standard ?? null, unseen: rows[0]?.unseen ?? {} };
  return { own, cuts: rows[0]?.cuts ?? null, timezone: rows[0]?.timezone ?? null, here, inBlocks: rows[0]?.inBlocks ?? false };
}

/** Writes a segment, with everybody to be looked at for it. */
export async function writeSegment(shopId: number, one: OwnSegment & { canonical: Rule }, tx: Tx): Promise<void> {
  const { canonical, key, ...rest } = one;
  const data = { ...rest, rule: canonical as Prisma.InputJsonValue };
  await inside(tx).segment.upsert({ where: { shopId_key: { shopId, key } }, create: { shopId, key, ...data }, update: data });
}

/** Notes an edit that changed nothing of who is in it. What is kept of a fill or a count goes on, whoever is at it just now. */
export async function renameSegment(shopId: number, key: string, edited: { name: string; version: number; updatedAt: Date }, tx: Tx): Promise<void> {
  await inside(tx).segment.update({ where: { shopId_key: { shopId, key } }, data: edited });
}

/** Has everybody looked at for some segments, from the beginning. */
export async function begin(shopId: number, keys: string[], slow: boolean, now: Date, tx: Tx): Promise<void> {
  await inside(tx).segment.updateMany({ where: { shopId, key: { in: keys } }, data: begun(slow, now) });
}

/** Notes that all members of one that is being filled were worked out in one statement, or why they were not; `ended`: there is nothing else to look for. */
export async function noteRound(shopId: number, key: string, outcome: { countedAt: Date; ended: boolean } | { failed: CountFailed }, tx: Tx): Promise<void> {
  const data = "failed" in outcome ? { countFailed: outcome.failed } : { countedAt: outcome.countedAt, ...(outcome.ended ? { fillFrom: null } : {}) };
  const where = { shopId, key, fillFrom: { not: null }, filledTo: null, countedAt: null };
  await inside(tx).segment.updateMany({ where, data });
  await inside(tx).arrivedSegment.updateMany({ where, data });
}

/** Notes how far that has come; null: it is done. */
export async function moveFill(shopId: number, keys: string[], filledTo: string | null, tx: Tx): Promise<void> {
  const [where, data] = [{ shopId, key: { in: keys } }, filledTo === null ? { fillFrom: null, filledTo: null } : { filledTo }];
  await inside(tx).segment.updateMany({ where, data });
  await inside(tx).arrivedSegment.updateMany({ where, data });
}

export function shopsFilling(): ShopQuery {
  return Prisma.sql`SELECT s.id FROM shop s WHERE s.uninstalled_at IS NULL 
    AND (EXISTS (SELECT 1 FROM segment g WHERE g.shop_id = s.id AND g.fill_from IS NOT NULL) OR EXISTS (SELECT 1 FROM arrived_segment a WHERE a.shop_id = s.id AND a.fill_from IS NOT NULL)
      OR s.id IN (${shopsWithBlocks()}))`;
}

/** The next people after one, in the order of their ids. */
export async function peopleAfter(shopId: number, id: string | null, most: number, tx: Tx): Promise<string[]> {
  const rows = await inside(tx).$queryRaw<{ id: string }[]>`
    SELECT id FROM profile WHERE shop_id = ${shopId} AND merged_into IS NULL AND redacted_at IS NULL AND (${id}::uuid IS NULL OR id > ${id}::uuid) ORDER BY id LIMIT ${most}`;
  return rows.map((row) => row.id);
}

/** How many people there are, and how many of them lie up to each of some ids. */
export async function peopleUpTo(shopId: number, ids: string[]): Promise<{ of: number; upTo: Map<string, number> }> {
  const rows = await inside().$queryRaw<{ id: string | null; count: number }[]>`
    SELECT i.id, count(p.id)::int AS count FROM (SELECT NULL::uuid AS id UNION ALL SELECT unnest(${ids}::uuid[])) i
    LEFT JOIN profile p ON p.shop_id = ${shopId} AND p.merged_into IS NULL AND p.redacted_at IS NULL AND (i.id IS NULL OR p.id <= i.id) GROUP BY i.id`;
  return {
    of: rows.find((row) => row.id === null)?.count ?? 0,
    upTo: new Map(rows.flatMap((row) => (row.id === null ? [] : [[row.id, row.count] as const]))),
  };
}

export async function dropSegment(shopId: number, key: string, tx: Tx): Promise<void> {
  await inside(tx).segment.deleteMany({ where: { shopId, key } });
}

/** Audiences that are kept equal to segments. Their room comes later in the flow and asks us; this one question goes the other way, as SQL. */
export async function audiencesWith(shopId: number, tx?: Tx): Promise<{ segmentKey: string; connector: string; name: string }[]> {
  return inside(tx).audience.findMany({ where: { shopId, state: { not: "stopped" } }, select: { segmentKey: true, connector: true, name: true } });
}
