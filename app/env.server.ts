import { z } from "zod";

const csv = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part.length > 0),
);

const schema = z.object({
  NODE_ENV: z.enum(["production", "development", "test"]).default("production"),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgresql:// address" }),
  DATABASE_POOL: z.coerce.number().int().min(2).max(100).default(10),
  SHOPIFY_API_KEY: z.string().min(1),
  SHOPIFY_API_SECRET: z.string().min(1),
  /** The secret before the last rotation: Shopify may sign with it for up to an hour. */
  SHOPIFY_API_SECRET_PREVIOUS: z.string().min(1).optional(),
  SHOPIFY_APP_URL: z.url({ protocol: /^https?$/, error: "must be the http(s) address at which Shopify reaches the app" }),
  SCOPES: csv.pipe(z.array(z.string()).min(1)),
  ENCRYPTION_KEY: z.string().refine((text) => Buffer.from(text, "base64").length === 32, "must be 32 random bytes in base64: openssl rand -base64 32"),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: "must be an smtp:// or smtps:// address" }),
  META_APP_ID: z.string().min(1).optional(),
  META_APP_SECRET: z.string().min(1).optional(),
  GOOGLE_CLIENT_ID: z.string().min(1).optional(),
  GOOGLE_CLIENT_SECRET: z.string().min(1).optional(),
  APP_BRIDGE_URL: z.url().optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
  /** How many pixel requests a second one shop may send for long; ten times as many at once. */
  PIXEL_SHOP_PER_SECOND: z.coerce.number().int().min(1).max(1_000_000).default(200),
  /** How often the worker looks for what time alone has made true, in seconds. */
  SWEEP_EVERY_SECONDS: z.coerce.number().min(0.02).max(3600).default(20),
});

/** An ad platform is set up with both, or not at all. */
const bothOrNone = [
  ["META_APP_ID", "META_APP_SECRET"],
  ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"],
] as const;

export type Env = z.infer<typeof schema>;

/** Reads and checks the environment. Throws one error that lists everything that is wrong, by name, without any value. */
export function readEnv(source: Record<string, string | undefined>): Env {
  // An empty variable is a variable that was not set: compose files and CI write them so.
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = schema.safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${given[issue.path.join(".")] === undefined ? "is not set" : issue.message}`);
  for (const [id, secret] of bothOrNone) {
    if (given[id] !== undefined && given[secret] === undefined) problems.push(`  ${secret}: is not set, but ${id} is`);
    if (given[id] === undefined && given[secret] !== undefined) problems.push(`  ${id}: is not set, but ${secret} is`);
  }
  if (!parsed.success || problems.length > 0)
    throw new Error(`The environment is not right:\n${problems.join("\n")}\nSee .env.example for what each one means.`);
  return parsed.data;
}

let cached: Env | undefined;

/** The environment of this process, checked at first use. */
export function env(): Env {
  cached ??= readEnv(process.env);
  return cached;
}
