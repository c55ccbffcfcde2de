import { suppress } from "../consent/record.server.ts";
import { append, ensurePartitions } from "../events/append.server.ts";
import { clickMark } from "../identity/telling.ts";
import { newId } from "../lib/id.server.ts";
import { after, second } from "../lib/time.ts";
import { wake } from "../queue.server.ts";
import type { Shop } from "../shops/shop.ts";
import { shopById } from "../shops/load.server.ts";
import { transaction } from "../tx.server.ts";
import { judge } from "./click.ts";
import { readClick, readUnsubscribe } from "./links.server.ts";
import { countClicksSince, findMessage, insertClick, linkOf } from "./store.server.ts";

/** Where a click leads, after it was written down; null where the link is not one of ours (any more). */
export async function click(token: string, request: { method: string; userAgent: string | null }, now: Date): Promise<{ url: string } | null> {
  const named = readClick(token);
  if (named === null) return null;
  const { shopId, messageId, position } = named;
  const message = await findMessage(shopId, messageId);
  const url = await linkOf(shopId, messageId, position);
  if (message === null || url === null) {
    const shop = await shopById(shopId);
    return shop === null || shop.redactedAt !== null ? null : { url: `https://${shop.storefrontHost}/` };
  }
  const judgement = judge({
    method: request.method,
    userAgent: request.userAgent,
    sentAt: message.sentAt,
    at: now,
    othersJustNow: await countClicksSince(shopId, messageId, position, after(now, -2 * second)),
  });
  await ensurePartitions([now]);
  const id = newId(now);
  await transaction(async (tx) => {
    await insertClick({ shopId, id, messageId, position, at: now, by: judgement.by, reason: judgement.reason }, tx);
    const data = {
      profileId: message.profileId,
      messageId,
      flowKey: message.flowKey,
      stepKey: message.stepKey,
      channel: message.channel,
      by: judgement.by,
      position,
    };
    await append(
      [
        {
          shopId,
          event: { name: "message.clicked", sourceId: `message.clicked/${id}`, sourceAt: now, occurredAt: now, subject: `profile:${message.profileId}`, data },
        },
      ],
      tx,
    );
    await wake("events.process", shopId, { tx });
  });
  // A person's browser says by which click it came, so that it is known to be hers. A machine's says nothing.
  return { url: judgement.by === "human" ? marked(url, id) : url };
}

function marked(address: string, clickId: string): string {
  const url = new URL(address);
  url.searchParams.set(clickMark, clickId);
  return url.href;
}

/** The shop behind an unsubscribe link, for the page that asks; null where the link is not one of ours. */
export async function unsubscribeShop(token: string): Promise<Shop | null> {
  const named = readUnsubscribe(token);
  return named === null ? null : shopById(named.shopId);
}

/** Ends all marketing mail of a shop to whoever got this message; committed when it resolves. Repeating it changes nothing. */
export async function unsubscribe(token: string, now: Date): Promise<boolean> {
  const named = readUnsubscribe(token);
  if (named === null) return false;
  const { shopId, messageId } = named;
  const shop = await shopById(shopId);
  const message = await findMessage(shopId, messageId);
  if (shop === null || message === null) return false;
  await ensurePartitions([message.createdAt, now]);
  await transaction(async (tx) => {
    if (message.toAddress !== null) await suppress(shop, message.toAddress, "unsubscribed", now, tx);
    const data = { profileId: message.profileId, messageId, flowKey: message.flowKey, stepKey: message.stepKey, channel: message.channel };
    // Its source time is the message's, so that a second unsubscription by the same link is the same event.
    await append(
      [
        {
          shopId,
          event: {
            name: "message.unsubscribed",
            sourceId: `message.unsubscribed/${messageId}`,
            sourceAt: message.createdAt,
            occurredAt: now,
            subject: `profile:${message.profileId}`,
            data,
          },
        },
      ],
      tx,
    );
    await wake("events.process", shopId, { tx });
  });
  return true;
}
