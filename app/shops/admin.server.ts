import { GraphqlQueryError, HttpResponseError, HttpThrottlingError, type Session } from "@shopify/shopify-api";
import { ZodError, type z } from "zod";
import { log } from "../log.server.ts";
import { minute, second } from "../lib/time.ts";
import { api } from "./api.server.ts";
import { loadSession, storeSession } from "./sessions.server.ts";
import { dropLease, takeLease } from "./store.server.ts";

/**
 * One typed operation of the Admin API: its document, and the part of the answer that we read. One file each in admin/. `whole`: an answer beside an
 * error is none, because a null in it would be taken for "there is no such thing".
 */
export type Operation<Answer, Variables extends Record<string, unknown>> = {
  name: string;
  document: string;
  answer: z.ZodType<Answer>;
  variables?: Variables;
  whole?: true;
  /** It can wait: half of the shop's budget is left to whoever cannot. */
  gentle?: true;
};

/** Why the Admin API did not answer: `reconnect` needs the merchant to open the app, `later` is worth another try, `refused` is not. */
export class AdminError extends Error {
  override name = "AdminError";
  readonly kind: "reconnect" | "later" | "refused";
  constructor(kind: "reconnect" | "later" | "refused", message: string) {
    super(message);
    this.kind = kind;
  }
}

type Budget = { maximumAvailable?: number | undefined; currentlyAvailable?: number | undefined; restoreRate?: number | undefined };
type Answered = { data?: unknown; extensions?: { cost?: { throttleStatus?: Budget | undefined } | undefined } | undefined };

/** How long the shop's budget needs until half of it is there again; at most ten seconds. */
function pauseAfter({ extensions }: Answered): number {
  const { maximumAvailable = 0, currentlyAvailable = 0, restoreRate = 0 } = extensions?.cost?.throttleStatus ?? {};
  const lacking = maximumAvailable / 2 - currentlyAvailable;
  return lacking <= 0 || restoreRate <= 0 ? 0 : Math.min(10 * second, (lacking / restoreRate) * second);
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * A session whose token is good for another five minutes; refreshed by whoever holds the shop's lease, waited for by the others. `refused` is a token
 * that Shopify did not take although it should still be good: our clock may be behind, or it was revoked.
 */
async function freshSession(domain: string, refused: string | null): Promise<Session> {
  const id = `offline_${domain}`;
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const session = await loadSession(id);
    const good = (one: Session) => !one.isExpired(5 * minute) && one.accessToken !== refused;
    if (session === undefined) throw new AdminError("reconnect", "The shop has no session. It begins again when the merchant opens the app.");
    if (good(session)) return session;
    if (session.refreshToken === undefined) throw new AdminError("reconnect", "The shop's access has ended. It begins again when the merchant opens the app.");
    const now = new Date();
    if (await takeLease(domain, id, now, new Date(now.getTime() + 20 * second))) {
      // Whoever had the lease a moment ago may have renewed it since we looked.
      const latest = (await loadSession(id)) ?? session;
      if (good(latest)) {
        await dropLease(domain, id);
        return latest;
      }
      try {
        const { session: renewed } = await api().auth.refreshToken({ shop: domain, refreshToken: latest.refreshToken ?? session.refreshToken });
        await storeSession(renewed);
        return renewed;
      } catch (error) {
        throw failure(error, "token refresh");
      }
    }
    await wait(250);
  }
  throw new AdminError("later", "The shop's access is being renewed.");
}

function failure(error: unknown, name: string): AdminError {
  if (error instanceof AdminError) return error;
  if (error instanceof ZodError) return new AdminError("refused", `Shopify answered something that we do not understand (${name}).`);
  if (error instanceof HttpThrottlingError) return new AdminError("later", `Shopify asks us to slow down (${name}).`);
  if (error instanceof HttpResponseError) {
    const { code } = error.response as { code: number };
    if (code === 401 || code === 400) return new AdminError("reconnect", `Shopify no longer accepts the shop's access (${name}).`);
    return new AdminError(code === 429 || code >= 500 ? "later" : "refused", `Shopify answered ${code} (${name}).`);
  }
  if (error instanceof GraphqlQueryError) {
    const errors = (error.body?.errors as { graphQLErrors?: { extensions?: { code?: string } }[] } | undefined)?.graphQLErrors ?? [];
    const codes = errors.map((one) => one.extensions?.code);
    if (codes.includes("THROTTLED")) return new AdminError("later", `Shopify asks us to slow down (${name}).`);
    return new AdminError("refused", `Shopify refused ${name}${codes.includes("ACCESS_DENIED") ? ": a scope is missing" : ""}.`);
  }
  return new AdminError("later", `Shopify did not answer (${name}).`);
}

/**
 * Runs one operation for a shop. Fields that the app was not approved for come back as null beside an error; where the answer still fits, it is
 * used. Throttling is waited out for a few seconds. Throws `AdminError`.
 */
export async function admin<Answer, Variables extends Record<string, unknown>>(domain: string, operation: Operation<Answer, Variables>): Promise<Answer> {
  let refused: string | null = null;
  for (let attempt = 1; ; attempt += 1) {
    let session: Session | null = null;
    try {
      session = await freshSession(domain, refused);
      const client = new (api().clients.Graphql)({ session });
      const answer: Answered = await client.request(operation.document, operation.variables === undefined ? {} : { variables: operation.variables });
      if (operation.gentle) await wait(pauseAfter(answer));
      return operation.answer.parse(answer.data);
    } catch (error) {
      const partial =
        error instanceof GraphqlQueryError && operation.whole === undefined
          ? operation.answer.safeParse((error.body as { data?: unknown } | undefined)?.data)
          : null;
      if (partial?.success === true) return partial.data;
      if (error instanceof HttpResponseError && (error.response as { code: number }).code === 401 && refused === null && session?.accessToken !== undefined) {
        refused = session.accessToken;
        continue;
      }
      const failed = failure(error, operation.name);
      log.info({ shop: domain, operation: operation.name, kind: failed.kind, attempt }, "admin api");
      if (failed.kind !== "later" || attempt >= 4) throw failed;
      await wait(attempt * 1000);
    }
  }
}
