import { describe, expect, it } from "vitest";
import { account, errorOf, freshMeta, people, proof, sha, type Json } from "./fresh-meta.ts";

const meta = freshMeta();

describe("what Meta does not know is an error", () => {
  const cases: [string, string, string, Json, Json][] = [
    [
      "a field",
      "GET",
      account,
      { fields: "name,shoe_size" },
      { code: 100, message: "(#100) Tried accessing nonexisting field (shoe_size) on node type (AdAccount)" },
    ],
    ["a removed field", "GET", `${account}/customaudiences`, { fields: "approximate_count" }, { code: 100 }],
    ["a parameter", "GET", account, { colour: "red" }, { code: 100, message: "(#100) Unknown parameter: colour" }],
    ["an edge", "GET", `${account}/audiences`, {}, { code: 2500 }],
    ["an object", "GET", "1234", {}, { code: 100, error_subcode: 33, type: "GraphMethodException" }],
    ["a method", "DELETE", account, {}, { code: 100, error_subcode: 33 }],
  ];
  for (const [name, method, path, params, error] of cases) {
    it(name, async () => {
      const answer = await meta.graph(method, path, params);
      expect(answer.status).toBe(400);
      expect(errorOf(answer)).toMatchObject(error);
    });
  }

  it("another version", async () => {
    const response = await fetch(`${meta.base}/graph/v19.0/me?access_token=${meta.token}&appsecret_proof=${proof(meta.token)}`);
    expect(errorOf({ body: (await response.json()) as Json })).toMatchObject({ code: 2635 });
  });
});

describe("ad accounts and audiences", () => {
  it("lists the accounts with the fields asked for, page by page", async () => {
    const first = await meta.graph("GET", "me/adaccounts", { fields: "name,currency,tos_accepted", limit: 1 });
    expect(first.body["data"]).toEqual([{ name: "Harbour & Pine", currency: "GBP", tos_accepted: { custom_audience_tos: 1 }, id: account }]);
    const paging = first.body["paging"] as { cursors: { after: string }; next: string };
    expect(paging.next).toContain("graph.facebook.com");
    const second = await meta.graph("GET", "me/adaccounts", { limit: 1, after: paging.cursors.after });
    expect(second.body["data"]).toEqual([{ id: "act_120210000000002", account_id: "120210000000002" }]);
    expect((second.body["paging"] as Json)["next"]).toBeUndefined();
  });

  it("creates, reads, renames and deletes an audience, and tells the allowance", async () => {
    const id = await meta.audience();
    const read = await meta.graph("GET", id, {
      fields: "name,subtype,customer_file_source,approximate_count_lower_bound,operation_status,delivery_status,time_created",
    });
    expect(read.body).toMatchObject({
      id,
      name: "Cart abandoners",
      subtype: "CUSTOM",
      approximate_count_lower_bound: -1,
      operation_status: { code: 200 },
      delivery_status: { code: 300 },
      time_created: meta.now / 1000,
    });
    expect(JSON.parse(read.headers.get("x-business-use-case-usage") ?? "{}")).toMatchObject({
      "120210000000001": [{ type: "custom_audience", call_count: 0 }],
    });
    await meta.graph("POST", id, { name: "Renamed" });
    expect((await meta.graph("GET", `${account}/customaudiences`, { fields: "name" })).body["data"]).toEqual([{ id, name: "Renamed" }]);
    expect((await meta.graph("DELETE", id)).body).toEqual({ success: true });
    expect(errorOf(await meta.graph("GET", id))).toMatchObject({ error_subcode: 33 });
  });

  it("an audience needs a name, a subtype and a source; the terms come first", async () => {
    const make = async (params: Json, at = account) => errorOf(await meta.graph("POST", `${at}/customaudiences`, params));
    expect((await make({ subtype: "CUSTOM" }))["message"]).toBe("(#100) The parameter name is required");
    expect((await make({ name: "x", subtype: "CUSTOM" }))["message"]).toBe("(#100) Missing parameter: customer_file_source");
    expect(await make({ name: "x", subtype: "CUSTOM", customer_file_source: "ME" })).toMatchObject({ code: 100 });
    const trade = "act_120210000000002";
    const good = { name: "x", subtype: "CUSTOM", customer_file_source: "USER_PROVIDED_ONLY" };
    expect(await make(good, trade)).toMatchObject({ code: 200, error_subcode: 1870090 });
    await fetch(`${meta.base}/meta/business/ads/manage/customaudiences/tos/?act=120210000000002`, { method: "POST" });
    expect((await meta.graph("POST", `${trade}/customaudiences`, good)).status).toBe(200);
  });

  it("a form works as well as JSON, and POST with method=DELETE is a DELETE", async () => {
    const id = await meta.audience();
    const form = (extra: Record<string, string>) =>
      fetch(`${meta.base}/graph/v26.0/${id}/users`, {
        method: "POST",
        body: new URLSearchParams({
          access_token: meta.token,
          appsecret_proof: proof(meta.token),
          payload: JSON.stringify(people("a@x.example", "b@x.example")),
          ...extra,
        }),
      });
    expect((await form({})).status).toBe(200);
    expect(await meta.members(id)).toEqual([sha("a@x.example"), sha("b@x.example")]);
    expect((await form({ method: "delete" })).status).toBe(200);
    expect(await meta.members(id)).toEqual([]);
  });
});

describe("faults on demand", () => {
  it("the next calls answer the error asked for, then all is well", async () => {
    await meta.control("faults", { code: 2, transient: true, times: 2 });
    for (const _ of [1, 2]) expect(await meta.graph("GET", "me")).toMatchObject({ status: 500, body: { error: { code: 2, is_transient: true } } });
    expect((await meta.graph("GET", "me")).status).toBe(200);
  });

  it("only the calls meant are hit", async () => {
    const id = await meta.audience();
    await meta.control("faults", { code: 80003, subcode: 2446079, method: "POST", path: "/users" });
    expect((await meta.graph("GET", id)).status).toBe(200);
    expect(errorOf(await meta.graph("POST", `${id}/users`, { payload: people("a@x.example") }))).toMatchObject({ code: 80003 });
  });

  it("HTTP 500 without JSON, a reset, an expired token, terms", async () => {
    await meta.control("faults", { kind: "http", status: 503 });
    await expect(meta.graph("GET", "me")).rejects.toThrow(/JSON/);
    await meta.control("faults", { kind: "reset" });
    await expect(meta.graph("GET", "me")).rejects.toThrow("fetch failed");
    await meta.control("faults", { kind: "expired-token" });
    expect(errorOf(await meta.graph("GET", "me"))).toMatchObject({ code: 190, error_subcode: 463 });
    await meta.control("faults", { kind: "terms" });
    expect(errorOf(await meta.graph("GET", account))).toMatchObject({ error_subcode: 1870090 });
  });

  it("a lost answer is a change that happened", async () => {
    const id = await meta.audience();
    await meta.control("faults", { kind: "lost-answer" });
    await expect(meta.graph("POST", `${id}/users`, { payload: people("a@x.example") })).rejects.toThrow("fetch failed");
    expect(await meta.members(id)).toHaveLength(1);
  });

  it("a timeout is no answer at all", async () => {
    await meta.control("faults", { kind: "timeout" });
    await expect(fetch(`${meta.base}/graph/v26.0/me`, { signal: AbortSignal.timeout(80) })).rejects.toThrow(/timeout/);
  });

  it("a used-up allowance is 80003 with the time to wait", async () => {
    await meta.control("usage", { percent: 100, regainMinutes: 7 });
    const answer = await meta.graph("GET", account);
    expect(errorOf(answer)).toMatchObject({ code: 80003 });
    expect(answer.headers.get("x-business-use-case-usage")).toContain('"estimated_time_to_regain_access":7');
    await meta.control("usage", { percent: null });
    expect((await meta.graph("GET", account)).status).toBe(200);
  });
});

describe("the ad account page", () => {
  it("finds a person by address, and never shows a token", async () => {
    const id = await meta.audience();
    await meta.graph("POST", `${id}/users`, { payload: people("maya@example.com") });
    const text = async (who: string) => (await fetch(`${meta.base}/meta?who=${encodeURIComponent(who)}`)).text();
    expect(await text(" Maya@Example.com ")).toContain("<strong>Yes</strong>");
    expect(await text("someone@example.com")).toContain("<strong>No</strong>");
    expect(await text("maya@example.com")).not.toContain(meta.token);
  });

  it("everything is still there after a restart", async () => {
    const id = await meta.audience();
    await meta.graph("POST", `${id}/users`, { payload: people("maya@example.com") });
    meta.standIn?.restore(JSON.parse(JSON.stringify(meta.standIn?.save())));
    expect(await meta.members(id)).toEqual([sha("maya@example.com")]);
    expect((await meta.graph("GET", id, { fields: "name" })).body).toMatchObject({ name: "Cart abandoners" });
  });
});
