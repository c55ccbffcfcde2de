// A Meta of their own for each test: an account, a token and shorthand for calls. Used by the tests beside it.
import { createHash, createHmac } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterEach, beforeEach } from "vitest";
import type { StandIn, WorldContext } from "../context.ts";
import { metaStandIn } from "./stand-in.ts";

export type Json = Record<string, unknown>;
export type GraphAnswer = { status: number; body: Json; headers: Headers };

export const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
export const proof = (token: string): string => createHmac("sha256", "meta-secret").update(token).digest("hex");
export const account = "act_120210000000001";
export const redirectUri = "http://localhost:3000/connect/meta/callback";

/** The error object of an answer. */
export const errorOf = (answer: { body: Json }): Json => answer.body["error"] as Json;

/** An audience payload of addresses. */
export const people = (...emails: string[]) => ({ schema: ["EMAIL"], data: emails.map((email) => [sha(email)]) });

/** Gives every test of the file a fresh stand-in at 2026-11-21 09:00 UTC with a long-lived token. */
export function freshMeta() {
  let server: Server;
  const meta = {
    now: 0,
    base: "",
    token: "",
    standIn: undefined as StandIn | undefined,
    dialogUrl,
    consent,
    exchange,
    login,
    graph,
    audience,
    members,
    control,
  };
  const context: WorldContext = {
    appUrl: () => "http://localhost:3000",
    worldUrl: () => meta.base,
    appKey: "k",
    appSecret: "s",
    metaAppId: "4242",
    metaAppSecret: "meta-secret",
    googleClientId: "g",
    googleClientSecret: "g",
    now: () => new Date(meta.now),
  };

  beforeEach(async () => {
    meta.now = Date.parse("2026-11-21T09:00:00Z");
    meta.standIn = metaStandIn(context);
    const app = express();
    app.use("/meta", meta.standIn.pages);
    const [door] = meta.standIn.outbound;
    if (door) app.use("/graph", door.router);
    server = await new Promise<Server>((resolve) => {
      const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
    });
    meta.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    meta.token = (await login()).long;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function dialogUrl(changes: Record<string, string> = {}): string {
    return `${meta.base}/meta/www/v26.0/dialog/oauth?${String(new URLSearchParams({ client_id: "4242", redirect_uri: redirectUri, state: "st", scope: "ads_management,business_management", response_type: "code", ...changes }))}`;
  }

  async function consent(answer: string, changes?: Record<string, string>): Promise<URL> {
    const response = await fetch(dialogUrl(changes), { method: "POST", body: new URLSearchParams({ answer }), redirect: "manual" });
    return new URL(response.headers.get("location") ?? "http://none");
  }

  async function exchange(params: Record<string, string>): Promise<Json> {
    const all = new URLSearchParams({ client_id: "4242", client_secret: "meta-secret", ...params });
    return (await fetch(`${meta.base}/graph/v26.0/oauth/access_token?${String(all)}`)).json() as Promise<Json>;
  }

  async function login(scope = "ads_management,business_management") {
    const code = (await consent("continue", { scope })).searchParams.get("code") ?? "";
    const short = await exchange({ redirect_uri: redirectUri, code });
    const long = await exchange({ grant_type: "fb_exchange_token", fb_exchange_token: String(short["access_token"]) });
    return { code, short, long: String(long["access_token"]), expiresIn: long["expires_in"] };
  }

  async function graph(method: string, path: string, params: Json = {}, as = meta.token): Promise<GraphAnswer> {
    const url = new URL(`${meta.base}/graph/v26.0/${path}`);
    url.searchParams.set("access_token", as);
    url.searchParams.set("appsecret_proof", proof(as));
    const init: RequestInit = { method };
    if (method === "GET") for (const [name, value] of Object.entries(params)) url.searchParams.set(name, String(value));
    else Object.assign(init, { body: JSON.stringify(params), headers: { "content-type": "application/json" } });
    const response = await fetch(url, init);
    return { status: response.status, body: (await response.json()) as Json, headers: response.headers };
  }

  async function audience(name = "Cart abandoners"): Promise<string> {
    const made = await graph("POST", `${account}/customaudiences`, { name, subtype: "CUSTOM", customer_file_source: "USER_PROVIDED_ONLY" });
    return String(made.body["id"]);
  }

  async function members(id: string): Promise<string[]> {
    const api = (await (await fetch(`${meta.base}/meta/api`)).json()) as { audiences: { id: string; members: string[] }[] };
    return api.audiences.find((one) => one.id === id)?.members ?? [];
  }

  function control(path: string, body: Json): Promise<Response> {
    return fetch(`${meta.base}/meta/control/${path}`, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  }

  return meta;
}
