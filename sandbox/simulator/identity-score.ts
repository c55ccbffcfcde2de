// Reads what the product made of the people of a plan out of its database, and scores it.
import type pg from "pg";
import { ownersOf, scoreKeys, scorePurchases, type Purchase, type Score, type Typed } from "./identity-truth.ts";
import type { Plan } from "./plan.ts";

const within = 30 * 86_400_000;

/** How well the product knows who is one person, of a play that is over. */
export async function identityScore(client: pg.ClientBase, plan: Plan): Promise<{ purchases: Score; keys: Score }> {
  const { rows: typed } = await client.query<Typed>(`
    SELECT DISTINCT k.key, e.data->'person'->>'email' AS email FROM event e, LATERAL (VALUES
      (CASE WHEN e.name LIKE 'order.%' THEN 'order:' || (e.data->>'orderId') ELSE 'checkout:' || (e.data->>'token') END),
      ('cart:' || (e.data->>'cartToken')), ('customer:' || (e.data->'person'->>'customerGid'))) AS k(key)
    WHERE (e.name LIKE 'order.%' OR e.name = 'checkout.updated') AND e.data->'person'->>'email' IS NOT NULL AND k.key IS NOT NULL`);
  const { rows: seen } = await client.query<{ key: string; profileId: string }>(
    `SELECT kind || ':' || key AS key, profile_id AS "profileId" FROM profile_alias WHERE kind IN ('customer', 'email', 'order', 'checkout', 'cart', 'visitor')`,
  );
  const owners = ownersOf(plan, typed);
  const ownerOf = (key: string) => [...owners(key)][0] ?? key;
  const { rows: left } = await client.query<{ token: string; cart: string | null; profile: string; at: Date }>(
    `SELECT c.token, c.cart_token AS cart, c.profile_id AS profile, r.started_at AS at FROM flow_run r JOIN checkout c ON c.shop_id = r.shop_id AND c.token = r.subject`,
  );
  const { rows: orders } = await client.query<{ id: string; checkout: string | null; cart: string | null; profile: string | null; at: Date }>(
    `SELECT order_id AS id, checkout_token AS checkout, cart_token AS cart, profile_id AS profile, placed_at AS at FROM placed_order`,
  );
  const purchases = left.flatMap((one): Purchase[] =>
    orders
      .filter((order) => order.at >= one.at && order.at.getTime() < one.at.getTime() + within)
      .map((order) => ({
        ...{ leftBy: ownerOf(`checkout:${one.token}`), leftProfile: one.profile, orderBy: ownerOf(`order:${order.id}`), orderProfile: order.profile },
        sameThing: order.checkout === one.token || (one.cart !== null && order.cart === one.cart),
      })),
  );
  return { purchases: scorePurchases(purchases), keys: scoreKeys(seen, owners) };
}
