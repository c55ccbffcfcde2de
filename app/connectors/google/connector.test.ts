import { describe, expect, test } from "vitest";
import { fakeWire } from "../../../test/connector-battery.ts";
import { sha256 } from "../../lib/hash.ts";
import { Rejected, Unauthorized, type HttpResponse } from "../contract.ts";
import { customerId, google } from "./connector.ts";

const connector = google({ id: "client-1", secret: "client-secret" });
const audience = connector.audience ?? expect.unreachable();
const connect = connector.connect ?? expect.unreachable();
const now = new Date("2026-11-21T09:00:00Z");
const settings = { token: "token-1", expiresAt: "2026-11-21T10:00:00.000Z", refreshToken: "lasting-1", accountId: "1234567890" };
const base = "https://datamanager.googleapis.com/v1";
const ok = (answer: object): HttpResponse => ({ status: 200, headers: {}, text: JSON.stringify(answer) });
const refused = (status: number, word: string, reason: string): HttpResponse => ({
  status,
  headers: {},
  text: JSON.stringify({ error: { code: status, status: word, details: [{ reason }] } }),
});
const person =
  audience.identify({ ref: "p", email: "ann@x.test", phone: "+447400123456", firstName: "Ann", lastName: null, country: "GB" }) ?? expect.unreachable();

test("the token goes in the header, never in an address", async () => {
  const { wire, asked } = fakeWire(({ url }) => ok(url.includes("audienceMembers") ? { requestId: "r" } : { id: "7" }));
  await audience.create(wire, settings, { name: "n", description: "d" });
  await audience.add(wire, settings, "7", [person], 1);
  await audience.size(wire, settings, "7");
  for (const { headers, url, query } of asked) {
    expect(headers).toEqual({ authorization: "Bearer token-1" });
    expect(JSON.stringify({ url, query })).not.toContain("token-1");
  }
});

describe("audiences", () => {
  test("one list of the shop's own people, for as long as Google keeps anybody", async () => {
    const { wire, asked } = fakeWire(() => ok({ id: "7001" }));
    expect(await audience.create(wire, settings, { name: "Cart abandoners", description: "d" })).toEqual({ externalId: "7001" });
    expect(asked[0]).toMatchObject({
      method: "POST",
      url: `${base}/accountTypes/GOOGLE_ADS/accounts/1234567890/userLists`,
      json: { displayName: "Cart abandoners", membershipDuration: "46656000s", ingestedUserListInfo: { uploadKeyTypes: ["CONTACT_ID"] } },
    });
  });

  test("a name that is taken gives a new list, which starts empty, and nine names are enough", async () => {
    const taken = refused(400, "INVALID_ARGUMENT", "DISPLAY_NAME_ALREADY_USED");
    const second = fakeWire(({ json }) => ((json as { displayName: string }).displayName === "A" ? taken : ok({ id: "7002" })));
    expect(await audience.create(second.wire, settings, { name: "A", description: "d" })).toEqual({ externalId: "7002" });
    expect(second.asked.map(({ json }) => (json as { displayName: string }).displayName)).toEqual(["A", "A (2)"]);
    const never = fakeWire(() => taken);
    await expect(audience.create(never.wire, settings, { name: "A", description: "d" })).rejects.toBeInstanceOf(Rejected);
    expect(never.asked).toHaveLength(9);
  });

  test("people are sent with the consent they gave and the terms; a removal needs neither", async () => {
    const { wire, asked } = fakeWire(() => ok({ requestId: "request-9" }));
    expect(await audience.add(wire, settings, "7", [person], 1)).toEqual({ received: 1, refused: 0, reference: "request-9", pending: true });
    await audience.remove(wire, settings, "7", [person], 1);
    const destinations = [{ operatingAccount: { accountType: "GOOGLE_ADS", accountId: "1234567890" }, productDestinationId: "7" }];
    const userData = { userIdentifiers: [{ emailAddress: sha256("ann@x.test") }, { phoneNumber: sha256("+447400123456") }] };
    const consent = { adUserData: "CONSENT_GRANTED", adPersonalization: "CONSENT_GRANTED" };
    expect(asked).toMatchObject([{ url: `${base}/audienceMembers:ingest` }, { url: `${base}/audienceMembers:remove` }]);
    expect(asked[0]?.json).toEqual({
      destinations,
      audienceMembers: [{ userData, consent }],
      encoding: "HEX",
      termsOfService: { customerMatchTermsOfServiceStatus: "ACCEPTED" },
    });
    expect(asked[1]?.json).toEqual({ destinations, audienceMembers: [{ userData }], encoding: "HEX" });
  });

  test("without an account nobody is asked", async () => {
    const { wire, asked } = fakeWire(() => ok({ id: "1" }));
    await expect(audience.create(wire, { ...settings, accountId: null }, { name: "n", description: "d" })).rejects.toBeInstanceOf(Unauthorized);
    expect(asked).toEqual([]);
  });

  test.each<[law: string, answer: object, outcome: object | null]>([
    ["not yet", { requestStatus: "PROCESSING" }, null],
    ["a word we do not know is not yet", { requestStatus: "REQUEST_STATUS_UNKNOWN" }, null],
    ["all of it", { requestStatus: "SUCCESS" }, { refused: 0, problem: null }],
    [
      "some of it",
      {
        requestStatus: "PARTIAL_SUCCESS",
        errorInfo: { errorCounts: [{ recordCount: "2", reason: "PROCESSING_ERROR_REASON_NO_CONSENT" }, { recordCount: "1" }] },
      },
      { refused: 3, problem: "Google left out 3 people of a change (no consent)." },
    ],
    [
      "none of it",
      { requestStatus: "FAILED", errorInfo: { errorCounts: [{ recordCount: "5", reason: "PROCESSING_ERROR_REASON_INTERNAL_ERROR" }] } },
      { refused: 5, problem: expect.stringContaining("could not carry it out (internal error)") as string },
    ],
  ])("how a call went afterwards: %s", async (_law, one, outcome) => {
    const { wire, asked } = fakeWire(() => ok({ requestStatusPerDestination: [one] }));
    expect(await audience.outcome?.(wire, settings, "request-9")).toEqual(outcome);
    expect(asked[0]).toMatchObject({ method: "GET", url: `${base}/requestStatus:retrieve`, query: { requestId: "request-9" } });
  });

  test("its size is between the smallest and the largest of its networks", async () => {
    const sizeInfo = { displayNetworkMembersCount: "120", searchNetworkMembersCount: "80", youtubeMembersCount: "95", gmailMembersCount: "1" };
    expect(await audience.size(fakeWire(() => ok({ sizeInfo, membershipStatus: "OPEN" })).wire, settings, "7")).toEqual({
      lower: 80,
      upper: 120,
      status: "OPEN",
    });
    expect(await audience.size(fakeWire(() => ok({ id: "7" })).wire, settings, "7")).toEqual({ lower: null, upper: null, status: null });
  });
});

describe("connecting", () => {
  const scope = "https://www.googleapis.com/auth/datamanager";

  test("asks for audiences only, and for an access that lasts", () => {
    const url = new URL(connect.authorizeUrl({ state: "s", redirectUri: "https://app.test/connect/google" }));
    expect(`${url.origin}${url.pathname}`).toBe("https://accounts.google.com/o/oauth2/v2/auth");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: "client-1",
      redirect_uri: "https://app.test/connect/google",
      response_type: "code",
      scope,
      access_type: "offline",
      prompt: "consent",
      state: "s",
    });
  });

  test("a code becomes an hour's token and a lasting one", async () => {
    const { wire, asked } = fakeWire(() => ok({ access_token: "hour", expires_in: 3599, refresh_token: "lasting", scope }));
    expect(await connect.exchange(wire, { code: "c", redirectUri: "r", now })).toEqual({
      token: "hour",
      expiresAt: "2026-11-21T09:59:59.000Z",
      refreshToken: "lasting",
      accountId: null,
    });
    expect(asked).toEqual([
      {
        method: "POST",
        url: "https://oauth2.googleapis.com/token",
        form: { client_id: "client-1", client_secret: "client-secret", grant_type: "authorization_code", code: "c", redirect_uri: "r" },
      },
    ]);
  });

  test.each([
    ["no lasting token", { access_token: "hour", expires_in: 3599, scope }, /no lasting access/],
    ["a permission that was unticked", { access_token: "hour", expires_in: 3599, refresh_token: "l", scope: "openid" }, /not allowed/],
    ["nonsense", { token: 1 }, /do not understand/],
  ])("%s is refused", async (_law, answer, says) => {
    await expect(connect.exchange(fakeWire(() => ok(answer)).wire, { code: "c", redirectUri: "r", now })).rejects.toThrow(says);
  });

  test("a token is renewed before its hour is over, the account stays, and not a moment too soon", async () => {
    const { wire, asked } = fakeWire(() => ok({ access_token: "next", expires_in: 3600 }));
    expect(await connector.renew?.(wire, settings, now)).toBeNull();
    expect(asked).toEqual([]);
    expect(await connector.renew?.(wire, settings, new Date("2026-11-21T09:55:00Z"))).toEqual({
      token: "next",
      expiresAt: "2026-11-21T10:55:00.000Z",
      refreshToken: "lasting-1",
      accountId: "1234567890",
    });
    expect(asked[0]?.form).toMatchObject({ grant_type: "refresh_token", refresh_token: "lasting-1" });
  });

  test("a lasting token that was taken back asks for a new connection", async () => {
    const revoked = { status: 400, headers: {}, text: '{"error":"invalid_grant"}' };
    await expect(connector.renew?.(fakeWire(() => revoked).wire, settings, new Date("2026-11-21T11:00:00Z"))).rejects.toBeInstanceOf(Unauthorized);
  });

  test.each([
    ["1234567890", "1234567890"],
    [" 123-456-7890 ", "1234567890"],
    ["123 456 7890", "1234567890"],
    ["123456789", null],
    ["12345678901", null],
    ["123.456.7890", null],
    ["act_123456", null],
    ["../../../1", null],
  ])("a customer id has ten digits: %j", (text, id) => expect(customerId(text)).toBe(id));

  test("accounts cannot be listed; a typed one is asked for, and says where it may not be used", async () => {
    const { wire, asked } = fakeWire(() => ok({}));
    expect(await connect.accounts(wire, settings)).toBeNull();
    expect(await connect.typed?.(wire, settings, "nonsense")).toBeNull();
    expect(asked).toEqual([]);
    expect(await connect.typed?.(wire, settings, "123-456-7890")).toEqual({ id: "1234567890", name: "123-456-7890", currency: null, problem: null });
    const denied = fakeWire(() => refused(403, "PERMISSION_DENIED", "PERMISSION_DENIED"));
    expect(await connect.typed?.(denied.wire, settings, "1234567890")).toMatchObject({ problem: expect.stringContaining("may not manage") as string });
    const down = fakeWire(() => refused(401, "UNAUTHENTICATED", "UNAUTHENTICATED"));
    await expect(connect.typed?.(down.wire, settings, "1234567890")).rejects.toBeInstanceOf(Unauthorized);
  });
});
