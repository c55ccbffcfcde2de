// Why somebody is in a segment or is not, in one line: what a rule says of her, and the moments and figures behind that. The figures are those of her own screen.
import type { Expected } from "../segments/foretold.ts";
import type { Told } from "../segments/told.ts";
import type { Formats } from "./format.ts";
import { words } from "./words.ts";

/** As it is, or as it came to the browser. */
type Sent<Of> = Of extends Date ? Date | string : Of extends object ? { [Key in keyof Of]: Sent<Of[Key]> } : Of;

const say = words.segment.told;

function expectedWords(expected: Sent<Expected>, format: Formats): string {
  switch (expected.what) {
    case "chance":
      return say.chance(words.profile.chanceOf(expected.percent, expected.low, expected.high));
    case "date":
      return (expected.passed ? say.passed : say.expected)(format.date(expected.at));
    case "spend":
      return say.spend(format.about(expected.minor), format.about(expected.low), format.about(expected.high));
    case "never-ordered":
    case "unknown":
      return say[expected.what];
  }
}

function reasonWords({ words: text, at, expected }: Sent<Told>, lastOrderAt: Date | string | null, format: Formats): string {
  const more = [...(expected === null ? [] : [expectedWords(expected, format)]), ...(lastOrderAt === null ? [] : [say.lastOrder(format.date(lastOrderAt))])];
  return `${text}${more.length === 0 ? "" : say.more(more)}${at.length === 0 ? "" : say.at(at.map((one) => format.dateTime(one)).join("; "))}`;
}

/** All that speaks for or against her. Her last order is one and the same: it is told with the last reason that hangs on it. */
export function reasonLines(reasons: Sent<Told>[], format: Formats): string[] {
  const last = reasons.findLastIndex((one) => one.lastOrderAt !== null && one.expected?.what !== "unknown");
  return reasons.map((one, index) => reasonWords(one, index === last ? one.lastOrderAt : null, format));
}

/** The same in one line, without the moments of what she did: these stand on the segment's own screen. */
export function reasonsLine(reasons: Sent<Told>[], format: Formats): string {
  const short = reasons.map((one) => ({ ...one, at: [] }));
  return reasonLines(short, format).join("; ");
}
