// The law of what is asked of visits: on however many days somebody came, by one browser or two, to the millisecond at the ends of windows and a little ahead of our clock, a
// query finds whom the plain meaning finds, from the days that are kept and from the log.
import fc from "fast-check";
import { expect, test } from "vitest";
import { crowdOf, foundAsMeant, treesOf } from "../../test/found-as-meant.ts";
import { after, day, hour, minute } from "../lib/time.ts";
import { nothingDone, type History } from "./history.ts";
import type { Node } from "./rule.ts";

const now = new Date("2026-10-31T12:34:56.789Z");

const hours = [1, 30, 96];
// The longest is the longest whose days are counted as bits.
const days = [1, 7, 20, 60];
const lengths = [...hours.map((one) => one * hour), ...days.map((one) => one * day)];
const at = fc.oneof(
  // Around the ends of windows, within the hour that the end lies in, and to the millisecond.
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...lengths), fc.integer({ min: -70, max: 70 }), fc.constantFrom(-1, 0, 0, 1)).map(([ago, minutes, ms]) => after(now, -ago + minutes * minute + ms)) }, // prettier-ignore
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...lengths), fc.constantFrom(-1, 0, 1)).map(([ago, ms]) => after(now, ms - ago)) },
  { weight: 4, arbitrary: fc.tuple(fc.nat(28), fc.constantFrom(0, 11, 12, 13, 23)).map(([back, hour_]) => after(now, -back * day - hour_ * hour)) },
  { weight: 1, arbitrary: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.constantFrom(13 * 60, 37 * 60)).map((minutes) => after(now, minutes * minute)) },
);
const moments = fc.oneof(fc.array(at, { maxLength: 4 }), fc.array(at, { minLength: 8, maxLength: 30 }));
const history: fc.Arbitrary<History> = fc.record({ visited: moments, searched: fc.array(at, { maxLength: 2 }) }).map(({ visited, searched }) => {
  const deeds = (some: Date[]) => some.map((one, index) => ({ id: `${index}`, at: one }));
  return { ...nothingDone, deeds: { visited: deeds(visited), searched: deeds(searched) } };
});

const length = (amount: number, unit: "days" | "hours") => ({ amount, unit });
const when = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...hours.map((one) => length(one, "hours")), ...days.map((one) => length(one, "days"))).map((one) => ({ kind: "last" as const, length: one })) }, // prettier-ignore
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      { kind: "ever" as const },
      { kind: "ago" as const, atLeast: length(1, "hours"), lessThan: length(7, "days") },
      { kind: "ago" as const, atLeast: length(30, "hours") },
      { kind: "dates" as const, from: "2026-10-11", before: "2026-10-25" },
      { kind: "dates" as const, from: "2026-10-25" },
      // Has not come yet.
      { kind: "dates" as const, from: "2026-11-03" },
      { kind: "since" as const, deed: { did: "searched" as const, where: {} } },
      { kind: "since" as const, deed: { did: "visited" as const, where: {} } },
    ),
  },
);
const condition: fc.Arbitrary<Node> = fc.record({
  ...{ kind: fc.constant("did" as const), did: fc.constantFrom("visited" as const, "visited" as const, "searched" as const), where: fc.constant({}), when },
  ...{ onDays: fc.boolean(), times: fc.record({ is: fc.constantFrom("at-least" as const, "at-most" as const, "exactly" as const), n: fc.nat(12) }) },
});
const once: fc.Arbitrary<Node> = condition.map((one) => ({ ...one, times: { is: "at-least", n: 1 } }) as Node);

test("whoever is found came as it is asked", async () => {
  // Clocks go back in London six days before.
  const { someone, everybody, log } = await foundAsMeant(await crowdOf(history, "Europe/London", now), treesOf(fc.oneof(once, condition)));
  expect(someone).toBeGreaterThan(everybody + 20);
  expect(log).toBeGreaterThan(20);
}, 120_000);
