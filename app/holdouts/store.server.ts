import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { driverQuery, inside } from "../tx.server.ts";
import type { Arm } from "./assign.ts";

export type Assigned = { profileId: string; experiment: string; arm: Arm; percent: number; at: Date };

export async function findAssignments(shopId: number, experiment: string, profileIds: string[], tx?: Tx): Promise<Map<string, Arm>> {
  const rows = await inside(tx).assignment.findMany({ where: { shopId, experiment, profileId: { in: profileIds } }, select: { profileId: true, arm: true } });
  return new Map(rows.map((row) => [row.profileId, row.arm as Arm]));
}

/** The same for several experiments: by experiment, then by profile. */
export async function findArms(shopId: number, experiments: string[], profileIds: string[], tx: Tx): Promise<Map<string, Map<string, Arm>>> {
  const arms = new Map(experiments.map((one) => [one, new Map<string, Arm>()]));
  const rows = await inside(tx).assignment.findMany({
    where: { shopId, experiment: { in: experiments }, profileId: { in: profileIds } },
    select: { experiment: true, profileId: true, arm: true },
  });
  for (const row of rows) arms.get(row.experiment)?.set(row.profileId, row.arm as Arm);
  return arms;
}

/** Of some profiles those that are in an experiment. */
export async function inExperiments(shopId: number, profileIds: string[], tx: Tx): Promise<Set<string>> {
  const sql = Prisma.sql`SELECT DISTINCT profile_id FROM assignment WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[])`;
  return new Set((await driverQuery<{ profile_id: string }>(tx, "in-experiments", sql)).map((row) => row.profile_id));
}

export async function insertAssignments(shopId: number, rows: Assigned[], tx: Tx): Promise<void> {
  await inside(tx).assignment.createMany({ data: rows.map((row) => ({ ...row, shopId })), skipDuplicates: true });
}

/** Keeps what both had before they are merged. */
export async function keepBefore(shopId: number, loserId: string, survivorId: string, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    INSERT INTO assignment_before (shop_id, loser_id, survivor_id, profile_id, experiment, arm, percent, at, contaminated)
    SELECT shop_id, ${loserId}::uuid, ${survivorId}::uuid, profile_id, experiment, arm, percent, at, contaminated FROM assignment
    WHERE shop_id = ${shopId} AND profile_id IN (${loserId}::uuid, ${survivorId}::uuid)
    ON CONFLICT (shop_id, loser_id, survivor_id, profile_id, experiment) DO UPDATE SET arm = excluded.arm, percent = excluded.percent, at = excluded.at, contaminated = excluded.contaminated`;
}

/** Gives both back what they had before a merge; what was assigned since stays with the survivor. */
export async function restoreBefore(shopId: number, loserId: string, survivorId: string, tx: Tx): Promise<void> {
  const client = inside(tx);
  // Whatever the merge put down to the survivor, in an experiment that only the loser was in, is not hers.
  await client.$executeRaw`
    DELETE FROM assignment a USING assignment_before b WHERE a.shop_id = ${shopId} AND b.shop_id = a.shop_id AND b.loser_id = ${loserId}::uuid
      AND b.survivor_id = ${survivorId}::uuid AND a.experiment = b.experiment AND a.profile_id IN (${loserId}::uuid, ${survivorId}::uuid)`;
  await client.$executeRaw`
    INSERT INTO assignment (shop_id, experiment, profile_id, arm, percent, at, contaminated)
    SELECT shop_id, experiment, profile_id, arm, percent, at, contaminated FROM assignment_before
    WHERE shop_id = ${shopId} AND loser_id = ${loserId}::uuid AND survivor_id = ${survivorId}::uuid ON CONFLICT DO NOTHING`;
  await client.assignmentBefore.deleteMany({ where: { shopId, loserId, survivorId } });
  // What others brought into the survivor since then counts again.
  await client.$executeRaw`
    UPDATE assignment s SET contaminated = s.contaminated OR l.contaminated OR s.arm <> l.arm, arm = CASE WHEN l.at < s.at THEN l.arm ELSE s.arm END, at = least(s.at, l.at)
    FROM assignment_before l WHERE s.shop_id = ${shopId} AND s.profile_id = ${survivorId}::uuid AND l.shop_id = s.shop_id AND l.survivor_id = s.profile_id
      AND l.profile_id = l.loser_id AND l.experiment = s.experiment`;
}

/** At a merge the earlier assignment wins; where the two differ, both arms touched one person, who leaves the analysis. */
export async function mergeAssignments(shopId: number, loserId: string, survivorId: string, tx: Tx): Promise<void> {
  const client = inside(tx);
  await client.$executeRaw`
    UPDATE assignment s SET contaminated = s.contaminated OR l.contaminated OR s.arm <> l.arm,
      arm = CASE WHEN l.at < s.at THEN l.arm ELSE s.arm END, at = least(s.at, l.at)
    FROM assignment l WHERE s.shop_id = ${shopId} AND l.shop_id = s.shop_id AND l.experiment = s.experiment AND s.profile_id = ${survivorId}::uuid AND l.profile_id = ${loserId}::uuid`;
  await client.$executeRaw`
    UPDATE assignment l SET profile_id = ${survivorId}::uuid WHERE l.shop_id = ${shopId} AND l.profile_id = ${loserId}::uuid
      AND NOT EXISTS (SELECT 1 FROM assignment s WHERE s.shop_id = l.shop_id AND s.experiment = l.experiment AND s.profile_id = ${survivorId}::uuid)`;
  await client.$executeRaw`DELETE FROM assignment WHERE shop_id = ${shopId} AND profile_id = ${loserId}::uuid`;
}

export async function eraseAssignments(shopId: number, profileIds: string[] | null, tx: Tx): Promise<void> {
  const where = { shopId, ...(profileIds === null ? {} : { profileId: { in: profileIds } }) };
  await inside(tx).assignment.deleteMany({ where });
  await inside(tx).assignmentBefore.deleteMany({ where });
}
