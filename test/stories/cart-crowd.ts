// A shop that is filled in stories: so many people, two of three with a cart, and a rule that lets most of these in.
import { sceneAt } from "../../sandbox/replay/scene.ts";
import { demoShop } from "../../sandbox/shopify/shop-state.ts";
import { until, type Stage } from "./stage.ts";

const day = 86_400_000;

/** Who has filled a cart within a week. */
export const filledCart = {
  ...{ kind: "did", did: "filled-cart", where: {}, times: { is: "at-least", n: 1 }, onDays: false },
  when: { kind: "last", length: { amount: 7, unit: "days" } },
};

/** Installs the product and puts the crowd there. Returns when that was, with nobody working any more. */
export async function openCrowd(stage: Stage, people: number): Promise<Date> {
  const first = await Promise.all([stage.start("web"), stage.start("worker")]);
  await sceneAt(stage.world.url).install(demoShop.domain);
  // A shop whose time zone has just come is looked at anew as a whole, for all segments: here that must be over.
  const settled = "SELECT 1 FROM shop s JOIN segment_basis b ON b.shop_id = s.id AND b.timezone = s.timezone WHERE s.timezone <> 'UTC'";
  await until("the sweep has seen where the shop is", async () => (await stage.rows(settled)).length === 1, 30_000);
  await Promise.all(first.map((product) => product.kill9()));
  const now = stage.world.clock.now();
  await stage.rows(
    `INSERT INTO profile (shop_id, id, first_seen_at) SELECT s.id, lpad(to_hex(n), 32, '0')::uuid, $1 FROM shop s, generate_series(1, ${people}) n`,
    [now],
  );
  // Every third has no cart, and every fifth cart was left too long ago.
  await stage.rows(
    `INSERT INTO cart (shop_id, token, profile_id, created_at, updated_at, item_count, lines)
     SELECT s.id, 'cart-' || n, lpad(to_hex(n), 32, '0')::uuid, $1::timestamptz - interval '20 days', $1::timestamptz - CASE WHEN n % 5 = 0 THEN interval '8 days' ELSE interval '2 days' END, 1, '[]'
     FROM shop s, generate_series(1, ${people}) n WHERE n % 3 <> 0`,
    [now],
  );
  return now;
}

/** Whom `filledCart` means. */
export async function withCarts(stage: Stage, now: Date): Promise<string[]> {
  const since = new Date(now.getTime() - 7 * day);
  return (await stage.rows<{ id: string }>("SELECT DISTINCT profile_id AS id FROM cart WHERE item_count > 0 AND updated_at > $1 ORDER BY 1", [since])).map(
    (one) => one.id,
  );
}

/** Makes a segment that everybody is to be looked at for. */
export async function makeSegment(stage: Stage, key: string, match: object, now: Date): Promise<void> {
  await stage.rows("INSERT INTO segment (shop_id, key, name, rule, created_at, updated_at, fill_from) SELECT id, $1, $1, $2, $3, $3, $3 FROM shop", [
    ...[key, JSON.stringify({ version: 1, match }), now],
  ]);
}

export async function membersOf(stage: Stage, key: string): Promise<string[]> {
  return (await stage.rows<{ id: string }>("SELECT profile_id AS id FROM member WHERE segment_key = $1 ORDER BY 1", [key])).map((one) => one.id);
}
