import { describe, expect, test } from "vitest";
import { Rejected, Retryable, Unauthorized } from "../contract.ts";
import { errorOf } from "./errors.ts";

type Kind = typeof Rejected | typeof Retryable | typeof Unauthorized;
const answer = (error: object, status = 400, headers: Record<string, string> = {}) => ({
  status,
  headers,
  text: JSON.stringify({ error: { message: "quoting ann@x.test", type: "OAuthException", fbtrace_id: "A1", ...error } }),
});

describe("Meta's codes decide, not the status: it throttles with 400", () => {
  test.each<[law: string, error: object, kind: Kind, says: RegExp]>([
    ...[4, 17, 32, 613, 80000, 80003, 80004, 80014].map((code): [string, object, Kind, RegExp] => [`throttled, ${code}`, { code }, Retryable, /slow down/]),
    ["throttled, with a subcode", { code: 17, error_subcode: 2446079 }, Retryable, /slow down/],
    ...[1, 2, 341].map((code): [string, object, Kind, RegExp] => [`passing, ${code}`, { code }, Retryable, /just now/]),
    ["passing, because it says so", { code: 100, is_transient: true }, Retryable, /just now/],
    ["session over", { code: 102 }, Unauthorized, /Connect again/],
    ["password changed", { code: 190, error_subcode: 460 }, Unauthorized, /Connect again/],
    ["token expired", { code: 190, error_subcode: 463 }, Unauthorized, /Connect again/],
    ["token invalid", { code: 190, error_subcode: 467 }, Unauthorized, /Connect again/],
    ["permission refused", { code: 10 }, Unauthorized, /permission/],
    ["permission missing", { code: 200 }, Unauthorized, /permission/],
    ["terms not accepted", { code: 200, error_subcode: 1870090 }, Rejected, /terms/],
    ["no right to this account", { code: 200, error_subcode: 1870050 }, Rejected, /may not manage/],
    ["blocked by policy", { code: 368 }, Rejected, /policy/],
    ["the audience is gone", { code: 100, error_subcode: 33 }, Rejected, /deleted/],
    ["a bad parameter", { code: 100 }, Rejected, /code 100\)/],
    ["anything else", { code: 2650, error_subcode: 1870147 }, Rejected, /code 2650, subcode 1870147/],
  ])("%s", (_law, error, kind, says) => {
    const thrown = errorOf(answer(error));
    expect(thrown).toBeInstanceOf(kind);
    expect(thrown.message).toMatch(says);
    expect(thrown.message).not.toContain("@");
  });

  test("a code we do not know falls back on the status", () => {
    expect(errorOf(answer({ code: 99_999 }, 500))).toBeInstanceOf(Retryable);
    expect(errorOf(answer({ code: 99_999 }, 429))).toBeInstanceOf(Retryable);
    expect(errorOf(answer({ code: 99_999 }, 401))).toBeInstanceOf(Unauthorized);
    expect(errorOf(answer({ code: 99_999 }, 403))).toBeInstanceOf(Rejected);
  });
});

describe("how long Meta asks us to wait", () => {
  const usage = (minutes: unknown) => ({
    "x-business-use-case-usage": JSON.stringify({ "1": [{ type: "custom_audience", call_count: 100, estimated_time_to_regain_access: minutes }] }),
  });
  test.each<[law: string, headers: Record<string, string>, minutes: number]>([
    ["a minute where it does not say", {}, 1],
    ["as it says, in minutes", usage(5), 5],
    ["a minute at least", usage(0), 1],
    ["an hour at most", usage(1_000_000_000), 60],
    ["never into the past", usage(-5), 1],
    ["a minute where it says nonsense", usage("soon"), 1],
    ["a minute where it is no JSON", { "x-business-use-case-usage": "{" }, 1],
    [
      "the longest of several accounts",
      { "x-business-use-case-usage": JSON.stringify({ "1": [{ estimated_time_to_regain_access: 3 }], "2": [{}, { estimated_time_to_regain_access: 12 }] }) },
      12,
    ],
  ])("%s", (_law, headers, minutes) => expect(errorOf(answer({ code: 80003 }, 400, headers))).toMatchObject({ afterMs: minutes * 60_000 }));
});
