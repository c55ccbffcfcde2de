// A memory for what was asked of late: nothing in it has to be true for ever, and it never grows beyond what it was given.

/**
 * Remembers values by key, at most `most` of them. What has not been touched while half as many others were goes first: two generations, the older dropped
 * whole. To take out the oldest one by one, a Map walks over everything it has lost before.
 */
export function recent<Key, Value>(most: number): { get: (key: Key) => Value | undefined; set: (key: Key, value: Value) => void; size: () => number } {
  let young = new Map<Key, Value>();
  let old = new Map<Key, Value>();
  const set = (key: Key, value: Value): void => {
    young.set(key, value);
    if (young.size * 2 < most) return;
    old = young;
    young = new Map();
  };
  return {
    get: (key) => {
      const found = young.get(key);
      if (found !== undefined) return found;
      const before = old.get(key);
      if (before !== undefined) set(key, before);
      return before;
    },
    set,
    size: () => young.size + [...old.keys()].filter((key) => !young.has(key)).length,
  };
}
