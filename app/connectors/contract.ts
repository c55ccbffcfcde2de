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

export type BatchOutcome = { received: number; refused: number; reference: string | null };

export type Account = { id: string; name: string; currency: string | null; problem: string | null };

export type AudienceSize = { lower: number | null; upper: number | null; status: string | null };

export type Connector<Settings> = {
  id: string;
  label: string;
  apiVersion: string;
  settings: ZodType<Settings>;
  /** OAuth: where the merchant is sent, and what the code she comes back with is worth. */
  connect?: {
    scopes: string[];
    authorizeUrl: (options: { state: string; redirectUri: string }) => string;
    exchange: (wire: Wire, options: { code: string; redirectUri: string; now: Date }) => Promise<Settings>;
    accounts: (wire: Wire, settings: Settings) => Promise<Account[]>;
  };
  audience?: {
    /** At most this many people in one call. */
    limit: number;
    /** Below this many matched people the platform will not use it. */
    minimum: number;
    create: (wire: Wire, settings: Settings, audience: { name: string; description: string }) => Promise<{ externalId: string }>;
    identify: (member: Member) => Identifiers | null;
    add: (wire: Wire, settings: Settings, externalId: string, people: Identifiers[], reference: number) => Promise<BatchOutcome>;
    remove: (wire: Wire, settings: Settings, externalId: string, people: Identifiers[], reference: number) => Promise<BatchOutcome>;
    size: (wire: Wire, settings: Settings, externalId: string) => Promise<AudienceSize>;
  };
};

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
