// Meta: one custom audience reaches Facebook and Instagram alike.
import { z } from "zod";
import { hmacHex } from "../../lib/hash.ts";
import type { BatchOutcome, Connector, HttpRequest, Identifiers, Wire } from "../contract.ts";
import { Rejected, Unauthorized } from "../contract.ts";
import { errorOf } from "./errors.ts";
import { identify, schema } from "./map.ts";

const version = "v26.0";
/** Meta takes at most this many people in one call. */
const limit = 10_000;
const graph = `https://graph.facebook.com/${version}`;

export const settings = z.object({
  token: z.string(),
  expiresAt: z.string().nullable(),
  /** Chosen by the merchant after connecting: `act_…`. */
  accountId: z.string().nullable(),
});
export type MetaSettings = z.infer<typeof settings>;

const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.number().optional() });
const accountsAnswer = z.object({
  data: z.array(z.object({ id: z.string(), name: z.string(), currency: z.string().optional(), account_status: z.number().optional() })),
});
const created = z.object({ id: z.string() });
const usersAnswer = z.object({ num_received: z.number(), num_invalid_entries: z.number(), session_id: z.union([z.string(), z.number()]).optional() });
const sizeAnswer = z.object({
  approximate_count_lower_bound: z.number().optional(),
  approximate_count_upper_bound: z.number().optional(),
  operation_status: z.object({ description: z.string().optional() }).optional(),
});

/** Makes the connector for one Meta app. */
export function meta(app: { id: string; secret: string }): Connector<MetaSettings> {
  async function call<Answer>(wire: Wire, answer: z.ZodType<Answer>, request: HttpRequest): Promise<Answer> {
    const response = await wire.http(request);
    if (response.status < 200 || response.status > 299) throw errorOf(response);
    const parsed = answer.safeParse(safeJson(response.text));
    if (!parsed.success) throw new Rejected("Meta answered something we do not understand.");
    return parsed.data;
  }

  const proof = (token: string) => hmacHex(app.secret, token);
  const signed = (token: string) => ({ access_token: token, appsecret_proof: proof(token) });

  function account(from: MetaSettings): string {
    if (from.accountId === null) throw new Unauthorized("No ad account was chosen.");
    return from.accountId;
  }

  async function users(
    wire: Wire,
    from: MetaSettings,
    externalId: string,
    people: Identifiers[],
    reference: number,
    method: "POST" | "DELETE",
  ): Promise<BatchOutcome> {
    if (people.length > limit) throw new Rejected(`Meta takes at most ${limit} people in one call.`);
    const payload = { schema: [...schema], data: people.map((one) => schema.map((column) => one[column] ?? "")) };
    const session = { session_id: reference, batch_seq: 1, last_batch_flag: true, estimated_num_total: people.length };
    const answer = await call(wire, usersAnswer, {
      method,
      url: `${graph}/${externalId}/users`,
      form: { ...signed(from.token), payload: JSON.stringify(payload), session: JSON.stringify(session) },
    });
    return { received: answer.num_received, refused: answer.num_invalid_entries, reference: String(reference) };
  }

  return {
    id: "meta",
    label: "Meta",
    apiVersion: version,
    settings,
    connect: {
      scopes: ["ads_management", "business_management"],
      authorizeUrl: ({ state, redirectUri }) => {
        const url = new URL(`https://www.facebook.com/${version}/dialog/oauth`);
        url.search = new URLSearchParams({
          client_id: app.id,
          redirect_uri: redirectUri,
          state,
          response_type: "code",
          scope: "ads_management,business_management",
        }).toString();
        return url.href;
      },
      async exchange(wire, { code, redirectUri, now }) {
        const url = `${graph}/oauth/access_token`;
        const short = await call(wire, tokenAnswer, {
          method: "GET",
          url,
          query: { client_id: app.id, client_secret: app.secret, redirect_uri: redirectUri, code },
        });
        // The first token lasts an hour or two; the second about 60 days.
        const long = await call(wire, tokenAnswer, {
          method: "GET",
          url,
          query: { grant_type: "fb_exchange_token", client_id: app.id, client_secret: app.secret, fb_exchange_token: short.access_token },
        });
        const expiresAt = long.expires_in === undefined ? null : new Date(now.getTime() + long.expires_in * 1000).toISOString();
        return { token: long.access_token, expiresAt, accountId: null };
      },
      async accounts(wire, from) {
        const answer = await call(wire, accountsAnswer, {
          method: "GET",
          url: `${graph}/me/adaccounts`,
          query: { ...signed(from.token), fields: "id,name,currency,account_status" },
        });
        return answer.data.map((one) => ({
          id: one.id,
          name: one.name,
          currency: one.currency ?? null,
          problem: one.account_status === undefined || one.account_status === 1 ? null : "This ad account is not active.",
        }));
      },
    },
    audience: {
      limit,
      minimum: 100,
      identify,
      async create(wire, from, { name, description }) {
        const answer = await call(wire, created, {
          method: "POST",
          url: `${graph}/${account(from)}/customaudiences`,
          form: { ...signed(from.token), name, description, subtype: "CUSTOM", customer_file_source: "USER_PROVIDED_ONLY" },
        });
        return { externalId: answer.id };
      },
      add: (wire, from, externalId, people, reference) => users(wire, from, externalId, people, reference, "POST"),
      remove: (wire, from, externalId, people, reference) => users(wire, from, externalId, people, reference, "DELETE"),
      async size(wire, from, externalId) {
        const answer = await call(wire, sizeAnswer, {
          method: "GET",
          url: `${graph}/${externalId}`,
          query: { ...signed(from.token), fields: "approximate_count_lower_bound,approximate_count_upper_bound,operation_status" },
        });
        return {
          lower: answer.approximate_count_lower_bound ?? null,
          upper: answer.approximate_count_upper_bound ?? null,
          status: answer.operation_status?.description ?? null,
        };
      },
    },
  };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
