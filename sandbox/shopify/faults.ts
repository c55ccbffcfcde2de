// Trouble on demand: what the Admin API and the webhooks of this world do wrong next.
import { z } from "zod";

export const faultsShape = z.object({
  /** Answer THROTTLED to the next n operations. */
  throttle: z.number().int().min(0).optional(),
  /** Answer HTTP 429 to the next n. */
  tooMany: z.number().int().min(0).optional(),
  /** Answer with this HTTP status to the next n. */
  status: z.object({ code: z.number().int().min(500).max(599), times: z.number().int().min(1) }).optional(),
  /** Fields as `Customer.email` that the app is not approved for, until the list is emptied. */
  unapproved: z.array(z.string().regex(/^[A-Z]\w+\.\w+$/)).optional(),
  /** Let the next n bulk operations fail. */
  bulkFails: z.number().int().min(0).optional(),
  /** Break off the next n downloads of their files in the middle. */
  downloadCuts: z.number().int().min(0).optional(),
  /** What the next webhooks suffer. */
  webhooks: z
    .object({
      times: z.number().int().min(1).default(1),
      duplicates: z.number().int().min(1).max(20).optional(),
      delayMs: z.number().int().min(0).max(60_000).optional(),
      drop: z.boolean().optional(),
      hold: z.boolean().optional(),
      signature: z.enum(["right", "tampered", "missing"]).optional(),
      secret: z.string().optional(),
    })
    .optional(),
});
export type Faults = z.infer<typeof faultsShape>;

export type ApiFaults = {
  throttle: number;
  tooMany: number;
  status: { code: number; times: number } | null;
  unapproved: Set<string>;
  bulkFails: number;
  downloadCuts: number;
};

/** No trouble. */
export function noFaults(): ApiFaults {
  return { throttle: 0, tooMany: 0, status: null, unapproved: new Set(), bulkFails: 0, downloadCuts: 0 };
}

/** Adds what was asked for to the faults of the Admin API. */
export function setFaults(faults: ApiFaults, wanted: Faults): void {
  if (wanted.throttle !== undefined) faults.throttle = wanted.throttle;
  if (wanted.tooMany !== undefined) faults.tooMany = wanted.tooMany;
  if (wanted.status !== undefined) faults.status = { ...wanted.status };
  if (wanted.bulkFails !== undefined) faults.bulkFails = wanted.bulkFails;
  if (wanted.downloadCuts !== undefined) faults.downloadCuts = wanted.downloadCuts;
  if (wanted.unapproved !== undefined) faults.unapproved = new Set(wanted.unapproved);
}
