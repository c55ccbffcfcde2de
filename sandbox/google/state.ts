// Everything the stand-in for Google remembers.
import type { Fault } from "./fault.ts";

export type Code = { code: string; redirectUri: string; scope: string; offline: boolean; issuedAt: number; used: boolean };
export type Token = { token: string; scope: string; expiresAt: number; revoked: boolean };

/** One person as a list holds her: her identifiers, each with its kind before it. */
export type Member = string[];

export type AdsAccount = { id: string; name: string; termsAccepted: boolean };

export type UserList = {
  id: string;
  accountId: string;
  /** As it was sent. */
  fields: Record<string, unknown>;
  createdAt: number;
  members: Member[];
};

/** A call that was taken: worked off when the world's clock has come so far. */
export type Work = {
  requestId: string;
  verb: "ingest" | "remove";
  listId: string;
  destination: unknown;
  members: Member[];
  records: number;
  identifiers: number;
  dueAt: number;
  status: "PROCESSING" | "SUCCESS" | "PARTIAL_SUCCESS" | "FAILED";
  /** What the control desk wants to go wrong with it. */
  refuse: { records: number; reason: string } | null;
};

/** One call as the log page shows it; no token, no hash. */
export type Call = { at: string; method: string; path: string; status: number; note: string };

export type GoogleState = {
  accounts: AdsAccount[];
  codes: Code[];
  tokens: Token[];
  /** Lasting tokens that are still good. */
  lasting: string[];
  lists: UserList[];
  works: Work[];
  calls: Call[];
  faults: Fault[];
  nextId: number;
  processingMinutes: number;
  /** What the next calls that are taken will lack when they are worked off. */
  refusals: { records: number; reason: string }[];
  /** Values that arrived unhashed though they had to be hashed. Should stay 0 for ever. */
  plainValues: number;
};

/** Two accounts; the second still has to accept the Customer Match terms. */
export function createState(): GoogleState {
  return {
    accounts: [
      { id: "1234567890", name: "Harbour & Pine", termsAccepted: true },
      { id: "2345678901", name: "Harbour & Pine (trade)", termsAccepted: false },
    ],
    codes: [],
    tokens: [],
    lasting: [],
    lists: [],
    works: [],
    calls: [],
    faults: [],
    nextId: 1,
    processingMinutes: 10,
    refusals: [],
    plainValues: 0,
  };
}

/** Notes a call, newest last; only the latest are kept. */
export function noteCall(state: GoogleState, call: Call): void {
  state.calls.push(call);
  if (state.calls.length > 2000) state.calls.splice(0, 500);
}

/** Does what has become due, in the order in which it was taken. */
export function workOff(state: GoogleState, now: number): void {
  for (const work of state.works) {
    if (work.status !== "PROCESSING" || work.dueAt > now) continue;
    const lacking = Math.min(work.records, work.refuse?.records ?? 0);
    const members = work.members.slice(0, work.records - lacking);
    const list = state.lists.find((one) => one.id === work.listId);
    if (list !== undefined) {
      // Who is in already is completed, not doubled; who shares one identifier leaves.
      const named = new Set(members.flat());
      const touched = list.members.filter((one) => one.some((identifier) => named.has(identifier)));
      list.members = list.members.filter((one) => !touched.includes(one));
      if (work.verb === "ingest") {
        for (const member of members) {
          const before = touched.filter((one) => one.some((identifier) => member.includes(identifier))).flat();
          list.members.push([...new Set([...before, ...member])]);
        }
      }
    }
    work.status = lacking === 0 ? "SUCCESS" : lacking === work.records ? "FAILED" : "PARTIAL_SUCCESS";
    work.members = [];
  }
}
