// What is kept of a connection to Google, sealed.
import { z } from "zod";

export const settings = z.object({
  token: z.string(),
  expiresAt: z.string(),
  /** Lasts until the merchant or Google takes it back. */
  refreshToken: z.string(),
  /** The ten digits of the Google Ads account, typed by the merchant. */
  accountId: z.string().nullable(),
});
export type GoogleSettings = z.infer<typeof settings>;
