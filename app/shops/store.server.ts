import { hmacHex } from "../lib/hash.ts";
import type { Tx } from "../lib/tx.ts";
import { Prisma } from "../db.server.ts";
import { hotQuery, inside, type Client, type ShopQuery } from "../tx.server.ts";
import { keyFor } from "./keys.server.ts";
import type { Shop, ShopAtDoor } from "./shop.ts";

type Row = NonNullable<Awaited<ReturnType<Client["shop"]["findUnique"]>>>;

function toShop(row: Row): Shop {
  return {
    ...row,
    name: row.name ?? row.domain.replace(/\.myshopify\.com$/, ""),
    storefrontHost: row.storefrontHost ?? row.domain,
    scopes: row.scopes.split(",").filter((scope) => scope !== ""),
  };
}

export async function shopByDomain(domain: string, tx?: Tx): Promise<Shop | null> {
  const row = await inside(tx).shop.findUnique({ where: { domain } });
  return row && toShop(row);
}

async function findAtDoor(domain: string): Promise<ShopAtDoor | null> {
  const rows = await hotQuery<ShopAtDoor>(
    null,
    "shop-at-door",
    Prisma.sql`SELECT id, domain, currency, coalesce(storefront_host, domain) AS "storefrontHost", installed_at AS "installedAt", uninstalled_at AS "uninstalledAt",
      redacted_at AS "redactedAt" FROM shop WHERE domain = ${domain}`,
  );
  return rows[0] ?? null;
}

const recent = new Map<string, { shop: ShopAtDoor; until: number }>();
const recentFor = 2_000;

/**
 * The shop of a domain as it was at most two seconds ago: for the doors, which ask at every request. Only a shop that has the app is remembered: one that
 * has not may be erased at any moment, and then nothing of it may be kept.
 */
export async function recentShop(domain: string): Promise<ShopAtDoor | null> {
  const known = recent.get(domain);
  if (known !== undefined && known.until > performance.now()) return known.shop;
  const shop = await findAtDoor(domain);
  if (shop === null || shop.installedAt === null || shop.uninstalledAt !== null) recent.delete(domain);
  else recent.set(domain, { shop, until: performance.now() + recentFor });
  if (recent.size > 10_000) recent.clear();
  return shop;
}

export async function shopById(id: number, tx?: Tx): Promise<Shop | null> {
  const row = await inside(tx).shop.findUnique({ where: { id } });
  return row && toShop(row);
}

/**
 * The shop of a verified domain; made, not yet installed, where we did not know it. Its salt is drawn from the installation's key, so that the same
 * history read again puts the same people into the same holdouts; it stays as it was made, whatever becomes of the key.
 */
export async function ensureShop(domain: string, now: Date): Promise<Shop> {
  await hotQuery(null, "make-shop", making(domain, now));
  const shop = await shopByDomain(domain);
  if (shop === null) throw new Error("A shop that was just written is not there.");
  return shop;
}

/** The same for the doors: as it was a moment ago, or made. */
export async function ensureRecentShop(domain: string, now: Date): Promise<ShopAtDoor> {
  const known = await recentShop(domain);
  if (known !== null) return known;
  await hotQuery(null, "make-shop", making(domain, now));
  const shop = await findAtDoor(domain);
  if (shop === null) throw new Error("A shop that was just written is not there.");
  return shop;
}

function making(domain: string, now: Date): Prisma.Sql {
  return Prisma.sql`INSERT INTO shop (domain, salt, created_at) VALUES (${domain}, ${hmacHex(keyFor("salt"), domain)}, ${now}) ON CONFLICT DO NOTHING`;
}

type Change = Partial<Omit<Row, "id" | "domain" | "salt" | "createdAt">>;

export async function updateShop(id: number, change: Change, tx?: Tx): Promise<void> {
  const { domain } = await inside(tx).shop.update({ where: { id }, data: change, select: { domain: true } });
  recent.delete(domain);
}

export async function findSessions(domain: string): Promise<{ id: string; sealed: string }[]> {
  return inside().shopSession.findMany({ where: { shopDomain: domain }, select: { id: true, sealed: true } });
}

export async function findSession(domain: string, id: string, tx?: Tx): Promise<string | null> {
  const row = await inside(tx).shopSession.findUnique({ where: { shopDomain_id: { shopDomain: domain, id } }, select: { sealed: true } });
  return row?.sealed ?? null;
}

export async function saveSession(domain: string, id: string, sealed: string, expiresAt: Date | null, now: Date, tx?: Tx): Promise<void> {
  await inside(tx).shopSession.upsert({
    where: { shopDomain_id: { shopDomain: domain, id } },
    create: { shopDomain: domain, id, sealed, expiresAt, updatedAt: now },
    update: { sealed, expiresAt, updatedAt: now, leaseUntil: null },
  });
}

export async function deleteSessions(domain: string, ids: string[] | null, tx?: Tx): Promise<void> {
  await inside(tx).shopSession.deleteMany({ where: { shopDomain: domain, ...(ids === null ? {} : { id: { in: ids } }) } });
}

/** Takes the right to refresh a session's token until `until`; false when somebody else has it. */
export async function takeLease(domain: string, id: string, now: Date, until: Date): Promise<boolean> {
  const count = await inside().$executeRaw`
    UPDATE shop_session SET lease_until = ${until} WHERE shop_domain = ${domain} AND id = ${id} AND (lease_until IS NULL OR lease_until <= ${now} OR lease_until > ${new Date(now.getTime() + 3_600_000)})`;
  return count === 1;
}

export async function dropLease(domain: string, id: string): Promise<void> {
  await inside().shopSession.updateMany({ where: { shopDomain: domain, id }, data: { leaseUntil: null } });
}

export async function writePrivacyRequest(
  request: { shopId: number; id: string; kind: string; customerGid: string | null; requestedAt: Date; dueAt: Date },
  tx: Tx,
): Promise<void> {
  await inside(tx).privacyRequest.createMany({ data: [request], skipDuplicates: true });
}

export async function openPrivacyRequests(shopId: number): Promise<{ id: string; kind: string; customerGid: string | null; requestedAt: Date }[]> {
  return inside().privacyRequest.findMany({ where: { shopId, completedAt: null }, orderBy: { requestedAt: "asc" } });
}

export async function privacyRequests(
  shopId: number,
): Promise<{ id: string; kind: string; requestedAt: Date; dueAt: Date; completedAt: Date | null; answer: string | null }[]> {
  return inside().privacyRequest.findMany({ where: { shopId }, orderBy: { requestedAt: "desc" }, take: 100 });
}

export async function completePrivacyRequest(shopId: number, id: string, now: Date, answer: string | null, tx?: Tx): Promise<void> {
  await inside(tx).privacyRequest.update({ where: { shopId_id: { shopId, id } }, data: { completedAt: now, answer } });
}

/** Takes out of what was asked, and answered, whom it was about. */
export async function forgetRequestsOf(shopId: number, customerGid: string, tx: Tx): Promise<void> {
  await inside(tx).privacyRequest.updateMany({ where: { shopId, customerGid, completedAt: { not: null } }, data: { customerGid: null, answer: null } });
}

export function shopsWithOpenRequests(): ShopQuery {
  return Prisma.sql`SELECT DISTINCT shop_id FROM privacy_request WHERE completed_at IS NULL`;
}
