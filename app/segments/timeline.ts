// When something is true, for all time at once, if nothing more happens: pieces of time with what made it true.

/** Half-open stretches of time in milliseconds, in order and apart from each other. `since`: when what gave the subject began. */
export type Piece = { from: number; until: number; since: number; subject: string | null };
export type Timeline = Piece[];

/** While one thing counts. Things of one `group` count once. */
export type Span = { from: number; until: number; subject: string | null; weight: number; group?: string | undefined };

export const never: Timeline = [];
export const always: Timeline = [{ from: -Infinity, until: Infinity, since: -Infinity, subject: null }];

/** Infinite ends make differences that are no number. */
const ascending = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);

type Holds = (counting: { count: number; sum: number }) => boolean;

function sweepOne({ from, until, subject, weight }: Span, holds: Holds): Timeline {
  const pieces: Timeline = [];
  const without = holds({ count: 0, sum: 0 });
  if (without && from > -Infinity) pieces.push({ from: -Infinity, until: from, since: -Infinity, subject: null });
  if (holds({ count: 1, sum: weight })) pieces.push({ from, until, since: from, subject });
  if (without && until < Infinity) pieces.push({ from: until, until: Infinity, since: until, subject: null });
  return pieces;
}

/**
 * When what counts fulfils `holds`. Split wherever anything begins or ends to count; the subject is that of the newest that counts, of equals the first named.
 */
export function sweep(spans: Span[], holds: Holds): Timeline {
  const real = spans.filter((one) => one.from < one.until);
  const [only] = real;
  if (only === undefined) return holds({ count: 0, sum: 0 }) ? always : never;
  // Nearly always one thing decides, and there is nothing to sort.
  if (real.length === 1) return sweepOne(only, holds);
  // The first named comes last, and so lies on top.
  const starts = [...real].reverse().sort((a, b) => ascending(a.from, b.from));
  const ends = [...real].sort((a, b) => ascending(a.until, b.until));
  const edges = [...new Set([-Infinity, ...real.flatMap((one) => [one.from, one.until])])].sort(ascending);
  const groups = new Map<string, number>();
  const top: Span[] = [];
  const pieces: Timeline = [];
  let [begun, ended, count, sum] = [0, 0, 0, 0];
  const tally = (span: Span, by: 1 | -1) => {
    sum += by * span.weight;
    if (span.group === undefined) {
      count += by;
      return;
    }
    const before = groups.get(span.group) ?? 0;
    groups.set(span.group, before + by);
    if (before === 0 || before + by === 0) count += by;
  };
  edges.forEach((from, index) => {
    for (let one = ends[ended]; one !== undefined && one.until <= from; one = ends[++ended]) tally(one, -1);
    for (let one = starts[begun]; one !== undefined && one.from <= from; one = starts[++begun]) {
      tally(one, 1);
      top.push(one);
    }
    if (from === Infinity) return;
    while ((top.at(-1)?.until ?? Infinity) <= from) top.pop();
    if (!holds({ count, sum })) return;
    const newest = top.at(-1);
    pieces.push({ from, until: edges[index + 1] ?? Infinity, since: newest?.from ?? from, subject: newest?.subject ?? null });
  });
  return pieces;
}

/**
 * Those that say whether at least so many count, from `now` on: what has not begun yet, and of what has the last to end. One at least: the newest is among
 * them where all count equally long. Things of a group do not belong here.
 */
export function decisive(spans: Span[], atLeast: number, now: number): Span[] {
  const most = Math.max(1, atLeast);
  if (spans.length <= most) return spans;
  const begun = spans.filter((one) => one.from <= now).sort((a, b) => ascending(b.until, a.until) || ascending(b.from, a.from));
  if (begun.length <= most) return spans;
  const kept = new Set(begun.slice(0, most));
  return spans.filter((one) => one.from > now || kept.has(one));
}

/** Whichever has a subject, and of two that have one the newer; of equals the first. */
function speaking(a: Piece, b: Piece): Piece {
  if (a.subject === null || b.subject === null) return a.subject === null && (b.subject !== null || b.since > a.since) ? b : a;
  return b.since > a.since ? b : a;
}

/** When both are true. */
export function both(a: Timeline, b: Timeline): Timeline {
  const pieces: Timeline = [];
  for (let i = 0, j = 0; ;) {
    const [one, other] = [a[i], b[j]];
    if (one === undefined || other === undefined) return pieces;
    const [from, until] = [Math.max(one.from, other.from), Math.min(one.until, other.until)];
    if (from < until) pieces.push({ ...speaking(one, other), from, until });
    if (one.until <= other.until) i += 1;
    else j += 1;
  }
}

/** When either is true. */
export function either(a: Timeline, b: Timeline): Timeline {
  const edges = [...new Set([...a, ...b].flatMap((one) => [one.from, one.until]))].sort(ascending);
  const pieces: Timeline = [];
  let [i, j] = [0, 0];
  edges.forEach((from, index) => {
    const until = edges[index + 1];
    if (until === undefined) return;
    while ((a[i]?.until ?? Infinity) <= from) i += 1;
    while ((b[j]?.until ?? Infinity) <= from) j += 1;
    const [one, other] = [a[i], b[j]].map((piece) => (piece !== undefined && piece.from <= from ? piece : null)) as [Piece | null, Piece | null];
    const here = one === null ? other : other === null ? one : speaking(one, other);
    if (here !== null) pieces.push({ ...here, from, until });
  });
  return pieces;
}

/** When it is not true. What did not happen is nothing to talk about, so this has no subject. */
export function opposite(of: Timeline): Timeline {
  const pieces: Timeline = [];
  let from = -Infinity;
  for (const piece of of) {
    if (from < piece.from) pieces.push({ from, until: piece.from, since: from, subject: null });
    from = piece.until;
  }
  if (from < Infinity) pieces.push({ from, until: Infinity, since: from, subject: null });
  return pieces;
}

/** The piece that holds at an instant, or null. */
export function at(timeline: Timeline, now: number): Piece | null {
  return timeline.find((one) => one.from <= now && now < one.until) ?? null;
}

/** The first edge after an instant, or null where nothing will ever change. */
export function nextEdge(timeline: Timeline, now: number): number | null {
  let first = Infinity;
  for (const { from, until } of timeline) {
    if (from > now && from < first) first = from;
    if (until > now && until < first) first = until;
  }
  return first === Infinity ? null : first;
}
