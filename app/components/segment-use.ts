// What uses a segment, in words.
import { flowName, words } from "./words.ts";

export type Use = { kind: "audience" | "segment" | "flow"; key: string; name: string };

/** "Audience: Meta …", "Flow: Abandoned checkout". */
export function usedByWords({ kind, key, name }: Use): string {
  return words.segments.used[kind](kind === "flow" ? flowName(key) : name);
}

/** The screen where it is. */
export function usedByAddress({ kind, key }: Use): string {
  if (kind === "audience") return "/app/audiences";
  return kind === "flow" ? `/app/flows/${key}` : `/app/segments/${key}`;
}
