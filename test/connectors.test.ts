// The battery over every connector that the registry knows.
import { describe, expect, test } from "vitest";
import { connectors } from "../app/connectors/registry.server.ts";
import { battery, type Sample } from "./connector-battery.ts";
import { testEnvironment } from "./environment.ts";

type Registry = Required<ReturnType<typeof connectors>>;
/** A connector without a sample is a type error here: nobody is left untried. */
type Samples = { [Id in keyof Registry]: Registry[Id] extends { settings: { _output: infer Settings } } ? Sample<Settings> : never };

const samples: Samples = {
  meta: {
    settings: { token: "the-merchants-token", expiresAt: "2027-01-20T09:00:00.000Z", accountId: "act_1" },
    secrets: ["the-merchants-token", testEnvironment.META_APP_SECRET],
    plain: [],
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
};

const known = connectors();

test("the registry knows every connector that has credentials, under its own id", () => {
  expect(Object.keys(known).sort()).toEqual(Object.keys(samples).sort());
  for (const [id, connector] of Object.entries(known)) expect(connector.id).toBe(id);
});

describe("meta", () => battery(known.meta ?? expect.unreachable(), samples.meta));
