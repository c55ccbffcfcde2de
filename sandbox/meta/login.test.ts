import { describe, expect, it } from "vitest";
import { account, errorOf, freshMeta, proof, redirectUri, type Json } from "./fresh-meta.ts";

const meta = freshMeta();

describe("connecting", () => {
  it("consent gives a code and the state back, the code a token, the token one for about 60 days", async () => {
    const back = await meta.consent("continue");
    expect(back.origin + back.pathname).toBe(redirectUri);
    expect(back.searchParams.get("state")).toBe("st");
    const { short, expiresIn } = await meta.login();
    expect(short).toMatchObject({ token_type: "bearer", expires_in: 7200 });
    expect(expiresIn).toBe(5_183_944);
    expect((await meta.graph("GET", "me")).body).toEqual({ id: "10160000000000001", name: "Robin Harbour" });
  });

  it("the dialog shows who and what, and cannot be framed", async () => {
    const response = await fetch(meta.dialogUrl());
    expect(response.headers.get("x-frame-options")).toBe("DENY");
    expect(await response.text()).toMatch(/Continue as Robin[\s\S]*Cancel/);
  });

  it("cancel comes back as access_denied with the state", async () => {
    const back = await meta.consent("cancel");
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: "access_denied", error_reason: "user_denied", state: "st" });
  });

  const refused: [string, Record<string, string>, RegExp][] = [
    ["another app id", { client_id: "1" }, /Invalid App ID/],
    ["a redirect to elsewhere", { redirect_uri: "https://evil.example/" }, /URL blocked/],
    ["no state", { state: "" }, /state/],
    ["an unknown scope", { scope: "ads_management,everything" }, /Invalid Scopes: everything/],
    ["no scope", { scope: "" }, /scope/],
    ["an unknown parameter", { scopes: "x" }, /Unknown parameter/],
  ];
  for (const [name, changes, sentence] of refused) {
    it(`the dialog refuses ${name}`, async () => {
      const response = await fetch(meta.dialogUrl(changes));
      expect(response.status).toBe(400);
      expect(await response.text()).toMatch(sentence);
    });
  }

  it("a code works once, for ten minutes, for its redirect address and with the app secret", async () => {
    const { code } = await meta.login();
    const at = async (changes: Record<string, string>) => errorOf({ body: await meta.exchange({ redirect_uri: redirectUri, code, ...changes }) });
    expect(await at({})).toMatchObject({ code: 100, error_subcode: 36009 });
    const fresh = async () => (await meta.consent("continue")).searchParams.get("code") ?? "";
    expect(await at({ code: await fresh(), redirect_uri: "http://localhost:3000/other" })).toMatchObject({ error_subcode: 36008 });
    expect(await at({ code: await fresh(), client_secret: "wrong" })).toMatchObject({ code: 1 });
    const late = await fresh();
    meta.now += 11 * 60_000;
    expect(await at({ code: late })).toMatchObject({ error_subcode: 36007 });
    expect(await at({ code: "invented" })).toMatchObject({ code: 100 });
  });
});

describe("who may call", () => {
  it("no token, an unknown token, no proof, a wrong proof", async () => {
    const call = async (query: string) => errorOf({ body: (await (await fetch(`${meta.base}/graph/v26.0/me?${query}`)).json()) as Json });
    expect(await call("")).toMatchObject({ code: 104, type: "OAuthException", fbtrace_id: expect.any(String) as string });
    expect(await call("access_token=EAAnone")).toMatchObject({ code: 190 });
    expect((await call(`access_token=${meta.token}`))["message"]).toMatch(/require an appsecret_proof/);
    expect((await call(`access_token=${meta.token}&appsecret_proof=${"0".repeat(64)}`))["message"]).toMatch(/Invalid appsecret_proof/);
  });

  it("a token ends when its time is over", async () => {
    meta.now += 5_183_944_000;
    expect(errorOf(await meta.graph("GET", "me"))).toMatchObject({ code: 190, error_subcode: 463 });
  });

  it("a token can be taken away", async () => {
    await meta.control("tokens", { make: "password" });
    expect(errorOf(await meta.graph("GET", "me"))).toMatchObject({ code: 190, error_subcode: 460 });
  });

  it("the bearer header is as good as the parameter", async () => {
    const response = await fetch(`${meta.base}/graph/v26.0/me?appsecret_proof=${proof(meta.token)}`, { headers: { authorization: `Bearer ${meta.token}` } });
    expect(response.status).toBe(200);
  });

  it("without ads_management nothing can be written", async () => {
    const { long } = await meta.login("ads_read");
    const answer = await meta.graph("POST", `${account}/customaudiences`, { name: "x", subtype: "CUSTOM" }, long);
    expect([answer.status, errorOf(answer)["code"]]).toEqual([403, 200]);
  });

  it("leaving revokes the token", async () => {
    expect((await meta.graph("DELETE", "me/permissions")).body).toEqual({ success: true });
    expect(errorOf(await meta.graph("GET", "me"))).toMatchObject({ code: 190 });
  });
});
