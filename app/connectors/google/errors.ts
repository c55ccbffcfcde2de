// Google's errors in our three. The reason in the details is the finest word, then google.rpc's status, then the HTTP status.
import { z } from "zod";
import { Rejected, Retryable, Unauthorized, type HttpResponse } from "../contract.ts";
import { read } from "./answer.ts";

const body = z.object({
  error: z.object({
    status: z.string().optional(),
    details: z.array(z.object({ reason: z.string().optional(), retryDelay: z.string().optional() })).optional(),
  }),
});
const tokenBody = z.object({ error: z.string() });

const passing = new Set(["UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "ABORTED", "CANCELLED", "UNKNOWN", "INTERNAL_ERROR"]);
const minute = 60_000;
const again = "Google no longer accepts the connection. Connect again.";

/** What only the merchant can put right, in a sentence she can act on. */
const forTheMerchant: Record<string, string> = {
  TERMS_AND_CONDITIONS_NOT_SIGNED: "Google's Customer Match terms are not accepted for this account yet. Accept them in Google Ads, then sync again.",
  ADVERTISER_TOS_NOT_ACCEPTED: "Google's Customer Match terms are not accepted for this account yet. Accept them in Google Ads, then sync again.",
  EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED:
    "Google wants to know whether this account runs political ads in the EU. Declare it in Google Ads, then sync again.",
  ADVERTISER_NOT_ALLOWLISTED_FOR_UPLOADED_DATA: "Google does not let this account use Customer Match yet. Google Ads says what it still needs.",
  NOT_ALLOWLISTED: "Google does not let this account use Customer Match yet. Google Ads says what it still needs.",
  DISPLAY_NAME_ALREADY_USED: "An audience of this name is already in the Google Ads account. Rename or remove it there, then sync again.",
  INVALID_USER_LIST_ID: "Google does not know this audience any more. It may have been removed there.",
};

/** The audience's name is taken: it can be made under another. */
export class NameTaken extends Rejected {}

/** How long Google asks us to wait: its RetryInfo, or a minute; never more than an hour. */
function waitFrom(delays: (string | undefined)[]): number {
  const asked = delays.map((one) => Number(/^(\d+(?:\.\d+)?)s$/.exec(one ?? "")?.[1] ?? 0) * 1000);
  return Math.min(60 * minute, Math.max(minute, ...asked));
}

function byStatus({ status }: HttpResponse): Error {
  if (status === 429) return new Retryable("Google asks us to slow down.", minute);
  if (status >= 500) return new Retryable(`Google answered ${status}.`);
  return status === 401 ? new Unauthorized(again) : new Rejected(`Google refused the call with status ${status}.`);
}

/** The error a refused answer stands for. Messages are ours: Google's may quote what was sent. */
export function errorOf(response: HttpResponse): Error {
  const error = read(body, response.text)?.error;
  if (error === undefined) return byStatus(response);
  const details = error.details ?? [];
  const reasons = details.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
  const status = error.status ?? "";
  if (status === "RESOURCE_EXHAUSTED" || response.status === 429) {
    return new Retryable("Google asks us to slow down.", waitFrom(details.map((one) => one.retryDelay)));
  }
  if (passing.has(status) || response.status >= 500) return new Retryable(`Google could not answer just now (${response.status}).`);
  if (status === "UNAUTHENTICATED" || response.status === 401) return new Unauthorized(again);
  if (reasons.includes("ACCESS_TOKEN_SCOPE_INSUFFICIENT")) {
    return new Unauthorized("Google says that a permission is missing. Connect again and allow everything that is asked.");
  }
  if (reasons.includes("DISPLAY_NAME_ALREADY_USED") || reasons.includes("ALREADY_EXISTS")) return new NameTaken(forTheMerchant.DISPLAY_NAME_ALREADY_USED);
  const known = reasons.find((one) => Object.hasOwn(forTheMerchant, one));
  if (known !== undefined) return new Rejected(forTheMerchant[known]);
  if (status === "PERMISSION_DENIED" || response.status === 403) {
    return new Rejected("The person who connected may not manage audiences of this Google Ads account. Connect with somebody who may.");
  }
  if (status === "NOT_FOUND") return new Rejected("Google does not know this audience or account any more. It may have been removed there.");
  const reason = reasons.find((one) => /^[A-Z_]{1,80}$/.test(one));
  return new Rejected(`Google refused the call (${reason ?? response.status}).`);
}

/** The same for the token endpoint, which answers as OAuth has it. */
export function tokenErrorOf(response: HttpResponse): Error {
  const word = read(tokenBody, response.text)?.error;
  if (response.status >= 500 || response.status === 429 || word === undefined) return byStatus(response);
  if (word === "invalid_grant") return new Unauthorized(again);
  return new Rejected(`Google refused to give a token (${/^[a-z_]{1,40}$/.test(word) ? word : response.status}).`);
}
