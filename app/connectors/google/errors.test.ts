import { describe, expect, test } from "vitest";
import { Rejected, Retryable, Unauthorized, type HttpResponse } from "../contract.ts";
import { errorOf, NameTaken, tokenErrorOf } from "./errors.ts";

const answer = (status: number, word: string, ...details: object[]): HttpResponse => ({
  status,
  headers: {},
  text: JSON.stringify({ error: { code: status, message: "quoting ann@x.test", status: word, details } }),
});
const reason = (text: string) => ({ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: text });

describe("the reason decides, then the status", () => {
  test.each<[law: string, response: HttpResponse, kind: new (...given: never[]) => Error, says: RegExp]>([
    ["too many calls", answer(429, "RESOURCE_EXHAUSTED"), Retryable, /slow down/],
    ["not just now", answer(503, "UNAVAILABLE"), Retryable, /just now/],
    ["an error of theirs", answer(500, "INTERNAL"), Retryable, /just now/],
    ["another change at the same time", answer(409, "ABORTED"), Retryable, /just now/],
    ["a token that ended", answer(401, "UNAUTHENTICATED"), Unauthorized, /Connect again/],
    ["a permission that was not given", answer(403, "PERMISSION_DENIED", reason("ACCESS_TOKEN_SCOPE_INSUFFICIENT")), Unauthorized, /permission is missing/],
    ["an account of somebody else", answer(403, "PERMISSION_DENIED"), Rejected, /may not manage audiences/],
    ["terms", answer(400, "FAILED_PRECONDITION", reason("TERMS_AND_CONDITIONS_NOT_SIGNED")), Rejected, /terms are not accepted/],
    ["a declaration for the EU", answer(400, "INVALID_ARGUMENT", reason("EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED")), Rejected, /political ads/],
    ["an audience that is gone", answer(404, "NOT_FOUND"), Rejected, /any more/],
    ["a name that is taken", answer(400, "INVALID_ARGUMENT", reason("DISPLAY_NAME_ALREADY_USED")), NameTaken, /already/],
    ["what we do not know, by its name", answer(400, "INVALID_ARGUMENT", reason("INVALID_HEX_ENCODING")), Rejected, /\(INVALID_HEX_ENCODING\)/],
    ["a reason that quotes", answer(400, "INVALID_ARGUMENT", reason("ann@x.test")), Rejected, /\(400\)/],
  ])("%s", (_law, response, kind, says) => {
    const error = errorOf(response);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(says);
    expect(error.message).not.toContain("@");
  });
});

test.each([
  ["12s", 60_000],
  ["600s", 600_000],
  ["99999999s", 3_600_000],
  ["soon", 60_000],
])("it waits as long as Google asks, between a minute and an hour: %s", (retryDelay, afterMs) =>
  expect(errorOf(answer(429, "RESOURCE_EXHAUSTED", { retryDelay }))).toMatchObject({ afterMs }),
);

test.each<[status: number, text: string, kind: new (...given: never[]) => Error]>([
  [400, '{"error":"invalid_grant","error_description":"Token has been expired or revoked."}', Unauthorized],
  [401, '{"error":"invalid_client"}', Rejected],
  [400, '{"error":"ann@x.test"}', Rejected],
  [503, "{}", Retryable],
  [429, '{"error":"rate_limit_exceeded"}', Retryable],
  [400, "<html>", Rejected],
])("the token endpoint: %i %s", (status, text, kind) => {
  const error = tokenErrorOf({ status, headers: {}, text });
  expect(error).toBeInstanceOf(kind);
  expect(error.message).not.toContain("@");
});
