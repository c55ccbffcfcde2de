// graph.facebook.com: reads a call strictly, checks who asks, and answers in Meta's shapes.
import express, { type Request, type Response } from "express";
import type { WorldContext } from "../context.ts";
import { withoutSecrets } from "../addresses.ts";
import { answer, type Answer, type Target } from "./answer.ts";
import { commonParams, fields, graphVersion, operations, type GraphType, type Operation } from "./definition.ts";
import { GraphError, invalid, missingObject } from "./error.ts";
import { faultError, takeFault, type Fault } from "./fault.ts";
import { readParams, type Params } from "./params.ts";
import { noteCall, type MetaState } from "./state.ts";
import { accessToken, authorize, type Token } from "./token.ts";

type Reply = { status: number; body: unknown; note: string; usage?: string };

/** The router for requests whose host is graph.facebook.com. */
export function graphRouter(state: MetaState, context: WorldContext): express.Router {
  const router = express.Router();
  router.use(express.raw({ type: () => true, limit: "64mb" }), (request, response, next) => {
    serve(state, context, request, response).catch(next);
  });
  return router;
}

async function serve(state: MetaState, context: WorldContext, request: Request, response: Response): Promise<void> {
  let reply: Reply;
  let method = request.method;
  let fault: Fault | undefined;
  const usage: { header?: string } = {};
  try {
    const params = await readParams(request);
    if (request.method === "POST" && typeof params["method"] === "string") method = params["method"].toUpperCase();
    fault = takeFault(state.faults, method, request.path);
    const account = /act_(\d+)/.exec(request.path)?.[1] ?? state.accounts[0]?.id ?? "";
    const asError = fault && faultError(fault, account);
    if (asError) throw asError;
    if (fault && fault.kind !== "lost-answer") return misbehave(state, context, fault, request, response);
    reply = run(state, context, method, request, params, usage);
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const { code, subcode } = error.fields;
    reply = { status: error.status, body: error.body(), note: `error ${code}${subcode === undefined ? "" : `/${subcode}`}: ${error.message}` };
  }
  noteCall(state, { at: context.now().toISOString(), method, path: shown(request), status: reply.status, note: reply.note });
  if (fault?.kind === "lost-answer") return void response.destroy();
  response.set("facebook-api-version", graphVersion);
  if (usage.header) response.set("X-Business-Use-Case-Usage", usage.header);
  response.status(reply.status).json(reply.body);
}

const shown = (request: Request): string => withoutSecrets(request.url).slice(0, 300);

function misbehave(state: MetaState, context: WorldContext, fault: Fault, request: Request, response: Response): void {
  const status = fault.kind === "http" ? (fault.status ?? 500) : 0;
  noteCall(state, { at: context.now().toISOString(), method: request.method, path: shown(request), status, note: `fault: ${fault.kind}` });
  if (fault.kind === "http") return void response.status(status).type("html").send("<!DOCTYPE html><html><body>Sorry, something went wrong.</body></html>");
  if (fault.kind === "reset") return void response.destroy();
  // A timeout: no answer, until the caller gives up. The socket is let go in the end, so that nothing hangs for ever.
  setTimeout(() => response.destroy(), 120_000).unref();
}

function run(state: MetaState, context: WorldContext, method: string, request: Request, params: Params, usage: { header?: string }): Reply {
  const [version, ...path] = request.path
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent);
  if (version !== graphVersion) {
    throw new GraphError({
      message: `(#2635) You are calling a deprecated version of the Ads API. Please update to the latest version: ${graphVersion}.`,
      code: 2635,
    });
  }
  if (path.join("/") === "oauth/access_token") {
    if (method !== "GET" && method !== "POST") throw missingObject(method, "oauth");
    return {
      status: 200,
      body: accessToken(state, context, params),
      note: `token (${typeof params["grant_type"] === "string" ? params["grant_type"] : "code"})`,
    };
  }
  const token = authorize(state, context, bearer(request) ?? params["access_token"], params["appsecret_proof"]);
  const [id = "", edge, ...rest] = path;
  const target = targetOf(state, method, id);
  if (target.type !== "User") {
    const accountId = target.account.id;
    const audiences = [...state.audiences.values()].filter((audience) => audience.accountId === accountId).length;
    const counted = state.usage.count(accountId, audiences, context.now().getTime());
    usage.header = counted.header;
    if (counted.error) throw counted.error;
  }
  const operation = operationOf(target, method, id, edge, rest);
  permit(token, operation);
  const wanted = checkParams(operation, params);
  const answered = answer(state, { operation, target, params, token, now: context.now().getTime() });
  return { status: 200, body: shape(operation, answered, wanted, params, request), note: answered.note ?? "" };
}

function bearer(request: Request): string | undefined {
  return /^(?:Bearer|OAuth) (.+)$/i.exec(request.get("authorization") ?? "")?.[1];
}

function targetOf(state: MetaState, method: string, id: string): Target {
  if (id === "me") return { type: "User" };
  const account = state.accounts.find((one) => `act_${one.id}` === id);
  if (account) return { type: "AdAccount", account };
  const audience = state.audiences.get(id);
  const owner = audience && state.accounts.find((one) => one.id === audience.accountId);
  if (audience && owner) return { type: "CustomAudience", audience, account: owner };
  throw missingObject(method, id);
}

function operationOf(target: Target, method: string, id: string, edge: string | undefined, rest: string[]): Operation {
  const onEdge = operations.filter((one) => one.on === target.type && one.edge === edge);
  if (onEdge.length === 0 || rest.length > 0) {
    const unknown = [edge, ...rest]
      .filter((part) => part !== undefined)
      .map((part) => `/${part}`)
      .join("");
    throw new GraphError({ message: `Unknown path components: ${unknown}`, code: 2500 });
  }
  const operation = onEdge.find((one) => one.method === method);
  if (!operation) throw missingObject(method, id);
  return operation;
}

function permit(token: Token, operation: Operation): void {
  if (operation.on === "User" && operation.edge !== "adaccounts") return;
  const enough = operation.method === "GET" ? ["ads_read", "ads_management"] : ["ads_management"];
  if (enough.some((scope) => token.scopes.includes(scope))) return;
  throw new GraphError({ message: `(#200) Ad account owner has NOT grant ${enough.join(" or ")} permission`, code: 200, status: 403 });
}

/** Refuses what Meta does not know, and returns the fields to show. */
function checkParams(operation: Operation, params: Params): readonly string[] | undefined {
  const reading = operation.reads ? ["fields", ...(operation.list ? ["limit", "after", "before"] : [])] : [];
  const allowed = new Set<string>([...commonParams, ...reading, ...operation.params]);
  for (const name of Object.keys(params)) if (!allowed.has(name)) throw invalid(`Unknown parameter: ${name}`);
  for (const name of operation.required ?? []) if (params[name] === undefined) throw invalid(`The parameter ${name} is required`);
  if (!operation.reads) return undefined;
  return params["fields"] === undefined ? defaults(operation) : fieldsOf(operation.reads, params["fields"]);
}

function defaults({ reads, list }: Operation): readonly string[] {
  if (reads === "User" || reads === "CustomAudienceSession") return fields[reads];
  return reads === "AdAccount" && list ? ["id", "account_id"] : ["id"];
}

function fieldsOf(type: GraphType, asked: unknown): readonly string[] {
  const names = (Array.isArray(asked) ? asked : [asked])
    .flatMap((part) => String(part).split(","))
    .map((name) => name.trim())
    .filter(Boolean);
  const known: readonly string[] = fields[type];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid(`Tried accessing nonexisting field (${unknown}) on node type (${type})`);
  return names.includes("id") || type === "CustomAudienceSession" ? names : [...names, "id"]; // Meta adds the id
}

function shape(operation: Operation, answered: Answer, wanted: readonly string[] | undefined, params: Params, request: Request): unknown {
  const pick = (object: Record<string, unknown>): Record<string, unknown> =>
    wanted ? Object.fromEntries(wanted.filter((name) => object[name] !== undefined).map((name) => [name, object[name]])) : object;
  if (!answered.list) return pick(answered.object ?? {});
  if (!operation.list) return { data: answered.list.map(pick) };
  return pageOf(answered.list, pick, params, request);
}

function pageOf(all: Record<string, unknown>[], pick: (one: Record<string, unknown>) => Record<string, unknown>, params: Params, request: Request): unknown {
  const limit = Number(params["limit"] ?? 25);
  if (!Number.isInteger(limit) || limit < 1) throw invalid("Param limit must be a positive integer");
  const cursor = (one: Record<string, unknown>): string => Buffer.from(String(one["id"])).toString("base64url");
  const after = params["after"];
  const start = after === undefined ? 0 : all.findIndex((one) => cursor(one) === after) + 1;
  if (after !== undefined && start === 0) throw invalid("Invalid cursor");
  const data = all.slice(start, start + limit);
  const [first, last] = [data[0], data.at(-1)];
  if (!first || !last) return { data: [] };
  const more = start + limit < all.length;
  const next = new URL(request.url, "https://graph.facebook.com");
  next.searchParams.set("after", cursor(last));
  next.searchParams.delete("appsecret_proof"); // whoever follows the link signs it again
  return { data: data.map(pick), paging: { cursors: { before: cursor(first), after: cursor(last) }, ...(more ? { next: next.href } : {}) } };
}
