// Every background task: its name and what it carries. Data only; the handlers are in pipeline/.
import { z } from "zod";

const shop = z.object({ shopId: z.number().int().positive() });

export const tasks = {
  /** There are new events for this shop: read them from its cursor. */
  "events.process": shop,
  /** Segments changed, or an audience has something to send. */
  "audiences.sync": shop,
  /** Segments changed, or runs are due. */
  "flows.advance": shop,
  /** A segment was made or edited: look at everybody for it. */
  "segments.fill": shop,
  /** A slow segment is to be counted anew. */
  "segments.count": shop,
  /** A pool of offer codes is low, or its codes are being made. */
  "offers.fill": shop,
  /** A product was looked at that we do not know well enough to show, or the shop is new: ask the Admin API. */
  "products.complete": shop,
  /** A month has begun: what browsers did before the time that the log is kept for is let go. */
  "visits.let-go": shop,
  /** The shop moved to another time zone: on which days browsers came is settled anew. */
  "visits.new-days": shop,
  /** Somebody asked for, or asked to erase, what we hold. */
  "privacy.answer": shop,
  /** An hour has passed, or the merchant asked: look for what no webhook told. */
  "shop.compare": shop,
  /** The shop is new: read its customers, orders and products from before. */
  "shop.import": shop,
  /** The shop was installed, or its details changed: read them from the Admin API. */
  "shop.refresh": shop,
} as const;

export type TaskName = keyof typeof tasks;
export const taskNames = Object.keys(tasks) as TaskName[];
