// `POST /admin/api/2026-10/graphql.json` of every shop.
import express, { type Request, type Response, Router } from "express";
import { z } from "zod";
import { bulkOperations } from "./bulk.ts";
import { commerceQueries } from "./commerce-resolvers.ts";
import { discountMutations, discountQueries } from "./discount-resolvers.ts";
import type { ApiFaults } from "./faults.ts";
import { actualCost, type Bucket, leakyBucket, maximumQueryCost, requestedCost } from "./graphql-cost.ts";
import { prepare, type Roots, run } from "./graphql-execution.ts";
import { adminVersion, officialSchema, scopeRequirements } from "./official-schema.ts";
import { pixelMutations, pixelQueries } from "./pixel-resolvers.ts";
import { shopHost } from "./shop-host.ts";
import { shopQueries } from "./shop-resolvers.ts";
import type { Shops } from "./shop-state.ts";

export type AdminApiSettings = {
  shops: Shops;
  /** The shop an access token belongs to, while it is good. */
  shopOf: (accessToken: string) => string | undefined;
  now: () => Date;
  worldUrl: () => string;
  faults: ApiFaults;
};

/** Every operation that reached the API, for tests. */
export type ApiCall = { shop: string; operation: string; requested: number; status: number; errors: number };

const bodyShape = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

/** The Admin API of all shops of the world. */
export function adminApi(settings: AdminApiSettings) {
  const { faults } = settings;
  const buckets = new Map<string, Bucket>();
  const calls: ApiCall[] = [];
  const bulk = bulkOperations({ now: settings.now, faults, schema: officialSchema, roots: () => roots });
  const roots: Roots = {
    QueryRoot: { ...shopQueries, ...commerceQueries, ...discountQueries, ...pixelQueries, ...bulk.queries },
    Mutation: { ...discountMutations, ...pixelMutations, ...bulk.mutations },
  };

  const bucketOf = (shop: string): Bucket => {
    const bucket = buckets.get(shop) ?? leakyBucket(settings.now);
    buckets.set(shop, bucket);
    return bucket;
  };

  async function answer(request: Request, response: Response): Promise<void> {
    const domain = shopHost(request);
    response.setHeader("X-Shopify-API-Version", adminVersion);
    if (request.params["version"] !== adminVersion || !settings.shops.find(domain)) {
      response.status(404).json({ errors: "Not Found" });
      return;
    }
    if (settings.shopOf(request.get("X-Shopify-Access-Token") ?? "") !== domain) {
      response.status(401).json({ errors: "[API] Invalid API key or access token (unrecognized login or wrong password)" });
      return;
    }
    if (faults.tooMany > 0) {
      faults.tooMany -= 1;
      response
        .status(429)
        .setHeader("Retry-After", "2.0")
        .json({ errors: "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service." });
      return;
    }
    if (faults.status && faults.status.times > 0) {
      faults.status.times -= 1;
      response.status(faults.status.code).json({ errors: "Internal Server Error. Request ID: sandbox" });
      return;
    }
    const body = bodyShape.safeParse(request.body);
    if (!body.success) {
      response.status(400).json({ errors: { query: "Required parameter missing or invalid" } });
      return;
    }
    await execute(domain, body.data, response);
  }

  async function execute(domain: string, body: z.infer<typeof bodyShape>, response: Response): Promise<void> {
    const schema = await officialSchema();
    const bucket = bucketOf(domain);
    const prepared = prepare(schema, body.query, body.operationName ?? null);
    if ("errors" in prepared) {
      calls.push({ shop: domain, operation: "invalid", requested: 0, status: 200, errors: prepared.errors.length });
      response.json({ errors: prepared.errors });
      return;
    }
    const variables = body.variables ?? {};
    const requested = requestedCost(schema, prepared.document, prepared.operation, variables);
    const call: ApiCall = { shop: domain, operation: prepared.operation.name?.value ?? "anonymous", requested, status: 200, errors: 0 };
    calls.push(call);
    const refuse = (message: string, code: string, extra: object = {}): void => {
      call.errors = 1;
      response.json({
        errors: [{ message, extensions: { code, documentation: "https://shopify.dev/api/usage/rate-limits", ...extra } }],
        extensions: { cost: { requestedQueryCost: requested, actualQueryCost: null, throttleStatus: bucket.status() } },
      });
    };
    if (requested > maximumQueryCost) {
      refuse(`Query cost is ${requested}, which exceeds the single query max cost limit (${maximumQueryCost}).`, "MAX_COST_EXCEEDED", {
        cost: requested,
        maxCost: maximumQueryCost,
      });
      return;
    }
    if (faults.throttle > 0) {
      faults.throttle -= 1;
      bucket.drain();
      refuse("Throttled", "THROTTLED");
      return;
    }
    if (!bucket.take(requested)) {
      refuse("Throttled", "THROTTLED");
      return;
    }
    const shop = settings.shops.get(domain);
    const result = await run(schema, prepared, variables, roots, {
      shop,
      now: settings.now(),
      worldUrl: settings.worldUrl(),
      granted: shop.scopes,
      requirements: await scopeRequirements(),
      unapproved: faults.unapproved,
    });
    const actual = String(prepared.operation.operation) === "mutation" ? requested : Math.min(requested, actualCost(result.data) - 1);
    bucket.giveBack(requested - Math.max(0, actual));
    call.errors = result.errors?.length ?? 0;
    response.json({
      ...result,
      extensions: { cost: { requestedQueryCost: requested, actualQueryCost: Math.max(0, actual), throttleStatus: bucket.status() } },
    });
  }

  const router = Router();
  router.post("/admin/api/:version/graphql.json", express.json({ limit: "2mb" }), (request, response, next) => {
    answer(request, response).catch(next);
  });
  return { router, files: bulk.files, calls: (): readonly ApiCall[] => calls };
}
