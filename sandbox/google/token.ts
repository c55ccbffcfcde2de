// oauth2.googleapis.com: codes, tokens of an hour, and lasting ones.
import { randomBytes } from "node:crypto";
import express from "express";
import type { WorldContext } from "../context.ts";
import { scope } from "./definition.ts";
import { ApiError } from "./error.ts";
import { takeFault } from "./fault.ts";
import { noteCall, type GoogleState } from "./state.ts";

const codeMinutes = 10;
const hourSeconds = 3599; // as Google answers it

const random = (prefix: string): string => prefix + randomBytes(32).toString("base64url");

/** A code that can be exchanged once, for the same redirect address. */
export function issueCode(state: GoogleState, redirectUri: string, asked: string, offline: boolean, now: number): string {
  const code = random("4/0A");
  state.codes.push({ code, redirectUri, scope: asked, offline, issuedAt: now, used: false });
  return code;
}

/** The router for requests whose host is oauth2.googleapis.com. */
export function tokenRouter(state: GoogleState, context: WorldContext): express.Router {
  const router = express.Router();
  router.post("/token", express.urlencoded({ extended: false }), (request, response) => {
    const now = context.now();
    const fault = takeFault(state.faults, "/token");
    if (fault?.kind === "reset") return void response.destroy();
    const answer =
      fault === undefined || fault.kind === "lost-answer"
        ? tokenAnswer(state, context, (request.body ?? {}) as Record<string, unknown>)
        : { status: fault.status ?? 503, body: { error: "internal_failure" } };
    const note = String((answer.body as { error?: string }).error ?? "token");
    noteCall(state, { at: now.toISOString(), method: "POST", path: "/token", status: answer.status, note });
    if (fault?.kind === "lost-answer") return void response.destroy();
    return void response.status(answer.status).json(answer.body);
  });
  return router;
}

type Reply = { status: number; body: Record<string, unknown> };
const refuse = (error: string, description: string, status = 400): Reply => ({ status, body: { error, error_description: description } });

function tokenAnswer(state: GoogleState, context: WorldContext, given: Record<string, unknown>): Reply {
  const refreshing = given["grant_type"] === "refresh_token";
  if (!refreshing && given["grant_type"] !== "authorization_code") return refuse("unsupported_grant_type", "Invalid grant_type");
  const allowed = ["grant_type", "client_id", "client_secret", ...(refreshing ? ["refresh_token"] : ["code", "redirect_uri"])];
  const unknown = Object.keys(given).find((name) => !allowed.includes(name));
  if (unknown !== undefined) return refuse("invalid_request", `Unknown parameter: ${unknown}`);
  const missing = allowed.find((name) => typeof given[name] !== "string" || given[name] === "");
  if (missing !== undefined) return refuse("invalid_request", `Missing required parameter: ${missing}`);
  if (given["client_id"] !== context.googleClientId) return refuse("invalid_client", "The OAuth client was not found.", 401);
  if (given["client_secret"] !== context.googleClientSecret) return refuse("invalid_client", "Unauthorized", 401);
  const now = context.now().getTime();
  if (refreshing) {
    if (!state.lasting.includes(String(given["refresh_token"]))) return refuse("invalid_grant", "Token has been expired or revoked.");
    return { status: 200, body: issueToken(state, scope, now) };
  }
  const code = state.codes.find((one) => one.code === given["code"]);
  if (code === undefined || code.used || now - code.issuedAt > codeMinutes * 60_000) return refuse("invalid_grant", "Malformed auth code.");
  if (code.redirectUri !== given["redirect_uri"]) return refuse("redirect_uri_mismatch", "Bad Request");
  code.used = true;
  const lasting = random("1//0");
  if (code.offline) state.lasting.push(lasting);
  return { status: 200, body: { ...issueToken(state, code.scope, now), ...(code.offline ? { refresh_token: lasting } : {}) } };
}

function issueToken(state: GoogleState, granted: string, now: number): Record<string, unknown> {
  const token = random("ya29.");
  state.tokens = state.tokens.filter((one) => one.expiresAt > now);
  state.tokens.push({ token, scope: granted, expiresAt: now + hourSeconds * 1000, revoked: false });
  return { access_token: token, expires_in: hourSeconds, scope: granted, token_type: "Bearer" };
}

/** Lets a call through whose token is good, for the one scope there is. */
export function authorize(state: GoogleState, header: string | undefined, now: number): void {
  const given = /^Bearer (.+)$/.exec(header ?? "")?.[1];
  const token = state.tokens.find((one) => one.token === given);
  if (token === undefined || token.revoked || token.expiresAt <= now) {
    throw new ApiError("UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token.", "ACCESS_TOKEN_EXPIRED");
  }
  if (!token.scope.split(" ").includes(scope)) {
    throw new ApiError("PERMISSION_DENIED", "Request had insufficient authentication scopes.", "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
  }
}
