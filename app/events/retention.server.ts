import { pixelKeptSince } from "./retention.ts";
import { dropPixelPartition, pixelPartitions } from "./store.server.ts";

/** Drops the months of browsers' events that have had their time, and says which. One that somebody works on stays until the next time. */
export async function dropOldPixelEvents(now: Date): Promise<string[]> {
  const since = pixelKeptSince(now).toISOString().slice(0, 7).replace("-", "_");
  const dropped: string[] = [];
  for (const month of await pixelPartitions()) if (month < since && (await dropPixelPartition(month))) dropped.push(month);
  return dropped;
}
