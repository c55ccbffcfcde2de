import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { findConnection, oauthState } from "#app/destinations/connect.server.ts";
import { after, minute } from "#app/lib/time.ts";
import { queue } from "#app/queue.server.ts";
import { installed } from "#app/shops/refresh.server.ts";
import type { Shop } from "#app/shops/shop.ts";
import { act } from "../app.audiences/act.server.ts";
import { carryBack } from "./carry-back.server.ts";

const now = new Date("2026-11-21T09:00:00Z");
const bad = { kind: "page", page: "bad", status: 400 };
let shop: Shop;

/** Meta as it answers a good code; `status` lets it refuse. */
function metaAnswers(status = 200) {
  vi.stubGlobal("fetch", async (input: URL) => {
    if (status !== 200) return Response.json({ error: { message: "no", code: 100 } }, { status });
    return input.pathname.endsWith("/me/adaccounts")
      ? Response.json({ data: [{ id: "act_1", name: "Harbour", account_status: 1 }] })
      : Response.json({ access_token: "secret-token", expires_in: 5_000_000 });
  });
}

const come = (params: Record<string, string>, at = now, platform = "meta") => carryBack(platform, new URLSearchParams(params), at);

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

beforeAll(async () => {
  await queue();
  shop = await installed("meta.myshopify.com", ["read_orders"], now);
}, 60_000);
afterEach(() => vi.unstubAllGlobals());

describe("a merchant who returns from an ad platform", () => {
  test.each(["", "nonsense", "1.meta.1.x.y"])("with the state %j goes nowhere", async (state) => expect(await come({ code: "c", state })).toEqual(bad));

  test("after more than 15 minutes, with a changed state, or without a code goes nowhere", async () => {
    const state = oauthState(shop, "meta", now);
    expect(await come({ code: "c", state }, after(now, 16 * minute))).toEqual(bad);
    expect(await come({ code: "c", state: state.replace(/^\d+/, "999") })).toEqual(bad);
    expect(await come({ code: "c", state: oauthState(shop, "other", now) })).toEqual(bad);
    expect(await come({ state })).toEqual(bad);
    expect(await come({ code: "c", state }, now, "google")).toEqual(bad);
    expect(await come({ code: "c", state: oauthState(shop, "other", now) }, now, "other")).toEqual(bad);
  });

  test("who said no is brought back politely, and nothing is connected", async () => {
    expect(await come({ error: "access_denied", state: oauthState(shop, "meta", now) })).toEqual({
      kind: "back",
      to: "https://admin.shopify.com/store/meta/apps/comeback-test-key/app/audiences?denied=meta",
    });
    expect(await findConnection(shop.id, "meta")).toBeNull();
  });

  test("who agreed is brought into the admin of the shop that the state names, and only there can the code be redeemed", async () => {
    const state = oauthState(shop, "meta", now);
    expect(await come({ code: "c", state })).toEqual({
      kind: "back",
      to: `https://admin.shopify.com/store/meta/apps/comeback-test-key/app/audiences?${new URLSearchParams({ code: "c", state }).toString()}`,
    });
    expect(await findConnection(shop.id, "meta")).toBeNull();
    metaAnswers();
    const stranger = await installed("stranger.myshopify.com", ["read_orders"], now);
    expect(await act(stranger, form({ intent: "finish", code: "c", state }), now)).toMatchObject({ ok: false });
    expect(await act(shop, form({ intent: "finish", code: "c", state: `${state}x` }), now)).toMatchObject({ ok: false });
    expect(await act(shop, form({ intent: "finish", code: "c", state }), after(now, 16 * minute))).toMatchObject({ ok: false });
    for (const one of [shop, stranger]) expect(await findConnection(one.id, "meta")).toBeNull();
  });

  test("with a code that Meta refuses is told so, and nothing is connected", async () => {
    metaAnswers(400);
    expect(await act(shop, form({ intent: "finish", code: "c", state: oauthState(shop, "meta", now) }), now)).toMatchObject({ ok: false });
    expect(await findConnection(shop.id, "meta")).toBeNull();
  });

  test("with a good code is connected; the only ad account is chosen at once", async () => {
    metaAnswers();
    expect(await act(shop, form({ intent: "finish", code: "c", state: oauthState(shop, "meta", now) }), now)).toMatchObject({ ok: true });
    expect(await findConnection(shop.id, "meta")).toMatchObject({ state: "connected", accountId: "act_1" });
  });
});
