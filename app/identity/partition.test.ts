import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { customerOf, partition, type SeenLink } from "./partition.ts";
import { keyKinds, levels, type Key, type Level } from "./telling.ts";

const start = Date.parse("2026-11-21T09:00:00Z");
const minute = (count: number) => new Date(start + count * 60_000);

/** Links as lines, one a minute: `checkout:k1 typed email:ann`. */
function linksOf(lines: string[]): SeenLink[] {
  return lines.map((line, index) => {
    const [a, level, b] = line.split(" ") as [Key, Level, Key];
    return { a, b, level, since: minute(index) };
  });
}

function sinceOf(links: SeenLink[]): Map<Key, Date> {
  const since = new Map<Key, Date>();
  for (const one of links) for (const key of [one.a, one.b]) if (!since.has(key) || (since.get(key) as Date) > one.since) since.set(key, one.since);
  return since;
}

const people = (links: SeenLink[], aparts: { a: Key; b: Key }[] = []) =>
  partition(sinceOf(links), links, aparts)
    .map((one) => [...one.keys.keys()].sort().join(" "))
    .sort();

describe("who is one person", () => {
  test.each<[law: string, links: string[], people: string[]]>([
    ["a checkout and the address typed there", ["checkout:k1 typed email:ann"], ["checkout:k1 email:ann"]],
    [
      "her cart and her address were two, and are one",
      ["checkout:k1 typed email:ann", "order:1 typed email:ann", "order:1 token cart:c1"],
      ["cart:c1 checkout:k1 email:ann order:1"],
    ],
    [
      "two addresses at one checkout are one person",
      ["checkout:k1 typed email:ann", "order:1 typed email:home", "order:1 token checkout:k1"],
      ["checkout:k1 email:ann email:home order:1"],
    ],
    [
      "unless the shop has a customer for each: then a token joins nobody, and each keeps what she typed herself",
      [
        "checkout:k1 typed email:ann",
        "customer:1 customer email:ann",
        "customer:2 customer email:bea",
        "order:1 customer customer:2",
        "order:1 typed email:bea",
        "order:1 token checkout:k1",
      ],
      ["checkout:k1 customer:1 email:ann", "customer:2 email:bea order:1"],
    ],
    [
      "two customers with one address stay two; the address is whose it was first",
      ["customer:1 customer email:shared", "customer:2 customer email:shared"],
      ["customer:1 email:shared", "customer:2"],
    ],
    ["unless Shopify merged them", ["customer:1 customer email:shared", "customer:1 merged customer:2"], ["customer:1 customer:2 email:shared"]],
    [
      "a browser's cart is hers who names herself in it",
      ["visitor:v browser cart:c", "checkout:k token cart:c", "checkout:k typed email:ann"],
      ["cart:c checkout:k email:ann visitor:v"],
    ],
    [
      "two devices of one person",
      ["visitor:v1 browser checkout:k1", "checkout:k1 typed email:ann", "visitor:v2 browser checkout:k2", "checkout:k2 typed email:ann"],
      ["checkout:k1 checkout:k2 email:ann visitor:v1 visitor:v2"],
    ],
    [
      "a shared browser makes no person of two, and is hers who named herself there first",
      ["visitor:v browser checkout:k1", "checkout:k1 typed email:ann", "visitor:v browser checkout:k2", "checkout:k2 typed email:bea"],
      ["checkout:k1 email:ann visitor:v", "checkout:k2 email:bea"],
    ],
    [
      "a cart of nobody in a person's browser is nobody's yet",
      ["visitor:v browser checkout:k1", "checkout:k1 typed email:ann", "visitor:v browser cart:c2"],
      ["cart:c2", "checkout:k1 email:ann visitor:v"],
    ],
    [
      "whoever follows a link in a mail to her is her",
      ["checkout:k typed email:ann", "click:x click email:ann", "visitor:v click click:x"],
      ["checkout:k click:x email:ann visitor:v"],
    ],
    [
      "a mail that was passed on makes no person of two",
      ["click:x click email:ann", "visitor:v browser checkout:k", "checkout:k typed email:bea", "visitor:v click click:x"],
      ["checkout:k email:bea", "click:x email:ann visitor:v"],
    ],
    ["a phone alone is enough where nobody else gave it", ["checkout:k phone phone:1", "order:1 phone phone:1"], ["checkout:k order:1 phone:1"]],
    [
      "a person and a nameless order with her phone",
      ["checkout:k typed email:ann", "checkout:k phone phone:1", "order:1 phone phone:1"],
      ["checkout:k email:ann order:1 phone:1"],
    ],
    [
      "a household's phone tells nothing",
      ["checkout:k1 typed email:ann", "checkout:k1 phone phone:1", "checkout:k2 typed email:bea", "checkout:k2 phone phone:1", "order:1 phone phone:1"],
      ["checkout:k1 email:ann", "checkout:k2 email:bea", "order:1", "phone:1"],
    ],
  ])("%s", (_law, lines, expected) => expect(people(linksOf(lines))).toEqual(expected));

  test("what the merchant told apart stays apart, whatever links it, and every other key goes by its surest link", () => {
    const links = linksOf(["checkout:k1 typed email:ann", "order:1 typed email:home", "order:1 token checkout:k1"]);
    expect(people(links, [{ a: "email:home", b: "email:ann" }])).toEqual(["checkout:k1 email:ann", "email:home order:1"]);
  });

  test("each key says on which link it stands: the least sure on the way from the strongest key", () => {
    const links = linksOf(["visitor:v browser cart:c", "checkout:k token cart:c", "checkout:k typed email:ann"]);
    const [ann] = partition(sinceOf(links), links, []);
    expect(ann?.core).toBe("email:ann");
    expect(Object.fromEntries([...(ann?.keys ?? [])].map(([key, reason]) => [key, reason?.level ?? null]))).toEqual({
      "email:ann": null,
      "checkout:k": "typed",
      "cart:c": "token",
      "visitor:v": "browser",
    });
  });

  test("of customers that Shopify merged she is the one it kept", () => {
    const links = linksOf(["customer:2 merged customer:1", "customer:3 merged customer:2"]);
    expect(customerOf(["customer:1", "customer:2", "customer:3"], links)).toBe("3");
  });
});

describe("laws, for any links", () => {
  const key = fc.record({ kind: fc.constantFrom(...keyKinds), number: fc.integer({ min: 1, max: 3 }) }).map(({ kind, number }): Key => `${kind}:${number}`);
  const link = fc
    .record({ a: key, b: key, level: fc.constantFrom(...levels), at: fc.integer({ min: 0, max: 5 }) })
    .filter(({ a, b, level }) => a !== b && (level !== "merged" || (a.startsWith("customer:") && b.startsWith("customer:"))))
    .filter(({ a, b, level }) => level === "merged" || !(a.startsWith("customer:") && b.startsWith("customer:")))
    .map(({ at, ...rest }): SeenLink => ({ ...rest, since: minute(at) }));
  // One pair of keys, one link: the store keeps the surest of them.
  const links = fc.uniqueArray(link, { selector: (one) => `${one.a} ${one.b}`, maxLength: 25 });
  const aparts = fc.array(
    fc.record({ a: key, b: key }).filter(({ a, b }) => a !== b),
    { maxLength: 2 },
  );

  test("the same links make the same people, in whatever order they came", () => {
    fc.assert(
      fc.property(links, aparts, fc.infiniteStream(fc.nat()), (given, told, chance) => {
        const shuffled = given
          .map((one) => ({ one, rank: chance.next().value as number }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ one }) => one);
        expect(people(shuffled, told)).toEqual(people(given, told));
      }),
      { numRuns: 1000 },
    );
  });

  test("two customers are never one unless Shopify merged them, and who was told apart never", () => {
    fc.assert(
      fc.property(links, aparts, (given, told) => {
        const merged = given.filter((one) => one.level === "merged");
        for (const person of partition(sinceOf(given), given, told)) {
          const customers = [...person.keys.keys()].filter((one) => one.startsWith("customer:"));
          const joined = people(merged).find((one) => one.includes(customers[0] ?? "-"));
          for (const customer of customers.slice(1)) expect(joined).toContain(customer);
          if (merged.length === 0) for (const { a, b } of told) expect(person.keys.has(a) && person.keys.has(b)).toBe(false);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("every key is somebody's, once", () => {
    fc.assert(
      fc.property(links, (given) => {
        const all = partition(sinceOf(given), given, []).flatMap((one) => [...one.keys.keys()]);
        expect(all.sort()).toEqual([...sinceOf(given).keys()].sort());
      }),
    );
  });

  test("a link within one person, no less sure than what joins her already, changes nobody", () => {
    fc.assert(
      fc.property(links, fc.nat(), fc.nat(), (given, first, second) => {
        const [one] = partition(sinceOf(given), given, []);
        const keys = [...(one?.keys ?? [])].filter(([, reason]) => reason === null || reason.level === "typed" || reason.level === "customer");
        const [a, b] = [keys[first % Math.max(1, keys.length)]?.[0], keys[second % Math.max(1, keys.length)]?.[0]];
        if (a === undefined || b === undefined || a === b || given.some((link) => (link.a === a && link.b === b) || (link.a === b && link.b === a))) return;
        if (a.startsWith("customer:") && b.startsWith("customer:")) return;
        expect(people([...given, { a, b, level: "typed", since: minute(9) }])).toEqual(people(given));
      }),
      { numRuns: 500 },
    );
  });
});
