import { inside } from "../tx.server.ts";

export type PersonLine = { id: string; firstName: string | null; lastName: string | null; email: string | null; firstSeenAt: Date };

/** Where a page of the list begins: after the person it names. */
export type Place = { at: Date; id: string };

/** People with a name, an address or a number, the newest first; `backwards` those that come before a place. */
export async function namedPeople(shopId: number, place: Place | null, backwards: boolean, most: number): Promise<PersonLine[]> {
  const { at, id } = place ?? { at: new Date(0), id: "00000000-0000-0000-0000-000000000000" };
  if (backwards && place !== null) {
    return inside().$queryRaw<PersonLine[]>`
      SELECT id, first_name AS "firstName", last_name AS "lastName", email, first_seen_at AS "firstSeenAt" FROM profile
      WHERE shop_id = ${shopId} AND merged_into IS NULL AND (email IS NOT NULL OR customer_gid IS NOT NULL OR phone IS NOT NULL) AND (first_seen_at, id) > (${at}, ${id}::uuid)
      ORDER BY first_seen_at, id LIMIT ${most}`;
  }
  return inside().$queryRaw<PersonLine[]>`
    SELECT id, first_name AS "firstName", last_name AS "lastName", email, first_seen_at AS "firstSeenAt" FROM profile
    WHERE shop_id = ${shopId} AND merged_into IS NULL AND (email IS NOT NULL OR customer_gid IS NOT NULL OR phone IS NOT NULL) AND (${place === null} OR (first_seen_at, id) < (${at}, ${id}::uuid))
    ORDER BY first_seen_at DESC, id DESC LIMIT ${most}`;
}

/** Who is in a segment now, by id, the newest first: ids rise with the moment of the first event. */
export async function membersOf(shopId: number, segmentKey: string, place: Place | null, backwards: boolean, most: number): Promise<PersonLine[]> {
  const id = place?.id ?? "ffffffff-ffff-ffff-ffff-ffffffffffff";
  if (backwards && place !== null) {
    return inside().$queryRaw<PersonLine[]>`
      SELECT p.id, p.first_name AS "firstName", p.last_name AS "lastName", p.email, p.first_seen_at AS "firstSeenAt"
      FROM member m JOIN profile p ON p.shop_id = m.shop_id AND p.id = m.profile_id
      WHERE m.shop_id = ${shopId} AND m.segment_key = ${segmentKey} AND m.profile_id > ${id}::uuid ORDER BY m.profile_id LIMIT ${most}`;
  }
  return inside().$queryRaw<PersonLine[]>`
    SELECT p.id, p.first_name AS "firstName", p.last_name AS "lastName", p.email, p.first_seen_at AS "firstSeenAt"
    FROM member m JOIN profile p ON p.shop_id = m.shop_id AND p.id = m.profile_id
    WHERE m.shop_id = ${shopId} AND m.segment_key = ${segmentKey} AND m.profile_id < ${id}::uuid ORDER BY m.profile_id DESC LIMIT ${most}`;
}

/**
 * People by how their name or address begins, by an address or number of theirs, or by an order. Each part is one look into an index; comparing by
 * characters lets a prefix use it whatever the database's language is.
 */
export async function foundPeople(shopId: number, text: string, phone: string | null, most: number): Promise<PersonLine[]> {
  const word = text.toLowerCase();
  const end = `${word}\u{10ffff}`;
  return inside().$queryRaw<PersonLine[]>`
    WITH found AS (
      (SELECT id FROM profile WHERE shop_id = ${shopId} AND merged_into IS NULL AND email ~>=~ ${word} AND email ~<~ ${end} LIMIT ${most})
      UNION (SELECT id FROM profile WHERE shop_id = ${shopId} AND merged_into IS NULL
        AND lower(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) ~>=~ ${word} AND lower(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) ~<~ ${end} LIMIT ${most})
      UNION (SELECT id FROM profile WHERE shop_id = ${shopId} AND merged_into IS NULL AND lower(last_name) ~>=~ ${word} AND lower(last_name) ~<~ ${end} LIMIT ${most})
      UNION (SELECT profile_id FROM profile_alias WHERE shop_id = ${shopId} AND ((kind = 'email' AND key = ${word}) OR (kind = 'phone' AND key = ${phone ?? ""})))
      UNION (SELECT profile_id FROM placed_order WHERE shop_id = ${shopId} AND name IN (${text}, ${`#${text}`}) AND profile_id IS NOT NULL LIMIT ${most})
    )
    SELECT p.id, p.first_name AS "firstName", p.last_name AS "lastName", p.email, p.first_seen_at AS "firstSeenAt"
    FROM found f JOIN profile p ON p.shop_id = ${shopId} AND p.id = f.id WHERE p.merged_into IS NULL ORDER BY p.first_seen_at DESC, p.id DESC LIMIT ${most}`;
}

export async function ordersOfEach(shopId: number, profileIds: string[]): Promise<Map<string, number>> {
  if (profileIds.length === 0) return new Map();
  const rows = await inside().placedOrder.groupBy({
    by: ["profileId"],
    where: { shopId, profileId: { in: profileIds }, test: false, cancelledAt: null },
    _count: true,
  });
  return new Map(rows.flatMap((row) => (row.profileId === null ? [] : [[row.profileId, row._count] as const])));
}

/** Everything that stands in rows of one person, the latest `most` of each kind. */
export async function rowsOf(shopId: number, profileId: string, most: number) {
  const client = inside();
  const where = { shopId, profileId };
  const [carts, checkouts, orders, consent, runs, messages, arms, held] = await Promise.all([
    client.cart.findMany({ where, orderBy: { updatedAt: "desc" }, take: most, select: { createdAt: true, itemCount: true } }),
    client.checkout.findMany({ where, orderBy: { startedAt: "desc" }, take: most, select: { startedAt: true, totalMinor: true } }),
    client.placedOrder.findMany({
      ...{ where, orderBy: { placedAt: "desc" }, take: most },
      select: { orderId: true, name: true, placedAt: true, cancelledAt: true, totalMinor: true },
    }),
    client.consentRecord.findMany({ where, orderBy: { occurredAt: "asc" }, take: 500, select: { channel: true, state: true, source: true, occurredAt: true } }),
    client.flowRun.findMany({ where, orderBy: { startedAt: "desc" }, take: most }),
    client.message.findMany({
      ...{ where, orderBy: { createdAt: "desc" }, take: most },
      select: { id: true, stepKey: true, state: true, reason: true, subject: true, basis: true, offerCode: true, createdAt: true, sentAt: true },
    }),
    client.assignment.findMany({ where, orderBy: { at: "asc" }, select: { experiment: true, arm: true, at: true, contaminated: true } }),
    client.$queryRaw<{ connector: string; segment_key: string; state: string; changed_at: Date }[]>`
      SELECT a.connector, a.segment_key, m.state, m.changed_at FROM audience_member m JOIN audience a ON a.shop_id = m.shop_id AND a.id = m.audience_id
      WHERE m.shop_id = ${shopId} AND m.profile_id = ${profileId}::uuid ORDER BY m.changed_at DESC LIMIT ${most}`,
  ]);
  const clicks = await client.messageClick.findMany({
    ...{ where: { shopId, messageId: { in: messages.map((one) => one.id) } }, orderBy: { at: "desc" }, take: most },
    select: { at: true, by: true, reason: true, messageId: true },
  });
  const refunds = await client.refund.findMany({
    where: { shopId, orderId: { in: orders.map((one) => one.orderId) } },
    take: most,
    select: { at: true, amountMinor: true },
  });
  return { carts, checkouts, orders, refunds, consent, runs, messages, clicks, arms, held };
}

/** These merges, and those that were taken back from a profile; the newest first. */
export async function mergesOf(shopId: number, profileId: string, standing: string[], most: number) {
  return inside().profileMerge.findMany({
    where: {
      shopId,
      OR: [{ id: { in: standing } }, { undoneAt: { not: null }, OR: [{ survivorId: profileId }, { loserId: profileId }] }],
    },
    orderBy: { at: "desc" },
    take: most,
  });
}

export async function profileRow(shopId: number, id: string) {
  return inside().profile.findUnique({ where: { shopId_id: { shopId, id } } });
}
