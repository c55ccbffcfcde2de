// What a connector is: it translates and calls. It never batches, retries, queues, logs, reads consent or knows a profile.
import type { ZodType } from "zod";

/** The world as a connector sees it: the only way out, given as an argument. */
export type Wire = {
  /** One HTTPS call. Resolves with any status; throws `Retryable` when no answer came. `secret` parts of the address never reach a log. */
  http: (request: HttpRequest) => Promise<HttpResponse>;
  /** One mail. */
  smtp: (mail: SmtpMail) => Promise<SmtpReply>;
};

export type HttpRequest = {
  method: "GET" | "POST" | "DELETE";
  url: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** Sent as application/x-www-form-urlencoded. */
  form?: Record<string, string>;
  /** Sent as application/json. At most one of `form` and `json`. */
  json?: unknown;
  timeoutMs?: number;
};
export type HttpResponse = { status: number; headers: Record<string, string>; text: string };

export type SmtpMail = {
  from: string;
  to: string;
  /** The whole message, RFC 5322, CRLF. */
  raw: Buffer;
  /** Called once the server is ready for the content and before any of it leaves. If it says no, or throws, nothing was sent. */
  beforeContent: () => Promise<boolean>;
};
export type SmtpReply =
  | { kind: "accepted"; reply: string }
  /** The server said no, so nobody was mailed. `permanent` is a 5xx. */
  | { kind: "refused"; permanent: boolean; code: number; reply: string }
  /** `beforeContent` said no: somebody else took over. */
  | { kind: "abandoned" }
  /** Nothing was sent; the server could not be reached or broke off before the content. */
  | { kind: "unreached"; reply: string }
  /** The connection broke after the content began: it may or may not have arrived. */
  | { kind: "unknown"; reply: string };

/** The hashed or plain fields of one person, as the platforms want them; null where we have none. */
export type Member = { ref: string; email: string | null; phone: string | null; firstName: string | null; lastName: string | null; country: string | null };

/** What goes over the wire for one person and what is kept, so that exactly that can be removed again. */
export type Identifiers = Record<string, string>;

/** `pending`: the platform took the call but works it off later; `audience.outcome` tells how it went. */
export type BatchOutcome = { received: number; refused: number; reference: string | null; pending?: boolean };

/** How a call went that was taken earlier; null while the platform still works at it. `problem` is for the merchant. */
export type LateOutcome = { refused: number; problem: string | null } | null;

export type Account = { id: string; name: string; currency: string | null; problem: string | null };

export type AudienceSize = { lower: number | null; upper: number | null; status: string | null };

/** What every connection has, whatever else its connector keeps. */
export type ConnectionSettings = { accountId: string | null };

/** The calls are written as methods, so that connectors with settings of their own fit into one list. Each reads its own back with `settings`. */
export type Connector<Settings extends ConnectionSettings> = {
  id: string;
  label: string;
  apiVersion: string;
  settings: ZodType<Settings>;
  /** OAuth: where the merchant is sent, and what the code she comes back with is worth. */
  connect?: {
    scopes: string[];
    authorizeUrl(options: { state: string; redirectUri: string }): string;
    exchange(wire: Wire, options: { code: string; redirectUri: string; now: Date }): Promise<Settings>;
    /** The ad accounts to choose from, or null where the platform lists none and the merchant types hers. */
    accounts(wire: Wire, settings: Settings): Promise<Account[] | null>;
    /** The account that the merchant typed, asked for at the platform; null when it cannot be one. Only where `accounts` gives null. */
    typed?(wire: Wire, settings: Settings, text: string): Promise<Account | null>;
  };
  /** Fresh settings where what is kept has run out or soon will, else null. Asked before every sync; what comes back is saved. */
  renew?(wire: Wire, settings: Settings, now: Date): Promise<Settings | null>;
  audience?: {
    /** At most this many people in one call. */
    limit: number;
    /** Below this many matched people the platform will not use it. */
    minimum: number;
    create(wire: Wire, settings: Settings, audience: { name: string; description: string }): Promise<{ externalId: string }>;
    identify(member: Member): Identifiers | null;
    add(wire: Wire, settings: Settings, externalId: string, people: Identifiers[], reference: number): Promise<BatchOutcome>;
    remove(wire: Wire, settings: Settings, externalId: string, people: Identifiers[], reference: number): Promise<BatchOutcome>;
    /** How a `pending` call went. Absent where every call is answered at once. */
    outcome?(wire: Wire, settings: Settings, reference: string): Promise<LateOutcome>;
    size(wire: Wire, settings: Settings, externalId: string): Promise<AudienceSize>;
  };
};

/** A connector whose own settings only it knows. */
export type AnyConnector = Connector<ConnectionSettings>;

/** Try again later, after `afterMs` where the platform named a time. */
export class Retryable extends Error {
  override name = "Retryable";
  readonly afterMs: number | null;
  constructor(message: string, afterMs: number | null = null) {
    super(message);
    this.afterMs = afterMs;
  }
}

/** The platform refuses, and will refuse again: somebody must act. `message` is for the merchant. */
export class Rejected extends Error {
  override name = "Rejected";
}

/** The connection is no longer valid: the merchant must connect again. */
export class Unauthorized extends Error {
  override name = "Unauthorized";
}
