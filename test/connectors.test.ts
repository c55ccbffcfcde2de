// The battery over every connector that the registry knows.
import { describe, expect, test } from "vitest";
import type { ConnectionSettings } from "../app/connectors/contract.ts";
import { connectors } from "../app/connectors/registry.server.ts";
import { battery, type Sample } from "./connector-battery.ts";
import { testEnvironment } from "./environment.ts";

type Registry = Required<ReturnType<typeof connectors>>;
/** A connector without a sample is a type error here: nobody is left untried. */
type Samples = { [Id in keyof Registry]: Registry[Id] extends { settings: { _output: infer Settings extends ConnectionSettings } } ? Sample<Settings> : never };

const samples: Samples = {
  meta: {
    settings: { token: "the-merchants-token", expiresAt: "2027-01-20T09:00:00.000Z", accountId: "act_1" },
    secrets: ["the-merchants-token", testEnvironment.META_APP_SECRET],
    plain: [],
    people: ({ form }) => JSON.parse(form?.payload ?? "null") as unknown,
    accepts: ({ method, url, form }) => {
      const ok = (answer: object) => ({ status: 200, headers: {}, text: JSON.stringify(answer) });
      if (method === "GET")
        return ok({ approximate_count_lower_bound: 100, approximate_count_upper_bound: 120, operation_status: { code: 200, description: "Normal" } });
      if (!url.endsWith("/users")) return ok({ id: "23850000000000001" });
      const { data } = JSON.parse(form?.payload ?? "{}") as { data: unknown[] };
      return ok({ audience_id: "23850000000000001", session_id: "1", num_received: data.length, num_invalid_entries: 0, invalid_entry_samples: {} });
    },
    refusal: (quoting) =>
      JSON.stringify({
        error: {
          message: `Invalid value ${quoting}`,
          type: "OAuthException",
          code: 2650,
          error_subcode: 1870147,
          error_user_msg: quoting,
          fbtrace_id: quoting,
        },
      }),
  },
  google: {
    settings: { token: "the-merchants-hour", expiresAt: "2026-11-21T10:00:00.000Z", refreshToken: "the-merchants-lasting", accountId: "1234567890" },
    secrets: ["the-merchants-hour", "the-merchants-lasting", testEnvironment.GOOGLE_CLIENT_SECRET],
    plain: [],
    people: ({ json }) =>
      (json as { audienceMembers?: { userData: unknown }[] } | undefined)?.audienceMembers?.map(({ userData }) => userData) ?? expect.unreachable("no people"),
    accepts: ({ method, url }) => {
      const ok = (answer: object) => ({ status: 200, headers: {}, text: JSON.stringify(answer) });
      if (url.includes("/audienceMembers:")) return ok({ requestId: "request-1" });
      return ok(method === "POST" ? { id: "7001" } : { id: "7001", sizeInfo: { displayNetworkMembersCount: "120", youtubeMembersCount: "90" } });
    },
    refusal: (quoting) =>
      JSON.stringify({
        error: {
          code: 400,
          message: `Invalid value ${quoting}`,
          status: "INVALID_ARGUMENT",
          details: [
            { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "INVALID_FORMAT", domain: "datamanager.googleapis.com", metadata: { quoting } },
            {
              "@type": "type.googleapis.com/google.rpc.BadRequest",
              fieldViolations: [{ field: "audience_members[0]", description: quoting, reason: quoting }],
            },
          ],
        },
      }),
  },
};

const known = connectors();

test("the registry knows every connector that has credentials, under its own id", () => {
  expect(Object.keys(known).sort()).toEqual(Object.keys(samples).sort());
  for (const [id, connector] of Object.entries(known)) expect(connector.id).toBe(id);
});

describe("meta", () => battery(known.meta ?? expect.unreachable(), samples.meta));
describe("google", () => battery(known.google ?? expect.unreachable(), samples.google));
