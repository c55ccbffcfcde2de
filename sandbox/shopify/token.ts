// `POST /admin/oauth/access_token`: session tokens become access tokens, refresh tokens become new pairs.
import { randomBytes } from "node:crypto";
import express, { type Response, Router } from "express";
import { z } from "zod";
import { readSessionToken } from "./session-token.ts";
import { shopHost } from "./shop-host.ts";

const accessSeconds = 3600;
const refreshSeconds = 90 * 24 * 3600;
const recoverySeconds = 30 * 24 * 3600;

/** One access token with the refresh token that came with it. Times are those of the world's clock. */
export type Grant = {
  shop: string;
  accessToken: string;
  accessUntil: number | null;
  refreshToken: string | null;
  refreshUntil: number;
  /** When its refresh token was first used: its successor exists, but may never have arrived. */
  refreshedAt: number | null;
  /** The refresh token whose use made this grant; retired as soon as this grant's own is used. */
  madeFrom: string | null;
  userId: string | null;
};

export type TokenSettings = {
  appKey: string;
  appSecret: string;
  now: () => Date;
  /** Whether the shop exists here. */
  shopExists: (shop: string) => boolean;
  /** Opening the app with managed installation installs it; scopes granted are answered. */
  install: (shop: string) => readonly string[];
  scopes: (shop: string) => readonly string[];
};

const shared = { client_id: z.string(), client_secret: z.string() };
const exchange = z.object({
  ...shared,
  grant_type: z.literal("urn:ietf:params:oauth:grant-type:token-exchange"),
  subject_token: z.string(),
  subject_token_type: z.literal("urn:ietf:params:oauth:token-type:id_token"),
  requested_token_type: z.enum(["urn:shopify:params:oauth:token-type:offline-access-token", "urn:shopify:params:oauth:token-type:online-access-token"]),
  expiring: z.union([z.literal("1"), z.literal("0"), z.literal(1), z.literal(0)]).optional(),
});
const refresh = z.object({ ...shared, grant_type: z.literal("refresh_token"), refresh_token: z.string() });

export type TokenDoor = ReturnType<typeof tokenDoor>;

/** The token endpoint of every shop of the world, and the register of what it has given out. */
export function tokenDoor(settings: TokenSettings) {
  const grants: Grant[] = [];
  const seconds = () => Math.floor(settings.now().getTime() / 1000);

  function give(shop: string, from: Pick<Grant, "madeFrom" | "userId" | "refreshUntil">, expiring: boolean): Grant {
    const grant: Grant = {
      shop,
      accessToken: `shp${from.userId ? "ua" : "at"}_${randomBytes(16).toString("hex")}`,
      accessUntil: expiring ? seconds() + accessSeconds : null,
      refreshToken: expiring && !from.userId ? `shprt_${randomBytes(16).toString("hex")}` : null,
      refreshUntil: from.refreshUntil,
      refreshedAt: null,
      madeFrom: from.madeFrom,
      userId: from.userId,
    };
    grants.push(grant);
    return grant;
  }

  function answer(grant: Grant) {
    const scope = settings.scopes(grant.shop).join(",");
    const now = seconds();
    if (grant.userId) {
      const user = { id: Number(grant.userId), first_name: "Robin", last_name: "Harbour", email: "robin@example.com" };
      return {
        access_token: grant.accessToken,
        scope,
        expires_in: (grant.accessUntil ?? now) - now,
        associated_user_scope: scope,
        associated_user: { ...user, account_owner: true, locale: "en", collaborator: false, email_verified: true },
      };
    }
    return {
      access_token: grant.accessToken,
      scope,
      ...(grant.accessUntil !== null && {
        expires_in: grant.accessUntil - now,
        refresh_token: grant.refreshToken,
        refresh_token_expires_in: grant.refreshUntil - now,
      }),
    };
  }

  function byExchange(shop: string, body: z.infer<typeof exchange>, response: Response): void {
    const maker = { appKey: settings.appKey, appSecret: settings.appSecret, now: settings.now() };
    const read = readSessionToken(body.subject_token, maker, shop);
    if (!read.ok) {
      refuse(response, "invalid_subject_token", "Token exchange cannot be performed due to an invalid subject token.");
      return;
    }
    const online = body.requested_token_type.endsWith("online-access-token") && !body.requested_token_type.includes("offline");
    // Public apps made since April 2026 get nothing but tokens that expire.
    if (!online && String(body.expiring ?? "0") !== "1") {
      refuse(response, "invalid_request", "Non-expiring offline access tokens are not available to this app.");
      return;
    }
    settings.install(shop);
    const from = { madeFrom: null, userId: online ? read.claims.sub : null, refreshUntil: seconds() + refreshSeconds };
    response.json(answer(give(shop, from, true)));
  }

  function byRefresh(shop: string, body: z.infer<typeof refresh>, response: Response): void {
    const grant = grants.find((one) => one.shop === shop && one.refreshToken === body.refresh_token);
    const now = seconds();
    const lapsed = grant?.refreshedAt != null && grant.refreshedAt + recoverySeconds < now;
    if (!grant || grant.refreshUntil < now || lapsed) {
      refuse(response, "invalid_grant", "The refresh token is invalid, expired or revoked.");
      return;
    }
    // Its own predecessor was kept only in case this one had been lost on the way; now it is known to have arrived.
    if (grant.madeFrom) drop((one) => one.refreshToken === grant.madeFrom);
    grant.refreshedAt ??= now;
    const from = { madeFrom: grant.refreshToken, userId: null, refreshUntil: now + refreshSeconds };
    response.json(answer(give(shop, from, true)));
  }

  function drop(gone: (grant: Grant) => boolean): void {
    for (let index = grants.length - 1; index >= 0; index -= 1) {
      const grant = grants[index];
      if (grant && gone(grant)) grants.splice(index, 1);
    }
  }

  const router = Router();
  router.post("/admin/oauth/access_token", express.json(), express.urlencoded({ extended: false }), (request, response) => {
    const shop = shopHost(request);
    const body: unknown = request.body;
    const parsed = z.discriminatedUnion("grant_type", [exchange, refresh]).safeParse(body);
    if (!settings.shopExists(shop)) {
      response.status(404).json({ errors: "Not Found" });
    } else if (!parsed.success) {
      const what = parsed.error.issues[0]?.path.join(".") || "grant_type";
      refuse(response, "invalid_request", `The request is missing a required parameter or has a wrong one: ${what}`);
    } else if (parsed.data.client_id !== settings.appKey) {
      refuse(response, "application_cannot_be_found", "The application cannot be found.");
    } else if (parsed.data.client_secret !== settings.appSecret) {
      refuse(response, "invalid_client", "Client authentication failed.");
    } else if (parsed.data.grant_type === "refresh_token") {
      byRefresh(shop, parsed.data, response);
    } else {
      byExchange(shop, parsed.data, response);
    }
  });

  return {
    router,
    /** The shop an access token is good for now. */
    shopOf: (accessToken: string): string | undefined => {
      const grant = grants.find((one) => one.accessToken === accessToken);
      return grant && (grant.accessUntil === null || grant.accessUntil > seconds()) ? grant.shop : undefined;
    },
    /** What an uninstall does: every token of the shop is worth nothing. */
    revoke: (shop: string): void => drop((grant) => grant.shop === shop),
    grants,
  };
}

function refuse(response: Response, error: string, description: string): void {
  response.status(400).json({ error, error_description: description });
}
