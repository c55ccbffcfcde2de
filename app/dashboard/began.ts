// From which day on what is counted of a segment counts.

type Day = { day: string; size: number; entered: number; left: number; editedIn: number; editedOut: number };

/**
 * The day its history begins: that on which it was made, or an earlier one of which it knows something, as a shop does that was away for a while. Null where that is
 * no later than the first of some days, or nobody knows when it was made.
 */
export function beganAmong(days: readonly Day[], made: string | null): string | null {
  const first = days.find((one) => one.size + one.entered + one.left + one.editedIn + one.editedOut > 0)?.day ?? null;
  const began = made !== null && first !== null && first < made ? first : made;
  return began !== null && began > (days[0]?.day ?? began) ? began : null;
}

/** The days since it began, but no fewer than `fewest`: a bar alone shows no growth. */
export function daysSince<Of extends Day>(days: readonly Of[], began: string | null, fewest: number): Of[] {
  if (began === null) return [...days];
  return days.filter((one, index) => one.day >= began || index >= days.length - fewest);
}
