import type { SmtpReply, Wire } from "../connectors/contract.ts";
import { suppress } from "../consent/record.server.ts";
import { appendWith, ensurePartitions } from "../events/append.server.ts";
import type { Profile } from "../identity/resolve.server.ts";
import { minute } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import { log } from "../log.server.ts";
import type { Shop } from "../shops/shop.ts";
import { statement, transaction } from "../tx.server.ts";
import { shownOf, targetOf, type About } from "./about.ts";
import { render, type Content, type Filling } from "./content.ts";
import { clickUrl, unsubscribeUrl } from "./links.server.ts";
import { toMime } from "./mime.server.ts";
import { isOwnLink } from "./recovery-link.ts";
import { claim, findByStep, move, saveRendered, sentNow } from "./store.server.ts";

export {
  eraseMessages,
  giveUpUnknown,
  humanClicks,
  mailedInFlow,
  messagesOf,
  messageWithCode,
  moveMessages,
  reownMessages,
  redactMessages,
  sentTo,
  shopsInterrupted,
  type HumanClick,
} from "./store.server.ts";

/** A step that has a message, as far as a message is concerned. */
type MessageStep = { key: string; content: Content };

/** Everything a claimed message will be made of; nothing of it is read again after the claim. */
export type Prepared = {
  id: string;
  claim: number;
  attempts: number;
  createdAt: Date;
  flow: { key: string; name: string; version: number };
  step: MessageStep;
  profile: Profile;
  about: About;
  /** Whether it stands on a word of hers. */
  agreed: boolean;
  to: string;
  offer: { code: string; percent: number; until: Date } | null;
};

type Wanted = Omit<Prepared, "claim" | "attempts" | "createdAt"> & { shop: Shop; runId: string; basis: string; now: Date };

/** Writes the intent to send a step's message, in the transaction that decided it. The id of an earlier try is kept: Message-ID and links stay the same. */
export async function claimMessage(wanted: Wanted, tx: Tx): Promise<Prepared> {
  const { shop, id, flow, runId, step, profile, about, agreed, to, basis, offer, now } = wanted;
  const row = await claim(
    {
      shopId: shop.id,
      id,
      flowKey: flow.key,
      runId,
      stepKey: step.key,
      profileId: profile.id,
      checkoutToken: about.kind === "checkout" ? about.checkout.token : null,
      channel: "email",
      toAddress: to,
      basis,
      createdAt: now,
    },
    tx,
  );
  return { id: row.id, claim: row.claim, attempts: row.attempts, createdAt: row.created_at, flow, step, profile, about, agreed, to, offer };
}

export async function stateOfStep(shopId: number, runId: string, stepKey: string, tx: Tx): Promise<{ state: string; claimedAt: Date | null } | null> {
  return findByStep(shopId, runId, stepKey, tx);
}

export type Ready = { prepared: Prepared; raw: Buffer; from: string };

function fillingOf(shop: Shop, prepared: Prepared, links: Filling["links"]): Filling {
  const { currency, ...shown } = shownOf(shop, prepared.about, prepared.agreed);
  return {
    shop: { name: shop.senderName ?? shop.name, postalAddress: shop.postalAddress ?? "", currency, timezone: shop.timezone },
    person: { firstName: prepared.profile.firstName, locale: prepared.profile.locale },
    offer: prepared.offer,
    links,
    ...shown,
  };
}

/** Renders a claimed message and keeps what will be sent, with where its links lead. Throws when it cannot be made. */
export async function prepare(shop: Shop, prepared: Prepared, now: Date): Promise<Ready> {
  const target = targetOf(shop, prepared.about, prepared.offer?.code ?? null);
  if (!isOwnLink(shop, target)) throw new Error("The message leads to an address that is not the shop's.");
  const named = { shopId: shop.id, messageId: prepared.id };
  const rendered = await render(prepared.step.content, fillingOf(shop, prepared, { button: clickUrl(named, 0), unsubscribe: unsubscribeUrl(named) }));
  await statement(() => saveRendered(shop.id, prepared.id, prepared.claim, { ...rendered, offerCode: prepared.offer?.code ?? null }, [target]));
  const address = shop.senderAddress ?? "";
  const domain = address.slice(address.lastIndexOf("@") + 1);
  const raw = await toMime({
    from: { name: shop.senderName ?? shop.name, address },
    to: prepared.to,
    ...rendered,
    messageId: `${prepared.id}@${domain}`,
    date: now,
    unsubscribeUrl: unsubscribeUrl(named),
    listId: `${prepared.flow.key}.${shop.id}.${domain}`,
    feedbackId: `${prepared.flow.key}-${prepared.flow.version}:${prepared.step.key}:${shop.id}:comeback`,
  });
  return { prepared, raw, from: address };
}

/** What the run does next: the step is over, is tried again, or the run stops. */
export type SendOutcome = { kind: "over" } | { kind: "again"; afterMs: number } | { kind: "stop"; reason: string };

/**
 * Hands a message to the mail server, at most once: `data-started` is committed after the server's 354 and before the first byte of content.
 * A crash before that point leaves `intent`, which is tried again; after it `data-started`, which never is.
 */
export async function send(shop: Shop, ready: Ready, wire: Wire, clock: () => Date): Promise<SendOutcome> {
  const { prepared } = ready;
  const reply = await wire.smtp({
    from: ready.from,
    to: prepared.to,
    raw: ready.raw,
    beforeContent: () => move(shop.id, prepared.id, prepared.claim, ["intent"], { state: "data-started" }),
  });
  const now = clock();
  await ensurePartitions([now]);
  const outcome = await finish(shop, prepared, reply, now);
  log.info({ shop: shop.domain, message: prepared.id, step: prepared.step.key, outcome: reply.kind }, "message");
  return outcome;
}

/** Writes down what the mail server said; all of it may be done twice. */
async function finish(shop: Shop, prepared: Prepared, reply: SmtpReply, now: Date): Promise<SendOutcome> {
  const { id, claim: number } = prepared;
  const become = (from: string[], to: Parameters<typeof move>[4]) => statement(() => move(shop.id, id, number, from, to));
  switch (reply.kind) {
    case "accepted": {
      const data = { profileId: prepared.profile.id, messageId: id, flowKey: prepared.flow.key, stepKey: prepared.step.key, channel: "email" };
      const sent = {
        name: "message.sent",
        sourceId: `message.sent/${id}`,
        sourceAt: now,
        occurredAt: now,
        subject: `profile:${prepared.profile.id}`,
        data,
      } as const;
      await appendWith(sentNow(shop.id, id, number, now, reply.reply), [{ shopId: shop.id, event: sent }]);
      return { kind: "over" };
    }
    case "refused":
      if (!reply.permanent) {
        // The server said no to the content: nothing was taken, so it may be offered again.
        await become(["intent", "data-started"], { state: "intent", providerReply: reply.reply });
        return { kind: "again", afterMs: Math.min(60, 5 * 2 ** Math.min(prepared.attempts, 6)) * minute };
      }
      await transaction(async (tx) => {
        await move(shop.id, id, number, ["intent", "data-started"], { state: "failed", reason: "the mail server refused it", providerReply: reply.reply }, tx);
        // 5.7.x blames the sender, not the address.
        if (!/\b5\.7\.\d+/.test(reply.reply)) await suppress(shop, prepared.to, "bounced", now, tx);
      });
      return { kind: "stop", reason: "the mail server refused the address" };
    case "unreached":
      return { kind: "again", afterMs: Math.min(60, 2 ** Math.min(prepared.attempts, 6)) * minute };
    case "unknown":
      await become(["data-started"], { state: "unknown", reason: "the connection broke while it was handed over", providerReply: reply.reply });
      return { kind: "over" };
    case "abandoned":
      return { kind: "again", afterMs: 2 * minute };
  }
}
