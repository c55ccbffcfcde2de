// The session token: a JWT that App Bridge gives to the app, signed HS256 with the app's secret.
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { z } from "zod";

const lifetimeSeconds = 60;
const toleranceSeconds = 10;

export type TokenMaker = { appKey: string; appSecret: string; now: Date };

/** A fresh token of the merchant's session in one shop, good for a minute. */
export function makeSessionToken(maker: TokenMaker, shop: string, userId: number, sessionId: string): string {
  const issued = Math.floor(maker.now.getTime() / 1000);
  return signJwt(maker.appSecret, {
    iss: `https://${shop}/admin`,
    dest: `https://${shop}`,
    aud: maker.appKey,
    sub: String(userId),
    exp: issued + lifetimeSeconds,
    nbf: issued,
    iat: issued,
    jti: randomUUID(),
    sid: sessionId,
  });
}

/** Signs any claims, right or wrong ones. */
export function signJwt(secret: string, claims: Record<string, unknown>): string {
  const head = encode({ alg: "HS256", typ: "JWT" });
  const body = encode(claims);
  return `${head}.${body}.${signature(secret, `${head}.${body}`)}`;
}

const header = z.object({ alg: z.literal("HS256") });
const claims = z.object({
  iss: z.string(),
  dest: z.string(),
  aud: z.string(),
  sub: z.string(),
  exp: z.number(),
  nbf: z.number(),
  sid: z.string().optional(),
});
export type SessionClaims = z.infer<typeof claims>;

/** The claims of a token that Shopify would exchange for this shop, or why it would not. */
export function readSessionToken(token: string, maker: TokenMaker, shop: string): { ok: true; claims: SessionClaims } | { ok: false; reason: string } {
  const [head = "", body = "", mark = "", ...more] = token.split(".");
  if (more.length > 0 || !mark) return { ok: false, reason: "not a JWT" };
  if (!header.safeParse(decode(head)).success) return { ok: false, reason: "algorithm" };
  const expected = Buffer.from(signature(maker.appSecret, `${head}.${body}`));
  const given = Buffer.from(mark);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return { ok: false, reason: "signature" };
  const read = claims.safeParse(decode(body));
  if (!read.success) return { ok: false, reason: "claims" };
  const seconds = maker.now.getTime() / 1000;
  if (read.data.aud !== maker.appKey) return { ok: false, reason: "aud" };
  if (read.data.dest !== `https://${shop}`) return { ok: false, reason: "dest" };
  if (!read.data.iss.startsWith(`https://${shop}/`)) return { ok: false, reason: "iss" };
  if (read.data.exp + toleranceSeconds < seconds) return { ok: false, reason: "exp" };
  if (read.data.nbf - toleranceSeconds > seconds) return { ok: false, reason: "nbf" };
  return { ok: true, claims: read.data };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

function signature(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}
