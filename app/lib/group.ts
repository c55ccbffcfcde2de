// Many callers, one write: what comes in while a write is under way goes together into the next one. No timer, so nobody waits idly.

type Waiting<Item, Result> = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };

/** Thrown when too much waits, of everybody or of one source: the caller answers that it is busy, and the sender comes back. */
export class TooBusy extends Error {
  override name = "TooBusy";
}

export type Limits<Item> = {
  /** Items in one write. */
  size: number;
  /** Items that may wait, all together. */
  most: number;
  /** Whose an item is: each source gets its turn, so that one's flood does not hold up another, and at most `mostEach` of one wait. */
  source?: (item: Item) => string;
  mostEach?: number;
  /** Whether an error is nobody's fault, so that looking for the item to blame would only make everybody wait. */
  nobodysFault?: (error: unknown) => boolean;
};

/**
 * Makes a function that takes one item and resolves once the group it went with is durable. `write` gets the items and returns their results in the same
 * order; items of one source keep theirs. When a group fails, its halves are written on their own, so that a bad item takes nobody down with it; an error that is
 * nobody's fault is at once that of everybody who waits.
 */
export function grouped<Item, Result>(write: (items: Item[]) => Promise<Result[]>, limits: Limits<Item>): (item: Item) => Promise<Result> {
  const sources = new Map<string, Waiting<Item, Result>[]>();
  let waiting = 0;
  let running = false;

  /** One of each source in turn, until the group is full. A source that still has more goes to the end of the line. */
  function next(): Waiting<Item, Result>[] {
    const group: Waiting<Item, Result>[] = [];
    while (group.length < limits.size && sources.size > 0) {
      // What is left is shared out: with one source alone this is all of it at once.
      const share = Math.max(1, Math.floor((limits.size - group.length) / sources.size));
      for (const [source, queue] of [...sources]) {
        if (group.length >= limits.size) break;
        group.push(...queue.splice(0, Math.min(share, limits.size - group.length)));
        sources.delete(source);
        if (queue.length > 0) sources.set(source, queue);
      }
    }
    waiting -= group.length;
    return group;
  }

  /** Takes away all that waits: whoever came while the write was failing has waited as long as it took, and would only do so again. */
  function everybody(): Waiting<Item, Result>[] {
    const all = [...sources.values()].flat();
    sources.clear();
    waiting = 0;
    return all;
  }

  async function settle(group: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await write(group.map((one) => one.item));
      group.forEach((one, index) => one.resolve(results[index] as Result));
    } catch (error) {
      if (limits.nobodysFault?.(error) === true) return [...group, ...everybody()].forEach((one) => one.reject(error));
      if (group.length === 1) return group[0]?.reject(error);
      const half = Math.ceil(group.length / 2);
      await settle(group.slice(0, half));
      await settle(group.slice(half));
    }
  }

  async function run(): Promise<void> {
    running = true;
    while (waiting > 0) await settle(next());
    running = false;
  }

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      const source = limits.source?.(item) ?? "";
      const queue = sources.get(source) ?? [];
      if (waiting >= limits.most || queue.length >= (limits.mostEach ?? limits.most)) return reject(new TooBusy("Too much is waiting to be written."));
      queue.push({ item, resolve, reject });
      sources.set(source, queue);
      waiting += 1;
      if (!running) void run();
    });
}
