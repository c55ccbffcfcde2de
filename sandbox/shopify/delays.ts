// When Shopify gets round to telling: not at once, and of a cart that is being filled only how it ended up. Off in tests, where a deed is over once it was told.

/** How long after the deed a topic is sent, in milliseconds; another one of the same kind about the same thing starts the wait anew. */
const waits: [topics: RegExp, waitMs: number, gathers: boolean][] = [
  [/^carts\/update$/, 1500, true],
  [/^carts\//, 700, false],
  [/^checkouts\/update$/, 1200, true],
  [/^(orders|refunds)\//, 600, false],
  [/^customers/, 900, false],
];

export type Tell = (shop: string, topic: string, payload: unknown, about: string) => Promise<void>;

/** Tells at once, or with Shopify's delays. */
export function teller(
  sender: { send: (shop: string, topic: string, payload: unknown) => Promise<unknown> },
  delayed: boolean,
): { tell: Tell; close: () => void } {
  const waiting = new Map<string, NodeJS.Timeout>();
  let count = 0;
  return {
    tell: async (shop, topic, payload, about) => {
      const [, waitMs, gathers] = waits.find(([topics]) => topics.test(topic)) ?? [];
      if (!delayed || waitMs === undefined) {
        await sender.send(shop, topic, payload);
        return;
      }
      count += 1;
      const key = gathers ? `${shop} ${topic} ${about}` : String(count);
      clearTimeout(waiting.get(key));
      waiting.set(
        key,
        setTimeout(() => {
          waiting.delete(key);
          sender.send(shop, topic, payload).catch((error: unknown) => console.error("a delayed webhook was not sent:", error));
        }, waitMs),
      );
    },
    /** What waits is lost, as it is when a saved world ends between two changes. */
    close: () => {
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
