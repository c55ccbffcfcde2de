import fc from "fast-check";
import { expect, test } from "vitest";
import { recent } from "./recent.ts";

test("it remembers what was touched of late, and never more than it may", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 300 }), fc.integer({ min: 4, max: 40 }), (keys, most) => {
      const memory = recent<number, number>(most);
      keys.forEach((key, index) => {
        memory.set(key, index);
        expect(memory.get(key)).toBe(index);
        expect(memory.size()).toBeLessThanOrEqual(most);
      });
      // Whoever is among the last few different ones is still known, with the newest of hers.
      const last = [...new Set([...keys].reverse())].slice(0, Math.max(1, Math.ceil(most / 2) - 1));
      for (const key of last) expect(memory.get(key)).toBe(keys.lastIndexOf(key));
    }),
  );
});

test("who is asked for again and again stays, whoever else passes", () => {
  const memory = recent<string, number>(100);
  memory.set("her", 1);
  for (let index = 0; index < 10_000; index += 1) {
    memory.set(`stranger ${index}`, index);
    if (index % 20 === 0) expect(memory.get("her")).toBe(1);
  }
  expect(memory.get("stranger 1")).toBeUndefined();
});
