import * as segments from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { worldOf } from "../segments/world.server.ts";
import { settlePage } from "../visits/new-days.server.ts";

/** The next step of settling browsers' days anew in a shop that moved to another time zone; whose became others are looked at again. Returns whether any is left. */
export function settleSome(shop: Pick<Shop, "id" | "timezone">, now: Date, most?: number): Promise<boolean> {
  return transaction(async (tx) => {
    await segments.lockWriter(shop.id, tx);
    const { touched, more } = await settlePage(shop.id, (await worldOf(shop, tx)).world.timezone, tx, most);
    await segments.lookAgainAt(shop.id, touched, now, tx);
    return more;
  });
}
