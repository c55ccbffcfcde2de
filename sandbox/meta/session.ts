// Upload sessions: batches that belong together, numbered from 1, within 90 minutes.
import { GraphError, invalid } from "./error.ts";

export type UploadSession = {
  id: number;
  audienceId: string;
  method: string;
  startedAt: number;
  updatedAt: number;
  lastBatch: number;
  finished: boolean;
  received: number;
  invalid: number;
};

export type SessionInput = { id: number; batch: number; last: boolean };

export const sessionMinutes = 90;

// Meta documents these subcodes for usersreplace; /users follows the same rules, so it answers alike here.
const sessionError = (message: string, subcode: number): GraphError => new GraphError({ message: `(#2650) ${message}`, code: 2650, subcode });

/** Reads the `session` parameter; structure errors refuse the call. */
export function readSession(input: unknown): SessionInput {
  if (typeof input !== "object" || input === null || Array.isArray(input)) throw invalid("Param session must be an object.");
  const given = input as Record<string, unknown>;
  for (const key of Object.keys(given)) {
    if (!["session_id", "batch_seq", "last_batch_flag", "estimated_num_total"].includes(key)) throw invalid(`Param session has an unexpected key: ${key}`);
  }
  const { session_id: id, batch_seq: batch, last_batch_flag: last = false, estimated_num_total: total } = given;
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id <= 0) throw invalid("Param session[session_id] must be a positive integer");
  if (typeof batch !== "number" || !Number.isInteger(batch) || batch < 1) throw invalid("Param session[batch_seq] must be an integer from 1");
  if (typeof last !== "boolean") throw invalid("Param session[last_batch_flag] must be a boolean");
  if (total !== undefined && !Number.isInteger(total)) throw invalid("Param session[estimated_num_total] must be an integer");
  return { id, batch, last };
}

/** The session this batch belongs to, opened by batch 1, or the error that the batch deserves. Nothing is counted yet. */
export function enterSession(
  sessions: Map<number, UploadSession>,
  input: SessionInput,
  target: { audienceId: string; method: string },
  now: number,
): UploadSession {
  const known = sessions.get(input.id);
  if (!known) {
    if (input.batch !== 1) throw sessionError("The first batch of this session is missing.", 1870147);
    const opened: UploadSession = {
      id: input.id,
      ...target,
      startedAt: now,
      updatedAt: now,
      lastBatch: 0,
      finished: false,
      received: 0,
      invalid: 0,
    };
    sessions.set(input.id, opened);
    return opened;
  }
  if (known.audienceId !== target.audienceId || known.method !== target.method) throw invalid("Param session[session_id] must be unique in the ad account");
  if (known.finished) throw sessionError("This session has finished.", 1870159);
  if (now - known.startedAt > sessionMinutes * 60_000) throw sessionError("This session has timed out.", 1870158);
  if (input.batch !== known.lastBatch + 1)
    throw sessionError(`Batches must follow one another: ${known.lastBatch + 1} expected, ${input.batch} given.`, 1870148);
  return known;
}

/** The session as `/{audience}/sessions` shows it; Meta sends all of it as strings. */
export function sessionFields(session: UploadSession): Record<string, string> {
  return {
    session_id: String(session.id),
    stage: session.finished ? "finished" : "uploading",
    start_time: String(Math.floor(session.startedAt / 1000)),
    end_time: session.finished ? String(Math.floor(session.updatedAt / 1000)) : "0",
    num_received: String(session.received),
    num_matched: String(session.received - session.invalid),
    num_invalid_entries: String(session.invalid),
    progress: session.finished ? "100" : "50",
  };
}
