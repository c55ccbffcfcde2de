import { describe, expect, test } from "vitest";
import { fakeWire } from "../../../test/connector-battery.ts";
import { hmacHex, sha256 } from "../../lib/hash.ts";
import { Rejected, Unauthorized, type HttpRequest, type HttpResponse } from "../contract.ts";
import { meta } from "./connector.ts";

const connector = meta({ id: "app-1", secret: "app-secret" });
const audience = connector.audience ?? expect.unreachable();
const connect = connector.connect ?? expect.unreachable();
const settings = { token: "token-1", expiresAt: null, accountId: "act_1" };
const graph = "https://graph.facebook.com/v26.0";
const ok = (answer: object): HttpResponse => ({ status: 200, headers: {}, text: JSON.stringify(answer) });
const person = audience.identify({ ref: "p", email: "ann@x.test", phone: null, firstName: "Ann", lastName: null, country: "GB" }) ?? expect.unreachable();

test("every call carries the token's proof, so that a stolen token is worth nothing without our secret", async () => {
  const { wire, asked } = fakeWire((request) => (request.url.endsWith("/users") ? ok({ num_received: 1, num_invalid_entries: 0 }) : ok({ id: "2", data: [] })));
  await audience.create(wire, settings, { name: "n", description: "d" });
  await audience.add(wire, settings, "2", [person], 1);
  await audience.remove(wire, settings, "2", [person], 1);
  await audience.size(wire, settings, "2");
  await connect.accounts(wire, settings);
  for (const { form, query } of asked)
    expect({ ...form, ...query }).toMatchObject({ access_token: "token-1", appsecret_proof: hmacHex("app-secret", "token-1") });
  for (const { url } of asked) expect(url).not.toContain("token-1");
});

describe("audiences", () => {
  test("one is made in the chosen account, of people the shop itself knows", async () => {
    const { wire, asked } = fakeWire(() => ok({ id: "23850000000000001" }));
    expect(await audience.create(wire, settings, { name: "Cart abandoners", description: "d" })).toEqual({ externalId: "23850000000000001" });
    expect(asked[0]).toMatchObject({
      method: "POST",
      url: `${graph}/act_1/customaudiences`,
      form: { name: "Cart abandoners", subtype: "CUSTOM", customer_file_source: "USER_PROVIDED_ONLY" },
    });
  });

  test("without an account nobody is asked", async () => {
    const { wire, asked } = fakeWire(() => ok({ id: "1" }));
    await expect(audience.create(wire, { ...settings, accountId: null }, { name: "n", description: "d" })).rejects.toBeInstanceOf(Unauthorized);
    expect(asked).toEqual([]);
  });

  test.each([
    ["add", "POST"],
    ["remove", "DELETE"],
  ] as const)("%s is one whole session of one batch", async (verb, method) => {
    const { wire, asked } = fakeWire(() => ok({ num_received: 2, num_invalid_entries: 1, session_id: "1732183200000123" }));
    expect(await audience[verb](wire, settings, "2", [person, person], 1_732_183_200_000_123)).toEqual({
      received: 2,
      refused: 1,
      reference: "1732183200000123",
    });
    const { form, ...call } = asked[0] as HttpRequest;
    expect(call).toEqual({ method, url: `${graph}/2/users` });
    expect(JSON.parse(form?.session ?? "")).toEqual({ session_id: 1_732_183_200_000_123, batch_seq: 1, last_batch_flag: true, estimated_num_total: 2 });
    const row = [sha256("ann@x.test"), "", sha256("ann"), "", sha256("gb")];
    expect(JSON.parse(form?.payload ?? "")).toEqual({ schema: ["EMAIL", "PHONE", "FN", "LN", "COUNTRY"], data: [row, row] });
  });

  test("more than its limit is refused", async () => {
    const { wire } = fakeWire(() => ok({ num_received: 1, num_invalid_entries: 0 }));
    await expect(
      audience.add(
        wire,
        settings,
        "2",
        Array.from({ length: audience.limit + 1 }, () => person),
        1,
      ),
    ).rejects.toBeInstanceOf(Rejected);
  });

  test.each<[law: string, answer: object, size: object]>([
    [
      "between two bounds",
      { approximate_count_lower_bound: 1000, approximate_count_upper_bound: 1200, operation_status: { description: "Normal" } },
      { lower: 1000, upper: 1200, status: "Normal" },
    ],
    ["not told yet", { operation_status: {} }, { lower: null, upper: null, status: null }],
  ])("its size: %s", async (_law, answer, size) => expect(await audience.size(fakeWire(() => ok(answer)).wire, settings, "2")).toEqual(size));
});

describe("connecting", () => {
  const now = new Date("2026-11-21T09:00:00Z");

  test("asks for audiences, and for nothing else", () => {
    const url = new URL(connect.authorizeUrl({ state: "s", redirectUri: "https://app.test/connect/meta" }));
    expect(`${url.origin}${url.pathname}`).toBe("https://www.facebook.com/v26.0/dialog/oauth");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: "app-1",
      redirect_uri: "https://app.test/connect/meta",
      state: "s",
      response_type: "code",
      scope: "ads_management,business_management",
    });
    expect(url.searchParams.get("scope")).toBe(connect.scopes.join(","));
  });

  test("a code becomes the long token, with its end", async () => {
    const { wire, asked } = fakeWire(({ query }) =>
      ok(query?.grant_type === undefined ? { access_token: "short", expires_in: 5000 } : { access_token: "long", expires_in: 5_183_944 }),
    );
    expect(await connect.exchange(wire, { code: "code-1", redirectUri: "https://app.test/connect/meta", now })).toEqual({
      token: "long",
      expiresAt: "2027-01-20T08:59:04.000Z",
      accountId: null,
    });
    expect(asked.map((one) => one.query)).toEqual([
      { client_id: "app-1", client_secret: "app-secret", redirect_uri: "https://app.test/connect/meta", code: "code-1" },
      { grant_type: "fb_exchange_token", client_id: "app-1", client_secret: "app-secret", fb_exchange_token: "short" },
    ]);
  });

  test("a token may have no end", async () => {
    expect(await connect.exchange(fakeWire(() => ok({ access_token: "long" })).wire, { code: "c", redirectUri: "r", now })).toMatchObject({ expiresAt: null });
  });

  test("a code that was used before is refused in our words", async () => {
    const used = {
      status: 400,
      headers: {},
      text: JSON.stringify({ error: { message: "This authorization code has been used: code-1", type: "OAuthException", code: 100, error_subcode: 36009 } }),
    };
    await expect(connect.exchange(fakeWire(() => used).wire, { code: "code-1", redirectUri: "r", now })).rejects.toThrow(
      "Meta refused the call (code 100, subcode 36009).",
    );
  });

  test("accounts are offered, and one that is closed says so", async () => {
    const data = [
      { id: "act_1", name: "Main", currency: "GBP", account_status: 1 },
      { id: "act_2", name: "Closed", account_status: 101 },
      { id: "act_3", name: "Unknown" },
    ];
    expect(await connect.accounts(fakeWire(() => ok({ data })).wire, settings)).toEqual([
      { id: "act_1", name: "Main", currency: "GBP", problem: null },
      { id: "act_2", name: "Closed", currency: null, problem: "This ad account is not active." },
      { id: "act_3", name: "Unknown", currency: null, problem: null },
    ]);
  });
});
