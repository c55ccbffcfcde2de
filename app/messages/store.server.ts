import type { Tx } from "../lib/tx.ts";
import { Prisma } from "../db.server.ts";
import { driverQuery, inside, type ShopQuery, type Statement } from "../tx.server.ts";

export type MessageRow = NonNullable<Awaited<ReturnType<typeof findMessage>>>;

export async function findMessage(shopId: number, id: string, tx?: Tx) {
  return inside(tx).message.findUnique({ where: { shopId_id: { shopId, id } } });
}

export type NewMessage = {
  shopId: number;
  id: string;
  flowKey: string;
  runId: string;
  stepKey: string;
  profileId: string;
  checkoutToken: string | null;
  channel: "email";
  toAddress: string;
  basis: string;
  createdAt: Date;
};

/**
 * Claims the one message of a step, making it if it is new, and returns its claim number; null when it must not be sent (again). Only what is
 * still `intent` may be claimed anew: nothing of it has left. Holds the row until the transaction ends.
 */
export async function claim(message: NewMessage, tx: Tx): Promise<{ id: string; claim: number; state: string; attempts: number; created_at: Date }> {
  const rows = await inside(tx).$queryRaw<{ id: string; claim: number; state: string; attempts: number; created_at: Date }[]>`
    INSERT INTO message AS m (shop_id, id, flow_key, run_id, step_key, profile_id, checkout_token, channel, state, claim, attempts, claimed_at, to_address, basis, created_at)
    VALUES (${message.shopId}, ${message.id}::uuid, ${message.flowKey}, ${message.runId}::uuid, ${message.stepKey}, ${message.profileId}::uuid, ${message.checkoutToken}, ${message.channel}, 'intent', 1, 1, ${message.createdAt}, ${message.toAddress}, ${message.basis}, ${message.createdAt})
    ON CONFLICT (shop_id, run_id, step_key, profile_id, channel) DO UPDATE SET
      claim = m.claim + CASE WHEN m.state = 'intent' THEN 1 ELSE 0 END, attempts = m.attempts + CASE WHEN m.state = 'intent' THEN 1 ELSE 0 END,
      claimed_at = CASE WHEN m.state = 'intent' THEN excluded.claimed_at ELSE m.claimed_at END,
      to_address = CASE WHEN m.state = 'intent' THEN excluded.to_address ELSE m.to_address END
    RETURNING id, claim, state, attempts, created_at`;
  const row = rows[0];
  if (row === undefined) throw new Error("A message that was just written is not there.");
  return row;
}

export async function findByStep(shopId: number, runId: string, stepKey: string, tx?: Tx) {
  return inside(tx).message.findFirst({ where: { shopId, runId, stepKey }, select: { id: true, state: true, claimedAt: true, reason: true } });
}

/** Keeps what will be sent and where its links lead, if this claim still holds the message. */
export async function saveRendered(
  shopId: number,
  id: string,
  claim: number,
  rendered: { subject: string; html: string; text: string; offerCode: string | null },
  links: string[],
): Promise<void> {
  await inside().$executeRaw`
    WITH mine AS (
      UPDATE message SET subject = ${rendered.subject}, html = ${rendered.html}, text = ${rendered.text}, offer_code = ${rendered.offerCode}
      WHERE shop_id = ${shopId} AND id = ${id}::uuid AND claim = ${claim} RETURNING shop_id, id
    ), fewer AS (
      DELETE FROM message_link l USING mine WHERE l.shop_id = mine.shop_id AND l.message_id = mine.id AND l.position >= ${links.length}
    )
    INSERT INTO message_link (shop_id, message_id, position, url)
    SELECT mine.shop_id, mine.id, r.nth - 1, r.url FROM mine, unnest(${links}::text[]) WITH ORDINALITY AS r(url, nth)
    ON CONFLICT (shop_id, message_id, position) DO UPDATE SET url = excluded.url`;
}

/** Moves a message on, if this claim still holds it and it is in one of the states `from`. Returns whether it did. */
export async function move(
  shopId: number,
  id: string,
  claim: number,
  from: string[],
  to: { state: string; reason?: string | null; sentAt?: Date; providerReply?: string },
  tx?: Tx,
): Promise<boolean> {
  const { count } = await inside(tx).message.updateMany({ where: { shopId, id, claim, state: { in: from } }, data: to });
  return count === 1;
}

/** Says that a message was taken, if this claim still holds it; for `appendWith`. */
export function sentNow(shopId: number, id: string, claim: number, at: Date, reply: string): Statement {
  return Prisma.sql`
    UPDATE message SET state = 'sent', sent_at = ${at}, reason = NULL, provider_reply = ${reply}
    WHERE shop_id = ${shopId} AND id = ${id}::uuid AND claim = ${claim} AND state IN ('data-started', 'unknown') RETURNING id`;
}

/** Shops with a message that was in the mail server's hands since before an instant. */
export function shopsInterrupted(before: Date): ShopQuery {
  return Prisma.sql`SELECT DISTINCT shop_id FROM message WHERE state = 'data-started' AND claimed_at < ${before}`;
}

/** Messages whose content may have been on its way when their worker died: nobody can know, so they are never sent again. */
export async function giveUpUnknown(before: Date): Promise<number> {
  return inside()
    .$executeRaw`UPDATE message SET state = 'unknown', reason = 'the worker stopped while the mail was being handed over' WHERE state = 'data-started' AND claimed_at < ${before}`;
}

/** When this profile's marketing mails went out lately, newest first; those that may have arrived count. */
export async function sentTo(shopId: number, profileId: string, since: Date, tx?: Tx): Promise<Date[]> {
  const rows = await inside(tx).message.findMany({
    where: { shopId, profileId, state: { in: ["sent", "unknown", "data-started"] }, claimedAt: { gte: since } },
    select: { claimedAt: true },
    orderBy: { claimedAt: "desc" },
  });
  return rows.flatMap((row) => (row.claimedAt === null ? [] : [row.claimedAt]));
}

/** When each of these profiles was last mailed by a flow since an instant; mails that may have arrived count. `exceptRun`: a run whose own mails do not. */
export async function mailedInFlow(
  shopId: number,
  flowKey: string,
  profileIds: string[],
  since: Date,
  exceptRun: string | null,
  tx?: Tx,
): Promise<Map<string, Date>> {
  if (profileIds.length === 0) return new Map();
  const rows = await inside(tx).message.groupBy({
    by: ["profileId"],
    where: {
      shopId,
      flowKey,
      profileId: { in: profileIds },
      state: { in: ["sent", "unknown", "data-started"] },
      claimedAt: { gte: since },
      ...(exceptRun === null ? {} : { runId: { not: exceptRun } }),
    },
    _max: { claimedAt: true },
  });
  return new Map(rows.flatMap((row) => (row._max.claimedAt === null ? [] : [[row.profileId, row._max.claimedAt] as const])));
}

export async function linkOf(shopId: number, messageId: string, position: number): Promise<string | null> {
  const row = await inside().messageLink.findUnique({ where: { shopId_messageId_position: { shopId, messageId, position } } });
  return row?.url ?? null;
}

export async function countClicksSince(shopId: number, messageId: string, position: number, since: Date): Promise<number> {
  const rows = await inside().messageClick.findMany({
    where: { shopId, messageId, at: { gte: since }, position: { not: position } },
    distinct: ["position"],
    select: { position: true },
  });
  return rows.length;
}

export async function insertClick(
  row: { shopId: number; id: string; messageId: string; position: number; at: Date; by: string; reason: string | null },
  tx: Tx,
): Promise<void> {
  await inside(tx).messageClick.create({ data: row });
}

/** Messages go with their people. Two of one run and step cannot meet here: a run belongs to one profile. */
export async function moveMessages(shopId: number, merges: readonly { loserId: string; survivorId: string }[], tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    UPDATE message t SET profile_id = r.survivor FROM unnest(${merges.map((one) => one.loserId)}::uuid[], ${merges.map((one) => one.survivorId)}::uuid[]) AS r(loser, survivor)
    WHERE t.shop_id = ${shopId} AND t.profile_id = r.loser`;
}

/** Messages are whose their runs are. */
export async function reownMessages(shopId: number, profileIds: string[], tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    UPDATE message m SET profile_id = r.profile_id FROM flow_run r
    WHERE m.shop_id = ${shopId} AND m.profile_id = ANY(${profileIds}::uuid[]) AND r.shop_id = m.shop_id AND r.id = m.run_id AND r.profile_id <> m.profile_id`;
}

export type HumanClick = { messageId: string; flowKey: string; channel: string; profileId: string; checkoutToken: string | null; at: Date };

/** People's clicks by these profiles, or on messages about these checkouts, between two instants; newest first. */
export async function humanClicks(shopId: number, profileIds: string[], checkoutTokens: string[], from: Date, until: Date, tx?: Tx): Promise<HumanClick[]> {
  const sql = Prisma.sql`
    SELECT c.message_id AS "messageId", m.flow_key AS "flowKey", m.channel, m.profile_id AS "profileId", m.checkout_token AS "checkoutToken", c.at FROM message_click c JOIN message m ON m.shop_id = c.shop_id AND m.id = c.message_id
    WHERE c.shop_id = ${shopId} AND c.by = 'human' AND c.at >= ${from} AND c.at <= ${until} AND (m.profile_id = ANY(${profileIds}::uuid[]) OR m.checkout_token = ANY(${checkoutTokens}))
    ORDER BY c.at DESC`;
  return driverQuery<HumanClick>(tx, "human-clicks", sql);
}

/** The message that handed out one of these codes, if any did. */
export async function messageWithCode(shopId: number, codes: string[], tx?: Tx) {
  if (codes.length === 0) return null;
  return inside(tx).message.findFirst({ where: { shopId, offerCode: { in: codes }, state: { in: ["sent", "unknown"] } } });
}

export async function messagesOf(shopId: number, profileIds: string[]): Promise<unknown[]> {
  return inside().message.findMany({ where: { shopId, profileId: { in: profileIds } }, omit: { html: true }, orderBy: { createdAt: "asc" } });
}

export async function redactMessages(shopId: number, profileIds: string[], tx: Tx): Promise<void> {
  await inside(tx).message.updateMany({
    where: { shopId, profileId: { in: profileIds } },
    data: { toAddress: null, subject: null, html: null, text: null, providerReply: null },
  });
  const rows = await inside(tx).message.findMany({ where: { shopId, profileId: { in: profileIds } }, select: { id: true } });
  await inside(tx).messageLink.deleteMany({ where: { shopId, messageId: { in: rows.map((row) => row.id) } } });
}

export async function eraseMessages(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).messageClick.deleteMany({ where: { shopId } });
  await inside(tx).messageLink.deleteMany({ where: { shopId } });
  await inside(tx).message.deleteMany({ where: { shopId } });
}
