// What is said when a segment cannot be kept as it was handed in. English first; a second language is a second file of the same shape.
import type { Slow } from "./needs.ts";

export const savedWords = {
  noName: "Give the segment a name.",
  longName: (most: number) => `A name can have at most ${most} characters.`,
  oddName: "The name holds a character that cannot be kept.",
  nameTaken: "Another segment has this name already.",
  tooMany: (most: number) => `A shop can have at most ${most} segments of its own. Delete one first.`,
  stale: "Somebody else saved this segment meanwhile. Look at their version first.",
  gone: "This segment was deleted meanwhile.",
  cycle: (names: string) => `This segment would ask for itself: ${names}.`,
  slow: {
    filter: "A segment that is kept up to date cannot ask for this detail yet: only that it was done, how often and when is at hand.",
    times: "A segment that is kept up to date can count to 10, not further.",
    days: "A segment that is kept up to date can count only visits by days, and no more than 2 of them.",
    when: "A segment that is kept up to date can look back from now, but not at a time that ended earlier.",
    lines: "A segment that is kept up to date cannot ask yet what an order held.",
  } satisfies Record<Slow, string>,
} as const;
