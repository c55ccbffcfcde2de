// How many came and went lately, in words: of a segment that is younger than that, since when.
import { barLabel, type Formats } from "#app/components/format.ts";
import { words } from "#app/components/words.ts";

const say = words.segments;

type Line = { entered: number; left: number; since: string | null };
type Format = Pick<Formats, "number">;

/** One line, or two. A segment whose history begins today and that nobody moved in is new; that nothing changed would say more than is known. */
export function changeWords({ entered, left, since }: Line, today: string, format: Format): string[] {
  const still = entered === 0 && left === 0;
  if (still && since === today) return [say.begunToday];
  const change = still ? say.noChange : say.change(format.number(entered), format.number(left));
  return since === null ? [change] : [change, since === today ? say.sinceToday : say.since(barLabel(since, "day"))];
}

/** The same where no heading stands above it. */
export function changeLine(line: Line, today: string, format: Format): string {
  const said = changeWords(line, today, format);
  return [...said, ...(line.since === null ? [say.inSevenDays] : [])].join(" ");
}
