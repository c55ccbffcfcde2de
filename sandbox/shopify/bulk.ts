// Bulk operations: a query that Shopify answers into a file, one object a line, at an address of its own.
import { createHmac, randomBytes } from "node:crypto";
import { Router } from "express";
import { GraphQLError, type GraphQLSchema, parse } from "graphql";
import { bulkProblem, linesFor, nodesOf, pageOf } from "./bulk-query.ts";
import type { ApiFaults } from "./faults.ts";
import { type ApiContext, prepare, type Resolver, type Roots, run } from "./graphql-execution.ts";
import { gid, idOf, newId } from "./ids.ts";

/** Where the files lie. */
const filesHost = "storage.googleapis.com";
const folder = "/shopify-tiers-assets-prod-us-east1/bulk-operation-outputs";

const takesMs = 1000;
const keptMs = 7 * 86_400_000;
/** Since 2026-01. */
const mostAtATime = 5;

type Operation = {
  id: number;
  shop: string;
  query: string;
  createdAt: Date;
  readyAt: Date;
  expiresAt: Date;
  /** The path of its file. */
  name: string;
  text: string;
  objects: number;
  roots: number;
  error: "ACCESS_DENIED" | "INTERNAL_SERVER_ERROR" | null;
};

type Settings = { now: () => Date; faults: ApiFaults; schema: () => Promise<GraphQLSchema>; roots: () => Roots };

export type BulkOperations = ReturnType<typeof bulkOperations>;

/** The bulk operations of one world. They are gone when it restarts, as results are some day. */
export function bulkOperations({ now, faults, schema: official, roots }: Settings) {
  const operations = new Map<string, Operation>();
  const secret = randomBytes(16).toString("hex");
  const signed = (name: string, expires: number) => createHmac("sha256", secret).update(`${name} ${expires}`).digest("hex");

  const statusOf = (one: Operation): string => {
    if (now() < one.readyAt) return now().getTime() - one.createdAt.getTime() < takesMs / 10 ? "CREATED" : "RUNNING";
    if (one.error !== null) return "FAILED";
    return now() < one.expiresAt ? "COMPLETED" : "EXPIRED";
  };

  function shown(one: Operation): Record<string, unknown> {
    const status = statusOf(one);
    const done = status === "COMPLETED";
    const expires = Math.floor(one.expiresAt.getTime() / 1000);
    const url = `https://${filesHost}${folder}/${one.name}?Expires=${expires}&Signature=${signed(one.name, expires)}&response-content-type=application%2Fjsonl`;
    return {
      __typename: "BulkOperation",
      id: gid("BulkOperation", one.id),
      type: "QUERY",
      query: one.query,
      status,
      errorCode: status === "FAILED" ? one.error : null,
      createdAt: one.createdAt.toISOString(),
      completedAt: done ? one.readyAt.toISOString() : null,
      objectCount: done ? String(one.objects) : "0",
      rootObjectCount: done ? String(one.roots) : "0",
      fileSize: done && one.objects > 0 ? String(Buffer.byteLength(one.text)) : null,
      // Nothing found is no file.
      url: done && one.objects > 0 ? url : null,
      partialDataUrl: null,
    };
  }

  /** The whole answer, page by page. Fields that the app is not approved for are null in it; what it may not read at all fails the operation. */
  async function written(query: string, grouped: boolean, context: ApiContext): Promise<Pick<Operation, "text" | "objects" | "roots" | "error">> {
    const schema = await official();
    const all = [];
    for (let after: string | null = null, more = true; more;) {
      const prepared = prepare(schema, pageOf(schema, query, after), null);
      if ("errors" in prepared) throw new Error(`A bulk query lost its meaning when it was paged: ${JSON.stringify(prepared.errors)}`);
      const { data, errors } = await run(schema, prepared, {}, roots(), context);
      if (errors?.some((one) => one.extensions["code"] === "ACCESS_DENIED")) return { text: "", objects: 0, roots: 0, error: "ACCESS_DENIED" };
      const missing = errors?.find((one) => one.extensions["code"] === "NOT_IMPLEMENTED_BY_STAND_IN");
      if (missing !== undefined) throw missing;
      const { nodes, next } = nodesOf(data as Record<string, unknown>);
      all.push(...nodes);
      after = next;
      more = next !== null;
    }
    // By way of JSON: GraphQL's objects have no prototype.
    const lines = linesFor(JSON.parse(JSON.stringify(all)) as Record<string, unknown>[], grouped);
    return { text: lines.map((line) => `${line}\n`).join(""), objects: lines.length, roots: all.length, error: null };
  }

  const refuse = (code: string, message: string) => ({
    bulkOperation: null,
    userErrors: [{ __typename: "BulkOperationUserError", field: ["query"], code, message }],
  });

  const mutations: Record<string, Resolver> = {
    bulkOperationRunQuery: async (args, context) => {
      const query = String(args["query"]);
      const schema = await official();
      const prepared = prepare(schema, query, null);
      if ("errors" in prepared) return refuse("INVALID", `Invalid bulk query: ${JSON.stringify(prepared.errors)}`);
      const problem = bulkProblem(schema, parse(query));
      if (problem !== null) return refuse("INVALID", problem);
      const running = [...operations.values()].filter((one) => one.shop === context.shop.domain && now() < one.readyAt);
      if (running.length >= mostAtATime) return refuse("LIMIT_REACHED", `No more than ${mostAtATime} bulk operations can run at a time.`);
      const at = now();
      const readyAt = new Date(at.getTime() + takesMs);
      const failing = faults.bulkFails > 0;
      if (failing) faults.bulkFails -= 1;
      const made = failing
        ? { text: "", objects: 0, roots: 0, error: "INTERNAL_SERVER_ERROR" as const }
        : await written(query, args["groupObjects"] === true, context);
      const operation: Operation = {
        ...{ id: newId(), shop: context.shop.domain, query, createdAt: at, readyAt, name: randomBytes(12).toString("hex") },
        ...{ expiresAt: new Date(readyAt.getTime() + keptMs) },
        ...made,
      };
      operations.set(`${operation.shop} ${operation.id}`, operation);
      return { bulkOperation: shown(operation), userErrors: [] };
    },
  };

  const queries: Record<string, Resolver> = {
    bulkOperation: (args, { shop }) => {
      const id = idOf("BulkOperation", String(args["id"]));
      if (id === undefined) throw new GraphQLError("Invalid global id", { extensions: { code: "BAD_REQUEST" } });
      const found = operations.get(`${shop.domain} ${id}`);
      return found ? shown(found) : null;
    },
  };

  /** The files, at their own host: whoever has an address may read, until it ends. */
  const files = Router();
  files.get(`${folder}/:name`, (request, response) => {
    const { name } = request.params;
    const expires = Number(request.query["Expires"]);
    if (request.query["Signature"] !== signed(name, expires))
      return void response.status(403).type("xml").send("<Error><Code>SignatureDoesNotMatch</Code></Error>");
    if (now().getTime() >= expires * 1000) return void response.status(400).type("xml").send("<Error><Code>ExpiredToken</Code></Error>");
    const found = [...operations.values()].find((one) => one.name === name);
    if (found === undefined || statusOf(found) !== "COMPLETED") return void response.status(404).type("xml").send("<Error><Code>NoSuchKey</Code></Error>");
    response.type("application/jsonl");
    if (faults.downloadCuts === 0) return void response.send(found.text);
    faults.downloadCuts -= 1;
    // More was promised than comes: the connection breaks in the middle of a line.
    response.setHeader("Content-Length", Buffer.byteLength(found.text));
    response.write(found.text.slice(0, Math.floor(found.text.length / 2)), () => response.destroy());
  });

  return { queries, mutations, files };
}
