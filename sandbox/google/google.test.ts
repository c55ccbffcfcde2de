import { createHash } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WorldContext } from "../context.ts";
import { scope } from "./definition.ts";
import { googleStandIn } from "./stand-in.ts";

type Json = Record<string, unknown>;
const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
const redirectUri = "http://localhost:3000/connect/google";
const lists = "/v1/accountTypes/GOOGLE_ADS/accounts/1234567890/userLists";

let server: Server;
let base = "";
let now = 0;
let token = "";
let lasting = "";

const context: WorldContext = {
  appUrl: () => "http://localhost:3000",
  worldUrl: () => base,
  appKey: "k",
  appSecret: "s",
  metaAppId: "m",
  metaAppSecret: "m",
  googleClientId: "client",
  googleClientSecret: "secret",
  now: () => new Date(now),
};

beforeEach(async () => {
  now = Date.parse("2026-11-21T09:00:00Z");
  const standIn = googleStandIn(context);
  const app = express();
  app.use("/google", standIn.pages);
  app.use("/out/:host", (request, response, next) => {
    standIn.outbound.find((door) => door.hosts.test(request.params.host))?.router(request, response, next);
  });
  server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const granted = await exchange({ grant_type: "authorization_code", redirect_uri: redirectUri, code: await code() });
  [token, lasting] = [String(granted.body["access_token"]), String(granted.body["refresh_token"])];
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const dialog = (changes: Record<string, string> = {}): string =>
  `${base}/google/accounts/o/oauth2/v2/auth?${new URLSearchParams({ client_id: "client", redirect_uri: redirectUri, response_type: "code", scope, access_type: "offline", prompt: "consent", state: "st", ...changes }).toString()}`;

async function consent(answer: string): Promise<URL> {
  const response = await fetch(dialog(), { method: "POST", body: new URLSearchParams({ answer }), redirect: "manual" });
  return new URL(response.headers.get("location") ?? "http://none");
}
const code = async (): Promise<string> => (await consent("allow")).searchParams.get("code") ?? "";

async function exchange(form: Record<string, string>) {
  const body = new URLSearchParams({ client_id: "client", client_secret: "secret", ...form });
  const response = await fetch(`${base}/out/oauth2.googleapis.com/token`, { method: "POST", body });
  return { status: response.status, body: (await response.json()) as Json };
}

async function call(method: string, path: string, body?: unknown, as = token) {
  const response = await fetch(`${base}/out/datamanager.googleapis.com${path}`, {
    method,
    headers: { authorization: `Bearer ${as}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Json;
  const error = answer["error"] as { status: string; details?: { reason?: string; fieldViolations?: { field: string }[] }[] } | undefined;
  const said = error && [response.status, error.status, error.details?.[0]?.reason];
  return { body: answer, said, field: error?.details?.find((one) => one.fieldViolations)?.fieldViolations?.[0]?.field };
}

const newList = (displayName = "Cart abandoners", changes: Json = {}) =>
  call("POST", lists, {
    displayName,
    ingestedUserListInfo: { uploadKeyTypes: ["CONTACT_ID"], contactIdInfo: { dataSourceType: "DATA_SOURCE_TYPE_FIRST_PARTY" } },
    ...changes,
  });
const made = async (): Promise<string> => String((await newList()).body["id"]);

const granted = { adUserData: "CONSENT_GRANTED", adPersonalization: "CONSENT_GRANTED" };
const person = (address: string): Json => ({ userData: { userIdentifiers: [{ emailAddress: sha(address) }] } });
const upload = (listId: string, people: Json[], changes: Json = {}): Json => ({
  destinations: [{ operatingAccount: { accountType: "GOOGLE_ADS", accountId: "1234567890" }, productDestinationId: listId }],
  audienceMembers: people.map((one) => ({ consent: granted, ...one })),
  encoding: "HEX",
  termsOfService: { customerMatchTermsOfServiceStatus: "ACCEPTED" },
  ...changes,
});
const removal = (listId: string, people: Json[]): Json => {
  const { termsOfService: _terms, ...rest } = upload(listId, []);
  return { ...rest, audienceMembers: people };
};
const ingest = (body: Json) => call("POST", "/v1/audienceMembers:ingest", body);
const control = (path: string, body: Json) =>
  fetch(`${base}/google/control/${path}`, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });

async function members(listId: string): Promise<string[][]> {
  const state = (await (await fetch(`${base}/google/api`)).json()) as { lists: { id: string; members: string[][] }[] };
  return state.lists.find((one) => one.id === listId)?.members ?? [];
}
async function statusOf(requestId: unknown): Promise<Json> {
  const { body } = await call("GET", `/v1/requestStatus:retrieve?requestId=${String(requestId)}`);
  return (body["requestStatusPerDestination"] as Json[])[0] ?? {};
}

describe("connecting", () => {
  it("consent gives a code and the state back, the code an hour and a lasting token", async () => {
    const back = await consent("allow");
    expect(back.origin + back.pathname).toBe(redirectUri);
    expect(back.searchParams.get("state")).toBe("st");
    expect(token).toMatch(/^ya29\./);
    expect((await call("GET", lists)).said).toBeUndefined();
  });

  it("cancel comes back as access_denied; the page cannot be framed", async () => {
    expect(Object.fromEntries((await consent("cancel")).searchParams)).toEqual({ error: "access_denied", state: "st" });
    expect((await fetch(dialog())).headers.get("x-frame-options")).toBe("DENY");
  });

  it.each<[string, Record<string, string>]>([
    ["another client", { client_id: "1" }],
    ["a redirect to elsewhere", { redirect_uri: "https://evil.example/" }],
    ["another scope", { scope: "https://www.googleapis.com/auth/adwords" }],
    ["no state", { state: "" }],
    ["a lasting access without asking anew", { prompt: "none" }],
    ["an unknown parameter", { scopes: "x" }],
  ])("the page refuses %s", async (_law, changes) => expect((await fetch(dialog(changes))).status).toBe(400));

  it("a code works once, for ten minutes, for its redirect address and with the secret", async () => {
    const ask = async (changes: Record<string, string>) =>
      (await exchange({ grant_type: "authorization_code", redirect_uri: redirectUri, code: await code(), ...changes })).body["error"];
    const used = await code();
    expect(await ask({ code: used })).toBeUndefined();
    expect(await ask({ code: used })).toBe("invalid_grant");
    expect(await ask({ redirect_uri: "http://localhost:3000/x" })).toBe("redirect_uri_mismatch");
    expect(await ask({ client_secret: "x" })).toBe("invalid_client");
    const late = await code();
    now += 11 * 60_000;
    expect(await ask({ code: late })).toBe("invalid_grant");
  });

  it("a token ends with its hour and is renewed by the lasting one, until that is taken back", async () => {
    now += 3_600_000;
    expect((await call("GET", lists)).said).toEqual([401, "UNAUTHENTICATED", "ACCESS_TOKEN_EXPIRED"]);
    const fresh = await exchange({ grant_type: "refresh_token", refresh_token: lasting });
    expect(fresh.body["refresh_token"]).toBeUndefined();
    expect((await call("GET", lists, undefined, String(fresh.body["access_token"]))).said).toBeUndefined();
    await control("tokens", { make: "revoked" });
    expect(await exchange({ grant_type: "refresh_token", refresh_token: lasting })).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });
});

describe("lists", () => {
  it("one is made, found and read", async () => {
    const id = await made();
    expect((await call("GET", `${lists}?filter=${encodeURIComponent('display_name = "Cart abandoners"')}`)).body).toMatchObject({ userLists: [{ id }] });
    expect((await call("GET", `${lists}/${id}`)).body).toMatchObject({ id, membershipDuration: "46656000s", sizeInfo: { displayNetworkMembersCount: "0" } });
  });

  it.each<[law: string, displayName: string, changes: Json, reason: string]>([
    ["a name twice", "Cart abandoners", {}, "DISPLAY_NAME_ALREADY_USED"],
    ["no name", " ", {}, "REQUIRED_FIELD_MISSING"],
    ["half a day", "B", { membershipDuration: "43200s" }, "INVALID_ARGUMENT"],
    ["more than 540 days", "B", { membershipDuration: "46742400s" }, "MEMBERSHIP_DURATION_TOO_LONG"],
    ["an unknown field", "B", { nmae: "x" }, "INVALID_ARGUMENT"],
    ["an unknown word", "B", { membershipStatus: "AJAR" }, "INVALID_ENUM_VALUE"],
    ["no kind of identifier", "B", { ingestedUserListInfo: {} }, "UNSUPPORTED_USER_LIST_UPLOAD_KEY_TYPES"],
  ])("refuses %s", async (_law, displayName, changes, reason) => {
    await made();
    expect((await newList(displayName, changes)).said).toEqual([400, "INVALID_ARGUMENT", reason]);
  });

  it("an account of somebody else, and a list that is not there", async () => {
    expect((await call("GET", lists.replace("1234567890", "9999999999"))).said?.slice(0, 2)).toEqual([403, "PERMISSION_DENIED"]);
    expect((await call("GET", `${lists}/1`)).said?.slice(0, 2)).toEqual([404, "NOT_FOUND"]);
    expect((await call("GET", `${lists}?pagesize=1`)).said?.[0]).toBe(400);
  });
});

describe("people", () => {
  it("are taken at once and in the list ten minutes later, and leave in the same way by one identifier", async () => {
    const id = await made();
    const taken = await ingest(upload(id, [person("a@x.example"), person("b@x.example")]));
    expect(await statusOf(taken.body["requestId"])).toMatchObject({ requestStatus: "PROCESSING" });
    expect(await members(id)).toEqual([]);
    now += 10 * 60_000;
    expect(await statusOf(taken.body["requestId"])).toMatchObject({
      requestStatus: "SUCCESS",
      audienceMembersIngestionStatus: { userDataIngestionStatus: { recordCount: "2" } },
    });
    expect(await members(id)).toHaveLength(2);
    await ingest(upload(id, [person("a@x.example")]));
    expect((await call("POST", "/v1/audienceMembers:remove", removal(id, [person("b@x.example")]))).said).toBeUndefined();
    now += 10 * 60_000;
    expect(await members(id)).toEqual([[`email:${sha("a@x.example")}`]]);
  });

  it("what goes wrong later is told by reason, never by person", async () => {
    const id = await made();
    await control("processing", { minutes: 0, refuse: { records: 1, reason: "PROCESSING_ERROR_REASON_INTERNAL_ERROR" } });
    const some = await ingest(upload(id, [person("a@x.example"), person("b@x.example")]));
    const errorInfo = { errorCounts: [{ recordCount: "1", reason: "PROCESSING_ERROR_REASON_INTERNAL_ERROR" }] };
    expect(await statusOf(some.body["requestId"])).toMatchObject({ requestStatus: "PARTIAL_SUCCESS", errorInfo });
    await control("processing", { refuse: { records: 9, reason: "PROCESSING_ERROR_REASON_INTERNAL_ERROR" } });
    expect(await statusOf((await ingest(upload(id, [person("c@x.example")]))).body["requestId"])).toMatchObject({ requestStatus: "FAILED" });
    expect(await members(id)).toHaveLength(1);
  });

  const hashes = Array.from({ length: 11 }, (_, index) => ({ emailAddress: sha(String(index)) }));
  const one = (...userIdentifiers: Json[]): Json => ({ userData: { userIdentifiers } });
  it.each<[law: string, people: Json[], changes: Json, reason: string]>([
    ["a plain address", [one({ emailAddress: "maya@example.com" })], {}, "INVALID_HEX_ENCODING"],
    ["hex where base64 was said", [person("a")], { encoding: "BASE64" }, "INVALID_FORMAT"],
    ["no encoding", [person("a")], { encoding: "ENCODING_UNSPECIFIED" }, "REQUIRED_FIELD_MISSING"],
    ["nobody", [], {}, "REQUIRED_FIELD_MISSING"],
    ["somebody without identifiers", [one()], {}, "NO_IDENTIFIERS_PROVIDED"],
    ["eleven identifiers", [one(...hashes)], {}, "TOO_MANY_USER_IDENTIFIERS"],
    ["two in one", [one({ emailAddress: sha("a"), phoneNumber: sha("b") })], {}, "INVALID_AUDIENCE_MEMBER"],
    ["an address without a postal code", [one({ address: { givenName: sha("a"), familyName: sha("b"), regionCode: "GB" } })], {}, "REQUIRED_FIELD_MISSING"],
    [
      "a country in small letters",
      [one({ address: { givenName: sha("a"), familyName: sha("b"), regionCode: "gb", postalCode: "1" } })],
      {},
      "INVALID_REGION_CODE",
    ],
    ["no consent", [{ ...person("a"), consent: {} }], {}, "INVALID_ARGUMENT"],
    ["a consent denied", [{ ...person("a"), consent: { ...granted, adUserData: "CONSENT_DENIED" } }], {}, "INVALID_ARGUMENT"],
    ["an unknown consent", [{ ...person("a"), consent: { adUserData: "GRANTED" } }], {}, "INVALID_ENUM_VALUE"],
    ["an unknown field", [{ ...person("a"), email: "x" }], {}, "INVALID_ARGUMENT"],
    ["no terms", [person("a")], { termsOfService: {} }, "TERMS_AND_CONDITIONS_NOT_SIGNED"],
    [
      "another list",
      [person("a")],
      { destinations: [{ operatingAccount: { accountType: "GOOGLE_ADS", accountId: "1234567890" }, productDestinationId: "1" }] },
      "INVALID_USER_LIST_ID",
    ],
    ["no destination", [person("a")], { destinations: [] }, "REQUIRED_FIELD_MISSING"],
  ])("the whole call is refused for %s", async (_law, people, changes, reason) => {
    const id = await made();
    const { said } = await ingest(upload(id, people, changes));
    expect(said?.[0]).toBe(400);
    expect(said?.[2]).toBe(reason);
  });

  it("at most 10,000 in a call; the field says where a wrong one stands", async () => {
    const id = await made();
    const many = Array.from({ length: 10_001 }, () => person("a"));
    expect((await ingest(upload(id, many))).said?.[2]).toBe("TOO_MANY_AUDIENCE_MEMBERS");
    expect((await ingest(upload(id, [person("a"), one({ emailAddress: "x" })]))).field).toBe("audience_members[1].user_data.user_identifiers[0].email_address");
  });
});

describe("misfortune", () => {
  it("errors, pages of html and lost answers on demand, as often as was said", async () => {
    await control("faults", { word: "RESOURCE_EXHAUSTED", reason: "RESOURCE_EXHAUSTED" });
    expect((await call("GET", lists)).said).toEqual([429, "RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED"]);
    expect((await call("GET", lists)).said).toBeUndefined();
    await control("faults", { kind: "lost-answer", path: "userLists" });
    await expect(newList()).rejects.toThrow();
    expect((await newList()).said?.[2]).toBe("DISPLAY_NAME_ALREADY_USED");
    expect((await control("faults", { kind: "explode" })).status).toBe(400);
  });

  it("the page says who is in a list, and shows no token", async () => {
    const id = await made();
    await control("processing", { minutes: 0 });
    await ingest(upload(id, [person("mayalee@gmail.com")]));
    const text = await (await fetch(`${base}/google?who=${encodeURIComponent("Maya.Lee+x@gmail.com")}`)).text();
    expect(text).toContain("Yes");
    expect(text).not.toContain("ya29.");
  });
});
