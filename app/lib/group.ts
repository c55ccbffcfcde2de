// Many callers, one write: what comes in while a write is under way goes together into the next one. No timer, so nobody waits idly.

type Waiting<Item, Result> = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };

/** Thrown when more than `most` items wait: the caller answers 503 and Shopify comes back. */
export class TooBusy extends Error {
  override name = "TooBusy";
}

/**
 * Makes a function that takes one item and resolves once the group it went with is durable. `write` gets the items in order and returns their
 * results in the same order. When a group fails, its items are written one by one, so that a bad one takes nobody down with it.
 */
export function grouped<Item, Result>(write: (items: Item[]) => Promise<Result[]>, limits: { size: number; most: number }): (item: Item) => Promise<Result> {
  const queue: Waiting<Item, Result>[] = [];
  let running = false;

  async function settle(group: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await write(group.map((one) => one.item));
      group.forEach((one, index) => one.resolve(results[index] as Result));
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const one of group) await settle([one]);
    }
  }

  async function run(): Promise<void> {
    running = true;
    while (queue.length > 0) await settle(queue.splice(0, limits.size));
    running = false;
  }

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      if (queue.length >= limits.most) return reject(new TooBusy("Too much is waiting to be written."));
      queue.push({ item, resolve, reject });
      if (!running) void run();
    });
}
