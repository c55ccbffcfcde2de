// What is said when a segment cannot be kept as it was handed in. English first; a second language is a second file of the same shape.
import type { Slow } from "./needs.ts";
import type { NotInSql } from "./sql-rows.ts";

export const savedWords = {
  noName: "Give the segment a name.",
  longName: (most: number) => `A name can have at most ${most} characters.`,
  oddName: "The name holds a character that cannot be kept.",
  nameTaken: "Another segment has this name already.",
  tooMany: (most: number) => `A shop can have at most ${most} segments of its own. Delete one first.`,
  stale: "Somebody else saved this segment meanwhile. Look at their version first.",
  gone: "This segment was deleted meanwhile.",
  wouldBeTooLarge: (name: string, most: number) =>
    `"${name}" asks for this segment, and would have more than the ${most} conditions that a rule can have with those of the segments it asks for.`,
  cycle: (names: string) => `This segment would ask for itself: ${names}.`,
  slow: {
    filter: "This detail takes a look through everything that happened: only that it was done, how often and when is at hand.",
    times: "Counting further than 10 takes a look through everything that happened.",
    days: "Counting days takes a look through everything that happened, except for up to 10 days of visits.",
    when: "A time that ended earlier takes a look through everything that happened.",
    lines: "What an order held takes a look through everything that happened.",
  } satisfies Record<Slow, string>,
  /** Of slow rules, which are kept by one question of the whole shop. */
  noSql: {
    tag: "A tag with these letters cannot be looked for in everything that happened.",
    size: "The rule is too large, with the segments it asks for, to be counted at once.",
    zone: "Days of a time zone without a name cannot be counted. Choose a city's in Shopify's settings.",
  } satisfies Record<NotInSql["reason"], string>,
} as const;
