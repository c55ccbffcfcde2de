// datamanager.googleapis.com: reads a call strictly, checks who asks, and answers in Google's shapes.
import { randomUUID } from "node:crypto";
import express, { type Request, type Response } from "express";
import { withoutSecrets } from "../addresses.ts";
import type { WorldContext } from "../context.ts";
import { limits, methods, type MethodId } from "./definition.ts";
import { ApiError, invalid } from "./error.ts";
import { takeFault } from "./fault.ts";
import { accountOf, readUpload } from "./members.ts";
import { checkShape } from "./shape.ts";
import { noteCall, workOff, type GoogleState, type UserList, type Work } from "./state.ts";
import { authorize } from "./token.ts";

type Answer = { body: unknown; note: string };
type Asked = { state: GoogleState; request: Request; path: string[]; now: number };

/** The router for requests whose host is datamanager.googleapis.com. */
export function apiRouter(state: GoogleState, context: WorldContext): express.Router {
  const router = express.Router();
  router.use(express.raw({ type: () => true, limit: "64mb" }), (request, response) => serve(state, context, request, response));
  return router;
}

function serve(state: GoogleState, context: WorldContext, request: Request, response: Response): void {
  const now = context.now();
  workOff(state, now.getTime());
  const fault = takeFault(state.faults, request.path);
  const note = (status: number, text: string) =>
    noteCall(state, { at: now.toISOString(), method: request.method, path: withoutSecrets(request.url).slice(0, 300), status, note: text });
  if (fault?.kind === "reset") {
    note(0, "fault: reset");
    return void response.destroy();
  }
  if (fault?.kind === "http") {
    const status = fault.status ?? 502;
    note(status, "fault: http");
    return void response.status(status).type("html").send("<!DOCTYPE html><html><title>Error</title><p>The server encountered a temporary error.</html>");
  }
  try {
    if (fault?.kind === "error") throw new ApiError(fault.word ?? "INTERNAL", "An error asked for by the control desk", fault.reason);
    authorize(state, request.get("authorization"), now.getTime());
    const answer = run(state, request, now.getTime());
    note(200, answer.note);
    if (fault?.kind === "lost-answer") return void response.destroy();
    response.json(answer.body);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    note(error.status, `${error.word}${error.reason === undefined ? "" : ` ${error.reason}`}: ${error.message}`);
    response.status(error.status).json(error.body());
  }
}

function run(state: GoogleState, request: Request, now: number): Answer {
  const path = request.path.split("/").filter((part) => part !== "");
  const id = methodOf(request.method, path);
  if (id === null) throw new ApiError("NOT_FOUND", `No method ${request.method} ${request.path}.`);
  const params: readonly string[] = methods[id].params;
  const unknown = Object.keys(request.query).find((name) => !params.includes(name));
  if (unknown !== undefined) throw invalid(unknown, `Unknown query parameter "${unknown}".`);
  const asked: Asked = { state, request, path, now };
  switch (id) {
    case "datamanager.accountTypes.accounts.userLists.create":
      return create(asked);
    case "datamanager.accountTypes.accounts.userLists.get":
      return { body: shown(listOf(asked)), note: "" };
    case "datamanager.accountTypes.accounts.userLists.list":
      return list(asked);
    case "datamanager.audienceMembers.ingest":
      return take(asked, "ingest");
    case "datamanager.audienceMembers.remove":
      return take(asked, "remove");
    case "datamanager.requestStatus.retrieve":
      return status(asked);
  }
}

function methodOf(method: string, path: string[]): MethodId | null {
  const whole = `${method} ${path.join("/")}`;
  if (whole === "POST v1/audienceMembers:ingest") return "datamanager.audienceMembers.ingest";
  if (whole === "POST v1/audienceMembers:remove") return "datamanager.audienceMembers.remove";
  if (whole === "GET v1/requestStatus:retrieve") return "datamanager.requestStatus.retrieve";
  const lists = /^(GET|POST) v1\/accountTypes\/GOOGLE_ADS\/accounts\/[^/]+\/userLists(\/[^/]+)?$/.exec(whole);
  if (lists === null) return null;
  if (lists[2] !== undefined) return lists[1] === "GET" ? "datamanager.accountTypes.accounts.userLists.get" : null;
  return lists[1] === "GET" ? "datamanager.accountTypes.accounts.userLists.list" : "datamanager.accountTypes.accounts.userLists.create";
}

function bodyOf(request: Request): unknown {
  if (!/^application\/json\b/.test(request.get("content-type") ?? "")) throw invalid("", "The body must be application/json.");
  try {
    return JSON.parse((request.body as Buffer).toString("utf8")) as unknown;
  } catch {
    throw invalid("", "Invalid JSON payload received.");
  }
}

function create({ state, request, path, now }: Asked): Answer {
  const account = accountOf(state, path[4] ?? "");
  const fields = bodyOf(request);
  checkShape("UserList", fields);
  const { displayName, membershipDuration = `${limits.durationDays * 86_400}s`, ingestedUserListInfo } = fields;
  if (typeof displayName !== "string" || displayName.trim() === "") throw invalid("user_list.display_name", "The name is required.", "REQUIRED_FIELD_MISSING");
  if (state.lists.some((one) => one.accountId === account.id && one.fields["displayName"] === displayName)) {
    throw invalid("user_list.display_name", "The name is in use in this account.", "DISPLAY_NAME_ALREADY_USED");
  }
  const seconds = Number(/^(\d+)s$/.exec(String(membershipDuration))?.[1] ?? -1);
  if (seconds < 0 || seconds % 86_400 !== 0) throw invalid("user_list.membership_duration", "The duration must be whole days.");
  if (seconds > limits.durationDays * 86_400) throw invalid("user_list.membership_duration", "At most 540 days.", "MEMBERSHIP_DURATION_TOO_LONG");
  const info = ingestedUserListInfo as { uploadKeyTypes?: string[]; contactIdInfo?: object } | undefined;
  if (info?.uploadKeyTypes?.join() !== "CONTACT_ID" || info.contactIdInfo === undefined) {
    throw invalid("user_list.ingested_user_list_info", "CONTACT_ID with its contactIdInfo is required.", "UNSUPPORTED_USER_LIST_UPLOAD_KEY_TYPES");
  }
  const made: UserList = {
    id: `8${String(state.nextId++).padStart(9, "0")}`,
    accountId: account.id,
    fields: { ...fields, membershipDuration },
    createdAt: now,
    members: [],
  };
  if (request.query["validateOnly"] !== "true") state.lists.push(made);
  return { body: shown(made), note: `created "${displayName}"` };
}

function listOf({ state, path }: Asked): UserList {
  const account = accountOf(state, path[4] ?? "");
  const found = state.lists.find((one) => one.id === path[6] && one.accountId === account.id);
  if (found === undefined) throw new ApiError("NOT_FOUND", "No such user list.", "NOT_FOUND");
  return found;
}

function list({ state, request, path }: Asked): Answer {
  const account = accountOf(state, path[4] ?? "");
  const { filter, pageSize = "50", pageToken = "0" } = request.query;
  const size = Number(pageSize);
  if (!Number.isInteger(size) || size < 1 || size > limits.pageSize) throw invalid("page_size", "The page size is from 1 to 1000.");
  const start = Number(pageToken);
  if (!Number.isInteger(start) || start < 0) throw invalid("page_token", "Unknown page token.", "INVALID_PAGE_TOKEN");
  const named = filter === undefined ? undefined : /^display_name = "([^"]*)"$/.exec(String(filter))?.[1];
  if (filter !== undefined && named === undefined) throw invalid("filter", 'This stand-in reads display_name = "…" only.', "INVALID_FILTER");
  const all = state.lists.filter((one) => one.accountId === account.id && (named === undefined || one.fields["displayName"] === named));
  const userLists = all.slice(start, start + size).map(shown);
  const next = start + size < all.length ? { nextPageToken: String(start + size) } : {};
  return { body: userLists.length === 0 ? {} : { userLists, ...next }, note: "" };
}

/** A list as Google shows it. Everybody counts as matched, on every network but Search, where one in ten is not. */
function shown(one: UserList): Record<string, unknown> {
  const count = String(one.members.length);
  return {
    name: `accountTypes/GOOGLE_ADS/accounts/${one.accountId}/userLists/${one.id}`,
    id: one.id,
    readOnly: false,
    membershipStatus: "OPEN",
    accessReason: "OWNED",
    ...one.fields,
    sizeInfo: {
      displayNetworkMembersCount: count,
      searchNetworkMembersCount: String(Math.floor(one.members.length * 0.9)),
      youtubeMembersCount: count,
      gmailMembersCount: count,
    },
    targetNetworkInfo: { eligibleForDisplay: one.members.length >= 100, eligibleForSearch: one.members.length >= 100 },
  };
}

function take({ state, request, now }: Asked, verb: Work["verb"]): Answer {
  const upload = readUpload(state, verb, bodyOf(request));
  const requestId = randomUUID();
  if (!upload.validateOnly) {
    state.works.push({
      requestId,
      verb,
      listId: upload.list.id,
      destination: upload.destination,
      members: upload.members,
      records: upload.members.length,
      identifiers: upload.members.flat().length,
      dueAt: now + state.processingMinutes * 60_000,
      status: "PROCESSING",
      refuse: state.refusals.shift() ?? null,
    });
    if (state.works.length > 2000) state.works.splice(0, 500);
    workOff(state, now);
  }
  const name = upload.list.fields["displayName"];
  return { body: { requestId }, note: `${upload.members.length} people ${verb === "ingest" ? "to" : "from"} "${typeof name === "string" ? name : ""}", taken` };
}

function status({ state, request }: Asked): Answer {
  const work = state.works.find((one) => one.requestId === request.query["requestId"]);
  if (work === undefined) throw invalid("request_id", "No such request.", "INVALID_REQUEST_ID");
  const counts = { recordCount: String(work.records), userIdentifierCount: String(work.identifiers) };
  const lacking = Math.min(work.records, work.refuse?.records ?? 0);
  const failed = work.status === "FAILED" || work.status === "PARTIAL_SUCCESS";
  return {
    body: {
      requestStatusPerDestination: [
        {
          destination: work.destination,
          requestStatus: work.status,
          ...(failed ? { errorInfo: { errorCounts: [{ recordCount: String(lacking), reason: work.refuse?.reason }] } } : {}),
          ...(work.verb === "ingest"
            ? { audienceMembersIngestionStatus: { userDataIngestionStatus: counts } }
            : { audienceMembersRemovalStatus: { userDataRemovalStatus: counts } }),
        },
      ],
    },
    note: work.status,
  };
}
