import { json } from "@remix-run/node";
import { textOf, type Done, type Reply } from "#app/components/reply.ts";
import { words, type PlatformId } from "#app/components/words.ts";
import type { AnyConnector } from "#app/connectors/contract.ts";
import { connectorOf } from "#app/connectors/registry.server.ts";
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
  const intent = textOf(form, "intent");
  switch (intent) {
    case "finish":
      return finish(shop, form, now);
    case "pause":
    case "resume":
    case "stop":
    case "retry":
      return actOnAudience(shop, intent, textOf(form, "id"), now);
    default: {
      const connector = connectorOf(textOf(form, "platform"));
      return connector === null ? wrong({ form: words.trouble.form }) : actOnPlatform(shop, connector, intent, form, now);
    }
  }
}

/** Begun in this shop's admin, and finished there: the state says so and names the platform, and the session says who asks. */
async function finish(shop: Shop, form: FormData, now: Date): Promise<AudienceReply> {
  const named = readOauthState(String(form.get("state") ?? ""), now);
  const connector = connectorOf(named?.connectorId ?? "");
  if (named === null || named.shopId !== shop.id || connector === null) return wrong({ connect: words.connect.badBody });
  try {
    await connect(shop, connector, wire, String(form.get("code") ?? ""), callbackUri(connector.id), now);
  } catch (error) {
    log.warn({ err: error, shop: shop.domain, platform: connector.id }, "connecting failed");
    return wrong({ connect: words.connect.failedBody });
  }
  for (const audience of await audiencesOf(shop.id)) if (audience.connector === connector.id) await retryAudience(shop, audience.id);
  return done("connected");
}

async function actOnPlatform(shop: Shop, connector: AnyConnector, intent: string, form: FormData, now: Date): Promise<AudienceReply> {
  switch (intent) {
    case "connect":
      if (connector.connect === undefined) return wrong({ form: words.trouble.form });
      // Made at the click: the signed state lives for 15 minutes only.
      return {
        ok: true,
        done: null,
        open: connector.connect.authorizeUrl({ state: oauthState(shop, connector.id, now), redirectUri: callbackUri(connector.id) }),
      };
    case "choose":
      try {
        if (!(await chooseAccount(shop, connector, wire, textOf(form, "account"), now))) return wrong({ account: saysOf(connector).accountGone });
      } catch (error) {
        log.info({ err: error, shop: shop.domain, platform: connector.id }, "choosing an ad account failed");
        return wrong({ account: words.audiences.accountsFailed(connector.label) });
      }
      await wake("audiences.sync", shop.id);
      return done("account-chosen");
    case "disconnect":
      await disconnect(shop, connector.id);
      return done("disconnected");
    case "start":
      if (!(await startAudience(shop, connector, textOf(form, "segment"), now))) return wrong({ segment: words.audiences.segmentGone });
      await wake("audiences.sync", shop.id);
      return done("audience-started");
    default:
      return wrong({ form: words.trouble.form });
  }
}

async function actOnAudience(shop: Shop, intent: keyof typeof states | "retry", id: string, now: Date): Promise<AudienceReply> {
  const audience = isId(id) ? (await audiencesOf(shop.id)).find((one) => one.id === id) : undefined;
  if (audience === undefined) throw json(null, { status: 404 });
  if (intent === "retry") {
    await retryAudience(shop, id);
    await wake("audiences.sync", shop.id);
    return done("audience-retried");
  }
  const connector = connectorOf(audience.connector);
  if (connector === null) return wrong({ form: words.trouble.form });
  const [state, said] = states[intent];
  await setAudience(shop, connector, id, state, now);
  await wake("audiences.sync", shop.id);
  return done(said);
}

const saysOf = ({ id }: AnyConnector) => words.audiences.platforms[id as PlatformId];

const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
