// What is going to happen, in the order of time; more may be added while it happens.

export type Entry = { at: number; lane: string; run: () => Promise<void> };

export type Agenda = ReturnType<typeof agendaOf>;

/** At the same moment people go in the order of their names, and one person in the order in which it was planned. */
export function agendaOf(entries: readonly Entry[]) {
  const sorted = [...entries].sort(before);
  let next = 0;
  return {
    add(entry: Entry): void {
      let [low, high] = [next, sorted.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (before(sorted[middle] as Entry, entry) <= 0) low = middle + 1;
        else high = middle;
      }
      sorted.splice(low, 0, entry);
    },
    /** The next entry that is due by then. */
    take(until: Date): Entry | undefined {
      const entry = sorted[next];
      if (entry === undefined || entry.at > until.getTime()) return undefined;
      next += 1;
      return entry;
    },
  };
}

function before(one: Entry, other: Entry): number {
  return one.at - other.at || (one.lane < other.lane ? -1 : one.lane > other.lane ? 1 : 0);
}
