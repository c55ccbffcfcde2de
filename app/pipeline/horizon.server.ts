import * as segments from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { cutPage } from "../visits/horizon.server.ts";

/** Lets go of what browsers did before the time that the log is kept for, and has their people looked at again: kept is what the log would say. */
export async function letGo(shop: Shop, now: Date): Promise<void> {
  for (let after: string | null = ""; after !== null;) {
    const from: string = after;
    after = await transaction(async (tx) => {
      await segments.lockWriter(shop.id, tx);
      const { touched, next } = await cutPage(shop.id, now, from, tx);
      await segments.lookAgainAt(shop.id, touched, now, tx);
      return next;
    });
  }
}
