import { json } from "@remix-run/node";
import { textOf, type Done, type Reply } from "#app/components/reply.ts";
import { words } from "#app/components/words.ts";
import { connectors } from "#app/connectors/registry.server.ts";
import { wire } from "#app/connectors/wire.server.ts";
import { callbackUri } from "#app/destinations/callback.server.ts";
import {
  audiencesOf,
  chooseAccount,
  connect,
  disconnect,
  oauthState,
  readOauthState,
  retryAudience,
  setAudience,
  startAudience,
} from "#app/destinations/connect.server.ts";
import { log } from "#app/log.server.ts";
import { wake } from "#app/queue.server.ts";
import type { Shop } from "#app/shops/shop.ts";

/** `open`: where the merchant is sent, outside of the admin's frame. */
export type AudienceReply = Reply & { open?: string };

const done = (what: Done): AudienceReply => ({ ok: true, done: what });
const wrong = (errors: Record<string, string>): AudienceReply => ({ ok: false, errors });

const states = { pause: ["paused", "audience-paused"], resume: ["live", "audience-resumed"], stop: ["stopped", "audience-stopped"] } as const;

/** Does one thing on the audiences screen, and says how it went. An audience that this shop does not have is a 404. */
export async function act(shop: Shop, form: FormData, now: Date): Promise<AudienceReply> {
  const { meta } = connectors();
  if (meta?.connect === undefined) return wrong({ form: words.audiences.unavailable });
  const intent = textOf(form, "intent");
  const id = textOf(form, "id");
  const failed = wrong({ form: words.trouble.form });
  switch (intent) {
    case "connect":
      // Made at the click: the signed state lives for 15 minutes only.
      return { ok: true, done: null, open: meta.connect.authorizeUrl({ state: oauthState(shop, meta.id, now), redirectUri: callbackUri(meta.id) }) };
    case "finish": {
      // Begun in this shop's admin, and finished there: the state says so, and the session says who asks.
      const named = readOauthState(String(form.get("state") ?? ""), now);
      if (named === null || named.shopId !== shop.id || named.connectorId !== meta.id) return wrong({ connect: words.connect.badBody });
      try {
        await connect(shop, meta, wire, String(form.get("code") ?? ""), callbackUri(meta.id), now);
      } catch (error) {
        log.warn({ err: error, shop: shop.domain }, "connecting failed");
        return wrong({ connect: words.connect.failedBody });
      }
      for (const audience of await audiencesOf(shop.id)) if (audience.connector === meta.id) await retryAudience(shop, audience.id);
      return done("connected");
    }
    case "choose":
      try {
        if (!(await chooseAccount(shop, meta, wire, textOf(form, "account")))) return wrong({ account: words.audiences.accountGone });
      } catch (error) {
        log.info({ err: error, shop: shop.domain }, "choosing an ad account failed");
        return wrong({ account: words.audiences.accountsFailed });
      }
      await wake("audiences.sync", shop.id);
      return done("account-chosen");
    case "disconnect":
      await disconnect(shop, meta.id);
      return done("disconnected");
    case "start":
      if (!(await startAudience(shop, meta, textOf(form, "segment"), now))) return wrong({ segment: words.audiences.segmentGone });
      await wake("audiences.sync", shop.id);
      return done("audience-started");
    case "pause":
    case "resume":
    case "stop": {
      const [state, said] = states[intent];
      if (!isId(id) || !(await setAudience(shop, meta, id, state, now))) throw json(null, { status: 404 });
      await wake("audiences.sync", shop.id);
      return done(said);
    }
    case "retry":
      if (!isId(id) || !(await retryAudience(shop, id))) throw json(null, { status: 404 });
      await wake("audiences.sync", shop.id);
      return done("audience-retried");
    default:
      return failed;
  }
}

const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
