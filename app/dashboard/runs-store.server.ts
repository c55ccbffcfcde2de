import { inside } from "../tx.server.ts";

export type ReasonCount = { state: string; arm: string; reason: string | null; people: number };

/** How many runs of a flow, or of all, stand or ended for which reason, of those that began between two instants. */
export async function runReasons(shopId: number, flowKey: string | null, { from, until }: { from: Date; until: Date }): Promise<ReasonCount[]> {
  return inside().$queryRaw<ReasonCount[]>`
    SELECT state, arm, reason, count(*)::int AS people FROM flow_run
    WHERE shop_id = ${shopId} AND (${flowKey}::text IS NULL OR flow_key = ${flowKey}) AND started_at >= ${from} AND started_at <= ${until} GROUP BY state, arm, reason ORDER BY people DESC, reason`;
}

export type RunLine = {
  id: string;
  profileId: string;
  state: string;
  arm: string;
  reason: string | null;
  stepIndex: number;
  dueAt: Date | null;
  startedAt: Date;
  endedAt: Date | null;
  sent: number;
  firstName: string | null;
  lastName: string | null;
  email: string | null;
};

export async function latestRuns(shopId: number, flowKey: string, most: number): Promise<RunLine[]> {
  return inside().$queryRaw<RunLine[]>`
    SELECT r.id, r.profile_id AS "profileId", r.state, r.arm, r.reason, r.step_index AS "stepIndex", r.due_at AS "dueAt", r.started_at AS "startedAt", r.ended_at AS "endedAt", p.first_name AS "firstName", p.last_name AS "lastName", p.email,
      (SELECT count(*) FROM message m WHERE m.shop_id = r.shop_id AND m.run_id = r.id AND m.state IN ('sent', 'unknown'))::int AS sent
    FROM flow_run r LEFT JOIN profile p ON p.shop_id = r.shop_id AND p.id = r.profile_id
    WHERE r.shop_id = ${shopId} AND r.flow_key = ${flowKey} ORDER BY r.started_at DESC, r.id DESC LIMIT ${most}`;
}

export async function waitingByFlow(shopId: number): Promise<Map<string, number>> {
  const rows = await inside().flowRun.groupBy({ by: ["flowKey"], where: { shopId, state: "active" }, _count: true });
  return new Map(rows.map((row) => [row.flowKey, row._count]));
}

/** Mails that the mail server took between two instants, by flow. */
export async function sentByFlow(shopId: number, { from, until }: { from: Date; until: Date }): Promise<Map<string, number>> {
  const rows = await inside().message.groupBy({ by: ["flowKey"], where: { shopId, state: "sent", sentAt: { gte: from, lte: until } }, _count: true });
  return new Map(rows.map((row) => [row.flowKey, row._count]));
}
