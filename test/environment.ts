// What the product is told in tests: everything it asks for, nothing of it real.

/** The app's environment without a database. Tests that start the app as a process add theirs to it. */
export const testEnvironment = {
  NODE_ENV: "test",
  PORT: "0",
  SHOPIFY_API_KEY: "comeback-test-key",
  SHOPIFY_API_SECRET: "comeback-test-secret",
  SHOPIFY_API_SECRET_PREVIOUS: "comeback-test-secret-before",
  SHOPIFY_APP_URL: "https://app.comeback.test",
  SCOPES: "read_orders,read_customers,read_customer_merge,read_products,read_inventory,read_discounts,write_discounts,write_pixels,read_customer_events",
  ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64"),
  SMTP_URL: "smtp://127.0.0.1:1",
  META_APP_ID: "comeback-test-meta-app",
  META_APP_SECRET: "comeback-test-meta-secret",
  GOOGLE_CLIENT_ID: "comeback-test-google-client",
  GOOGLE_CLIENT_SECRET: "comeback-test-google-secret",
  LOG_LEVEL: "fatal",
} as const;

/** An address at which nobody answers, for tests that must not need a database. */
export const noDatabase = "postgresql://no-database@127.0.0.1:1/this-test-has-no-database";
