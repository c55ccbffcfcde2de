// Login codes and access tokens: who may do what, until when.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { WorldContext } from "../context.ts";
import { badToken, expiredToken, GraphError, invalid } from "./error.ts";

export type Code = { code: string; redirectUri: string; scopes: string[]; issuedAt: number; used: boolean };
export type Token = { token: string; scopes: string[]; expiresAt: number; longLived: boolean; revoked?: "logout" | "password" };

export type TokenStore = { codes: Map<string, Code>; tokens: Map<string, Token> };

const codeMinutes = 10;
const shortHours = 2;
const longSeconds = 5_183_944; // as in Meta's own sample; about 60 days

/** A code that can be exchanged once, for the same redirect address. */
export function issueCode(store: TokenStore, redirectUri: string, scopes: string[], now: number): string {
  const code = "AQ" + randomBytes(48).toString("base64url");
  store.codes.set(code, { code, redirectUri, scopes, issuedAt: now, used: false });
  return code;
}

function issueToken(store: TokenStore, scopes: string[], expiresAt: number, longLived: boolean): Token {
  const token: Token = { token: "EAA" + randomBytes(60).toString("hex"), scopes, expiresAt, longLived };
  store.tokens.set(token.token, token);
  return token;
}

/** `GET /oauth/access_token`: code → short token, or `grant_type=fb_exchange_token` → about 60 days. */
export function accessToken(store: TokenStore, context: WorldContext, given: Record<string, unknown>): Record<string, unknown> {
  const grant = given["grant_type"] ?? "authorization_code";
  const exchange = grant === "fb_exchange_token";
  const allowed = exchange
    ? ["grant_type", "client_id", "client_secret", "fb_exchange_token"]
    : ["grant_type", "client_id", "client_secret", "redirect_uri", "code"];
  if (!exchange && grant !== "authorization_code") throw invalid(`Invalid grant_type: ${String(grant)}`);
  for (const name of Object.keys(given)) if (!allowed.includes(name)) throw invalid(`Unknown parameter: ${name}`);
  for (const name of allowed.slice(1)) if (!given[name]) throw invalid(`Missing ${name} parameter.`);
  if (given["client_id"] !== context.metaAppId)
    throw new GraphError({ message: "Error validating application. Cannot get application info due to a system error.", code: 101 });
  if (given["client_secret"] !== context.metaAppSecret) throw new GraphError({ message: "Error validating client secret.", code: 1, status: 400 });

  const now = context.now().getTime();
  if (exchange) {
    const old = validToken(store, String(given["fb_exchange_token"]), now);
    return answer(issueToken(store, old.scopes, now + longSeconds * 1000, true), now);
  }
  const code = store.codes.get(String(given["code"]));
  const refuse = (message: string, subcode: number): GraphError => new GraphError({ message, code: 100, subcode });
  if (!code) throw refuse("Invalid verification code format.", 36007);
  if (code.used) throw refuse("This authorization code has been used.", 36009);
  if (now - code.issuedAt > codeMinutes * 60_000) throw refuse("This authorization code has expired.", 36007);
  if (code.redirectUri !== given["redirect_uri"])
    throw refuse("Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request", 36008);
  code.used = true;
  return answer(issueToken(store, code.scopes, now + shortHours * 3_600_000, false), now);
}

function answer(token: Token, now: number): Record<string, unknown> {
  return { access_token: token.token, token_type: "bearer", expires_in: Math.round((token.expiresAt - now) / 1000) };
}

function validToken(store: TokenStore, text: string, now: number): Token {
  const token = store.tokens.get(text);
  if (!token) throw badToken("Invalid OAuth access token - Cannot parse access token");
  if (token.revoked === "password")
    throw badToken("Error validating access token: The session has been invalidated because the user changed their password.", 460);
  if (token.revoked) throw badToken("Error validating access token: The user has not authorized application.", 458);
  if (now >= token.expiresAt) throw expiredToken();
  return token;
}

/** The token of a call, with its proof checked: appsecret_proof = HMAC-SHA256(token, app secret) in hex. */
export function authorize(store: TokenStore, context: WorldContext, token: unknown, proof: unknown): Token {
  if (typeof token !== "string" || token === "")
    throw new GraphError({ message: "An access token is required to request this resource.", code: 104, status: 401 });
  const valid = validToken(store, token, context.now().getTime());
  if (proof === undefined)
    throw new GraphError({ message: "API calls from the server require an appsecret_proof argument", type: "GraphMethodException", code: 100 });
  const expected = createHmac("sha256", context.metaAppSecret).update(token).digest();
  const given = Buffer.from(typeof proof === "string" && /^[0-9a-f]{64}$/.test(proof) ? proof : "", "hex");
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new GraphError({ message: "Invalid appsecret_proof provided in the API argument", type: "GraphMethodException", code: 100 });
  return valid;
}
