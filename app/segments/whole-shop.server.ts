import type { Shop } from "../shops/shop.ts";
import type { World } from "./evaluate.ts";
import type { Diff, WholeShop } from "./preview.ts";
import type { Node } from "./rule.ts";
import { asked, countOf, idsOf, limited, moves } from "./sql-store.server.ts";
import { compile, type Compiled } from "./sql.ts";
import { worldOf } from "./world.server.ts";

type Asker = Pick<Shop, "id" | "timezone" | "countOffline">;

/** How long a question of the whole shop may take, unless who asks says otherwise. */
const patience = 15_000;

/** How many of those who come or go are named. */
const named = 8;

/** A rule of this shop as a query. `world` where it is known already. */
export async function compiled(shop: Asker, rule: Node, now: Date, world?: World): Promise<Compiled> {
  return compile(rule, { shopId: shop.id, countOffline: shop.countOffline, world: world ?? (await worldOf(shop, undefined, rule)).world, now });
}

/** The profiles of the whole shop that match a rule at `now`, by id: page by page with `after` and `limit`. */
export async function matching(
  shop: Asker,
  rule: Node,
  now: Date,
  { after = null, limit = null, limitMs = patience }: { after?: string | null; limit?: number | null; limitMs?: number } = {},
): Promise<WholeShop<string[]>> {
  const query = await compiled(shop, rule, now);
  return query.ok ? asked(limitMs, (reader) => idsOf(query.query, after, limit, reader), query) : { ok: false, reason: "cannot" };
}

/** How many match. */
export async function countMatching(shop: Asker, rule: Node, now: Date, { limitMs = patience }: { limitMs?: number } = {}): Promise<WholeShop<number>> {
  const query = await compiled(shop, rule, now);
  return query.ok ? asked(limitMs, (reader) => countOf(query.query, reader), query) : { ok: false, reason: "cannot" };
}

/** Who would enter and who would leave a segment if it had this rule now. */
export async function diff(shop: Asker, key: string, rule: Node, now: Date, { limitMs = patience }: { limitMs?: number } = {}): Promise<WholeShop<Diff>> {
  const query = await compiled(shop, rule, now);
  if (!query.ok) return { ok: false, reason: "cannot" };
  return limited(limitMs, (tx) => moves(shop.id, key, query.query, named, tx), query);
}
