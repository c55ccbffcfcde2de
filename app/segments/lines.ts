/** `edited`: because the segment was made, edited or deleted, and not by anything that happened. */
export type Because = "edited" | null;
/** That somebody came into a segment, or left it. */
export type Change = { segmentKey: string; profileId: string; change: "entered" | "left"; subject: string | null; because: Because };
/** A line of the change log: some who did so together. */
export type Line = Omit<Change, "profileId"> & { profileIds: string[] };

/** Some changes as lines of the change log, with at most so many people in each. */
export function linesOf(changes: readonly Change[], most: number): Line[] {
  const alike = Map.groupBy(changes, ({ segmentKey, change, subject, because }) => JSON.stringify([segmentKey, change, subject, because]));
  return [...alike.values()].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / most) }, (_, index) => {
      const some = all.slice(index * most, (index + 1) * most);
      const { profileId: _first, ...line } = some[0] as Change;
      return { ...line, profileIds: some.map((one) => one.profileId) };
    }),
  );
}
