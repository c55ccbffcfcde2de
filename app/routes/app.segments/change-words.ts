// How many came and went lately, in words: of a segment that is younger than that, since when.
import { barLabel, type Formats } from "#app/components/format.ts";
import { words } from "#app/components/words.ts";

const say = words.segments;

type Line = { entered: number; left: number; since: string | null };

/** One line, or two. A segment that was made today and that nobody moved in since is new; that nothing changed would say more than is known. */
export function changeWords({ entered, left, since }: Line, today: string, format: Pick<Formats, "number">): string[] {
  const still = entered === 0 && left === 0;
  if (still && since === today) return [say.madeToday];
  const change = still ? say.noChange : say.change(format.number(entered), format.number(left));
  return since === null ? [change] : [change, since === today ? say.sinceToday : say.since(barLabel(since, "day"))];
}
