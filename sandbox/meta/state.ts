// Everything the stand-in for Meta remembers.
import { startingAccounts, type AdAccount } from "./ad-account.ts";
import type { Audience } from "./audience.ts";
import type { Fault } from "./fault.ts";
import type { UploadSession } from "./session.ts";
import type { Code, Token, TokenStore } from "./token.ts";
import { createUsage, type Usage } from "./usage.ts";

/** One call as the log page shows it; no token, no hash. */
export type Call = { at: string; method: string; path: string; status: number; note: string };

export type MetaState = TokenStore & {
  accounts: AdAccount[];
  audiences: Map<string, Audience>;
  /** Upload sessions by account, then by the number the caller chose. */
  sessions: Map<string, Map<number, UploadSession>>;
  faults: Fault[];
  usage: Usage;
  calls: Call[];
  nextId: number;
  /** Values that arrived unhashed though they had to be hashed. Should stay 0 for ever. */
  plainValues: number;
};

export function createState(): MetaState {
  return {
    accounts: startingAccounts(),
    codes: new Map<string, Code>(),
    tokens: new Map<string, Token>(),
    audiences: new Map(),
    sessions: new Map(),
    faults: [],
    usage: createUsage(),
    calls: [],
    nextId: 1,
    plainValues: 0,
  };
}

/** The sessions of one account. */
export function sessionsOf(state: MetaState, accountId: string): Map<number, UploadSession> {
  let sessions = state.sessions.get(accountId);
  if (!sessions) state.sessions.set(accountId, (sessions = new Map<number, UploadSession>()));
  return sessions;
}

/** Notes a call, newest last; only the latest are kept. */
export function noteCall(state: MetaState, call: Call): void {
  state.calls.push(call);
  if (state.calls.length > 2000) state.calls.splice(0, 500);
}

type Saved = {
  accounts: AdAccount[];
  codes: Code[];
  tokens: Token[];
  audiences: (Omit<Audience, "members"> & { members: [string, Record<string, string>][] })[];
  sessions: [string, UploadSession[]][];
  calls: Call[];
  nextId: number;
  plainValues: number;
};

export function saveState(state: MetaState): Saved {
  return {
    accounts: state.accounts,
    codes: [...state.codes.values()],
    tokens: [...state.tokens.values()],
    audiences: [...state.audiences.values()].map((audience) => ({ ...audience, members: [...audience.members] })),
    sessions: [...state.sessions].map(([account, sessions]) => [account, [...sessions.values()]]),
    calls: state.calls.slice(-200),
    nextId: state.nextId,
    plainValues: state.plainValues,
  };
}

export function restoreState(state: MetaState, input: unknown): void {
  const saved = input as Saved; // written by saveState
  state.accounts = saved.accounts;
  state.codes = new Map(saved.codes.map((code) => [code.code, code]));
  state.tokens = new Map(saved.tokens.map((token) => [token.token, token]));
  state.audiences = new Map(saved.audiences.map((audience) => [audience.id, { ...audience, members: new Map(audience.members) }]));
  state.sessions = new Map(saved.sessions.map(([account, sessions]) => [account, new Map(sessions.map((one) => [one.id, one]))]));
  state.calls = saved.calls;
  state.nextId = saved.nextId;
  state.plainValues = saved.plainValues;
}
