// Meta's errors in our three: decided by code, because the status is 400 even for throttling.
import { z } from "zod";
import { Rejected, Retryable, Unauthorized, type HttpResponse } from "../contract.ts";

const body = z.object({
  error: z.object({
    message: z.string().optional(),
    code: z.number(),
    error_subcode: z.number().optional(),
    is_transient: z.boolean().optional(),
  }),
});

const usage = z.record(z.string(), z.array(z.object({ estimated_time_to_regain_access: z.number().optional() })));

const throttled = new Set([4, 17, 32, 613, 80000, 80003, 80004, 80014]);
const transient = new Set([1, 2, 341]);
const minute = 60_000;

/** How long Meta asks us to wait, from its rate header (minutes), at least one minute. */
function waitFrom(headers: Record<string, string>): number {
  try {
    const parsed = usage.parse(JSON.parse(headers["x-business-use-case-usage"] ?? "{}"));
    const minutes = Object.values(parsed)
      .flat()
      .map((one) => one.estimated_time_to_regain_access ?? 0);
    return Math.min(60, Math.max(1, ...minutes)) * minute;
  } catch {
    return minute;
  }
}

/** What the status alone says: for answers without a body of Meta's own, and for codes we do not know. */
function byStatus({ status, headers }: HttpResponse): Error | null {
  if (status === 429) return new Retryable("Meta asks us to slow down.", waitFrom(headers));
  if (status >= 500) return new Retryable(`Meta answered ${status}.`);
  return status === 401 ? new Unauthorized("Meta no longer accepts the connection. Connect again.") : null;
}

/** The error a refused answer stands for. Messages are ours: Meta's may quote what was sent. */
export function errorOf(response: HttpResponse): Error {
  let parsed: z.infer<typeof body>["error"] | null = null;
  try {
    parsed = body.parse(JSON.parse(response.text)).error;
  } catch {
    parsed = null;
  }
  if (parsed === null) return byStatus(response) ?? new Rejected(`Meta refused the call with status ${response.status}.`);
  const { code, error_subcode: subcode } = parsed;
  if (throttled.has(code)) return new Retryable("Meta asks us to slow down.", waitFrom(response.headers));
  if (parsed.is_transient === true || transient.has(code) || response.status >= 500) return new Retryable(`Meta could not answer just now (code ${code}).`);
  if (code === 102 || code === 190) return new Unauthorized("Meta no longer accepts the connection. Connect again.");
  if (code === 200 && subcode === 1870090)
    return new Rejected("Meta's Custom Audience terms are not accepted for this ad account yet. Accept them in Meta Ads Manager, then sync again.");
  if (code === 200 && subcode === 1870050)
    return new Rejected("The connected person may not manage audiences of this ad account. Connect with somebody who may.");
  if (code === 10 || code === 200) return new Unauthorized("Meta says that a permission is missing. Connect again and allow everything that is asked.");
  if (code === 368) return new Rejected("Meta has blocked this ad account for a policy reason. See Meta Ads Manager.");
  if (code === 100 && subcode === 33) return new Rejected("Meta does not know this audience any more. It may have been deleted there.");
  return byStatus(response) ?? new Rejected(`Meta refused the call (code ${code}${subcode === undefined ? "" : `, subcode ${subcode}`}).`);
}
