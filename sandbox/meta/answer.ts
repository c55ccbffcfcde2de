// What each call does, once its path, token and parameters are known to be right.
import { accountFields, facebookUser, type AdAccount } from "./ad-account.ts";
import { addMembers, audienceFields, removeMembers, type Audience } from "./audience.ts";
import { customerFileSources, type Operation } from "./definition.ts";
import { invalid, missingObject, termsNotAccepted } from "./error.ts";
import { readPayload, type Payload } from "./payload.ts";
import { enterSession, readSession, sessionFields, type UploadSession } from "./session.ts";
import { sessionsOf, type MetaState } from "./state.ts";
import type { Token } from "./token.ts";

/** The object a path names. */
export type Target = { type: "User" } | { type: "AdAccount"; account: AdAccount } | { type: "CustomAudience"; audience: Audience; account: AdAccount };

export type Asked = { operation: Operation; target: Target; params: Record<string, unknown>; token: Token; now: number };

/** A single object or a list of them, all fields; the graph picks the fields that were asked for. `note` is for the log. */
export type Answer = { object?: Record<string, unknown>; list?: Record<string, unknown>[]; note?: string };

/** Does what was asked, or throws a GraphError. */
export function answer(state: MetaState, asked: Asked): Answer {
  const { operation, target } = asked;
  const verb = `${operation.method} ${operation.edge ?? ""}`.trim();
  if (target.type === "User") return userAnswer(state, verb, asked.token);
  if (target.type === "AdAccount") return accountAnswer(state, verb, target.account, asked);
  return audienceAnswer(state, verb, target.audience, target.account, asked);
}

function userAnswer(state: MetaState, verb: string, token: Token): Answer {
  if (verb === "GET adaccounts") return { list: state.accounts.map(accountFields) };
  if (verb === "GET permissions") return { list: token.scopes.map((permission) => ({ permission, status: "granted" })) };
  if (verb === "DELETE permissions") {
    for (const one of state.tokens.values()) one.revoked = "logout";
    return { object: { success: true } };
  }
  return { object: facebookUser };
}

function accountAnswer(state: MetaState, verb: string, account: AdAccount, asked: Asked): Answer {
  const own = [...state.audiences.values()].filter((audience) => audience.accountId === account.id);
  if (verb === "GET customaudiences") return { list: own.reverse().map(audienceFields) };
  if (verb === "POST customaudiences") return create(state, account, asked);
  if (verb === "DELETE usersofanyaudience") {
    const payload = counted(state, asked.params["payload"]);
    let removed = 0;
    for (const audience of own) removed += removeMembers(audience, payload.members, asked.now);
    return { object: outcome(account.id, payload), note: `${payload.received} rows, ${removed} memberships ended` };
  }
  return { object: accountFields(account) };
}

function create(state: MetaState, account: AdAccount, { params, now }: Asked): Answer {
  if (!account.termsAccepted) throw termsNotAccepted(account.id);
  const { name, subtype, description = "", customer_file_source: source, opt_out_link: optOutLink = "" } = params;
  for (const [key, value] of Object.entries({ name, description, opt_out_link: optOutLink }))
    if (typeof value !== "string") throw invalid(`Param ${key} must be a string.`);
  if (subtype !== "CUSTOM") throw invalid(`Param subtype must be one of {CUSTOM}; this stand-in offers no other`);
  if (source === undefined) throw invalid("Missing parameter: customer_file_source");
  if (!customerFileSources.some((one) => one === source)) throw invalid(`Param customer_file_source must be one of {${customerFileSources.join(", ")}}`);
  if (String(name).trim() === "") throw invalid("Param name must be a non-empty string.");
  const audience: Audience = {
    id: `1202200000${String(state.nextId++).padStart(6, "0")}`,
    accountId: account.id,
    name: String(name),
    description: String(description),
    subtype: "CUSTOM",
    customerFileSource: String(source),
    optOutLink: String(optOutLink),
    createdAt: now,
    updatedAt: now,
    contentUpdatedAt: now,
    members: new Map(),
  };
  state.audiences.set(audience.id, audience);
  return { object: { id: audience.id }, note: `created "${audience.name}"` };
}

function audienceAnswer(state: MetaState, verb: string, audience: Audience, account: AdAccount, asked: Asked): Answer {
  const { params, now } = asked;
  if (verb === "GET") return { object: audienceFields(audience) };
  if (verb === "GET sessions") return { list: sessionList(state, account, audience, params["session_id"]) };
  // A removal must be possible whatever else is wrong: nobody may be kept in an audience for want of a signature.
  if (!account.termsAccepted && asked.operation.method === "POST") throw termsNotAccepted(account.id);
  if (verb === "DELETE") {
    state.audiences.delete(audience.id);
    return { object: { success: true }, note: `deleted "${audience.name}"` };
  }
  if (verb === "POST") {
    if (typeof params["name"] === "string") audience.name = params["name"];
    if (typeof params["description"] === "string") audience.description = params["description"];
    if (typeof params["opt_out_link"] === "string") audience.optOutLink = params["opt_out_link"];
    audience.updatedAt = now;
    return { object: { success: true } };
  }
  return users(state, audience, account, asked);
}

function users(state: MetaState, audience: Audience, account: AdAccount, { operation, params, now }: Asked): Answer {
  const input = params["session"] === undefined ? undefined : readSession(params["session"]);
  const payload = counted(state, params["payload"]);
  let session: UploadSession | undefined;
  if (input) {
    session = enterSession(sessionsOf(state, account.id), input, { audienceId: audience.id, method: operation.method }, now);
    session.lastBatch = input.batch;
    session.finished = input.last;
    session.received += payload.received;
    session.invalid += payload.invalid;
    session.updatedAt = now;
  }
  if (operation.method === "POST") addMembers(audience, payload.members, now);
  else removeMembers(audience, payload.members, now);
  const verb = operation.method === "POST" ? "added to" : "removed from";
  return {
    object: outcome(audience.id, payload, session),
    note: `${payload.members.length} of ${payload.received} rows ${verb} "${audience.name}"`,
  };
}

function counted(state: MetaState, input: unknown): Payload {
  const payload = readPayload(input);
  state.plainValues += payload.plainValues;
  return payload;
}

function outcome(id: string, payload: Payload, session?: UploadSession): Record<string, unknown> {
  return {
    audience_id: id,
    session_id: String(session?.id ?? 0),
    num_received: session?.received ?? payload.received,
    num_invalid_entries: session?.invalid ?? payload.invalid,
    invalid_entry_samples: payload.invalidSamples,
  };
}

function sessionList(state: MetaState, account: AdAccount, audience: Audience, id: unknown): Record<string, unknown>[] {
  const sessions = [...sessionsOf(state, account.id).values()].filter((session) => session.audienceId === audience.id);
  if (id === undefined) return sessions.map(sessionFields);
  const found = sessions.find((session) => String(session.id) === String(id));
  if (!found) throw missingObject("GET", String(id));
  return [sessionFields(found)];
}
