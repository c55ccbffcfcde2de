import { beforeAll, describe, expect, test } from "vitest";
import { demoShop, openShop } from "../shopify/shop-state.ts";
import type { Ledger } from "./ledger.ts";
import { shelfOf } from "./past.ts";
import { planOf } from "./plan.ts";
import { play, stepsOf } from "./play.ts";
import { recordingFront } from "./recording-front.ts";

const from = new Date("2026-03-10T10:00:00Z");
const until = new Date("2026-05-05T16:30:00Z");

/** A whole play in front of doors that only write down, with a shop of its own. */
async function playOnce(seed: string, options: { mails?: number; lift?: number } = {}): Promise<{ record: string; ledger: Ledger }> {
  const shop = openShop(demoShop, from);
  const plan = planOf({ seed, from, until, timeZone: shop.timeZone, orders: 120, lift: options.lift ?? 0.4, visitsPerOrder: 1, shelf: shelfOf(shop) });
  const front = recordingFront({ mails: options.mails ?? 3 });
  const ledger = await play({ plan, front, shop, worldUrl: "http://world.example" });
  return { record: front.record(), ledger };
}

describe("a play", () => {
  let first: { record: string; ledger: Ledger };
  beforeAll(async () => {
    first = await playOnce("one");
  });

  test("of the same seed says the same, byte for byte", async () => {
    const again = await playOnce("one");
    expect(again.record.length).toBeGreaterThan(1_000_000);
    expect(again.record === first.record).toBe(true);
    expect(again.ledger).toEqual(first.ledger);
  });

  test("of another seed says something else", async () => {
    expect((await playOnce("two")).record === first.record).toBe(false);
  });

  test("answers to the mails: without any, nobody is won and the rest stays as it was", async () => {
    const { ledger } = await playOnce("one", { mails: 0 });
    expect(first.ledger.wonByMail).toBeGreaterThan(10);
    expect(ledger).toMatchObject({ wonByMail: 0, incrementalMinor: 0, mails: 0, credited: { orders: 0 } });
    expect(ledger.orders).toBe(first.ledger.orders - first.ledger.wonByMail);
    expect(ledger.cameBackAnyway).toBe(first.ledger.cameBackAnyway);
    expect(ledger.carts).toBe(first.ledger.carts);
  });

  test("credits more than it caused: some click who would have come anyway", () => {
    expect(first.ledger.credited.orders).toBeGreaterThan(first.ledger.wonByMail);
    expect(first.ledger.credited.minor).toBeGreaterThan(first.ledger.incrementalMinor);
    expect(first.ledger.strayMails).toEqual([]);
  });

  test("says each person's deeds in their order, each at its own moment", () => {
    const moments = new Map<string, string>();
    for (const line of first.record.split("\n")) {
      const word = /^(\S+) (\{"kind":"webhook".*)/.exec(line);
      if (word === null) continue;
      const { at } = JSON.parse(word[2] as string) as { at: string };
      expect(at >= (moments.get(word[1] as string) ?? "")).toBe(true);
      moments.set(word[1] as string, at);
    }
    expect(moments.size).toBeGreaterThan(100);
  });

  test("has software open some mails, and asks for the heads alone now and then", () => {
    expect(first.record).toContain('"method":"HEAD"');
    expect(first.ledger.scannedOnlyMails).toBeGreaterThan(0);
  });
});

test("steps go forward, leave room for reading, and end at the end", () => {
  const steps = stepsOf({ seed: "s", from, until, timeZone: "Europe/London" }, 2);
  expect(steps.at(-1)).toEqual(until);
  expect(steps.length).toBeGreaterThan(90);
  for (const [index, step] of steps.entries()) expect(step.getTime() - (steps[index - 1] ?? from).getTime()).toBeGreaterThanOrEqual(90 * 60_000);
});
