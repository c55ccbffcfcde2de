// One topic: its schema, and what becomes of a payload that fits it.
import type { z } from "zod";
import type { NewEvent } from "../events/event.ts";

/** What the headers and the shop say about a delivery. `currency` is the shop's: carts do not name one. */
export type Envelope = { eventKey: string; triggeredAt: Date | null; receivedAt: Date; currency: string };

/** An event before it is placed in time. */
export type Made = Pick<NewEvent, "name" | "data" | "subject"> & { at: string };

export type Reader = (json: unknown, envelope: Envelope) => { ok: true; made: Made[] } | { ok: false; issues: z.core.$ZodIssue[] };

export function reader<Schema extends z.ZodType>(schema: Schema, make: (raw: z.output<Schema>, envelope: Envelope) => Made[]): Reader {
  return (json, envelope) => {
    const parsed = schema.safeParse(json);
    return parsed.success ? { ok: true, made: make(parsed.data, envelope) } : { ok: false, issues: parsed.error.issues };
  };
}

/** When Shopify says it happened, for payloads that carry no time of their own. */
export function saidAt(envelope: Envelope): string {
  return (envelope.triggeredAt ?? envelope.receivedAt).toISOString();
}
