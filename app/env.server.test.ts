import { describe, expect, test } from "vitest";
import { noDatabase, testEnvironment } from "../test/environment.ts";
import { readEnv } from "./env.server.ts";

const good = { ...testEnvironment, DATABASE_URL: noDatabase };
const complaint = (change: Record<string, string | undefined>): string => {
  try {
    readEnv({ ...good, ...change });
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

test("what is whole is read, with what was not said", () => {
  expect(readEnv({ ...good, PORT: undefined, LOG_LEVEL: "" })).toMatchObject({ PORT: 3000, LOG_LEVEL: "info", DATABASE_POOL: 10, SWEEP_EVERY_SECONDS: 20 });
  expect(readEnv({ ...good, SCOPES: "read_orders, read_customers," }).SCOPES).toEqual(["read_orders", "read_customers"]);
});

describe("what is wrong is named", () => {
  test.each<[name: string, value: string | undefined, says: RegExp]>([
    ["DATABASE_URL", undefined, /DATABASE_URL: is not set/],
    ["DATABASE_URL", "", /DATABASE_URL: is not set/],
    ["DATABASE_URL", "mysql://x", /DATABASE_URL: must be a postgresql:\/\/ address/],
    ["SHOPIFY_API_KEY", undefined, /SHOPIFY_API_KEY: is not set/],
    ["SHOPIFY_API_SECRET", undefined, /SHOPIFY_API_SECRET: is not set/],
    ["SHOPIFY_APP_URL", "app.test", /SHOPIFY_APP_URL: must be/],
    ["SHOPIFY_APP_URL", "javascript:alert(1)", /SHOPIFY_APP_URL: must be/],
    ["SCOPES", " , ", /SCOPES: /],
    ["ENCRYPTION_KEY", undefined, /ENCRYPTION_KEY: is not set/],
    ["ENCRYPTION_KEY", Buffer.alloc(16).toString("base64"), /ENCRYPTION_KEY: must be 32 random bytes/],
    ["SMTP_URL", "http://mail.test", /SMTP_URL: must be an smtp/],
    ["PORT", "eighty", /PORT: /],
    ["PORT", "65536", /PORT: /],
    ["NODE_ENV", "produktion", /NODE_ENV: /],
    ["LOG_LEVEL", "loud", /LOG_LEVEL: /],
    ["SWEEP_EVERY_SECONDS", "0", /SWEEP_EVERY_SECONDS: /],
    ["META_APP_SECRET", undefined, /META_APP_SECRET: is not set, but META_APP_ID is/],
    ["META_APP_ID", undefined, /META_APP_ID: is not set, but META_APP_SECRET is/],
    ["GOOGLE_CLIENT_SECRET", undefined, /GOOGLE_CLIENT_SECRET: is not set, but GOOGLE_CLIENT_ID is/],
    ["GOOGLE_CLIENT_ID", undefined, /GOOGLE_CLIENT_ID: is not set, but GOOGLE_CLIENT_SECRET is/],
  ])("%s=%s", (name, value, says) => expect(complaint({ [name]: value })).toMatch(says));
});

test("all of it at once, so that nobody starts it ten times", () => {
  const nothing = (() => {
    try {
      readEnv({ PORT: "eighty" });
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  })();
  for (const name of ["PORT", "DATABASE_URL", "SHOPIFY_API_KEY", "SHOPIFY_API_SECRET", "SHOPIFY_APP_URL", "SCOPES", "ENCRYPTION_KEY", "SMTP_URL"])
    expect(nothing).toContain(`\n  ${name}: `);
  expect(nothing).toContain(".env.example");
});

test("and never a value: it may be a secret with a slip in it", () => {
  const secret = "hunter2";
  for (const name of Object.keys(good)) expect(complaint({ [name]: secret })).not.toContain(secret);
});

test("without Meta the app runs without Meta, and without Google without Google", () => {
  expect(readEnv({ ...good, GOOGLE_CLIENT_ID: "", GOOGLE_CLIENT_SECRET: "" }).GOOGLE_CLIENT_ID).toBeUndefined();
  expect(readEnv({ ...good, META_APP_ID: undefined, META_APP_SECRET: undefined }).META_APP_ID).toBeUndefined();
});
