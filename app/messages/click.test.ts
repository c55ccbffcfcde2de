import { describe, expect, test } from "vitest";
import { after, day, second } from "../lib/time.ts";
import { judge, type ClickFacts } from "./click.ts";

const sentAt = new Date("2026-11-21T09:00:00Z");
const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";
const facts = (change: Partial<ClickFacts> = {}): ClickFacts => ({
  method: "GET",
  userAgent: phone,
  sentAt,
  at: after(sentAt, 60 * second),
  othersJustNow: 0,
  ...change,
});

describe("who opened a link", () => {
  test.each<[law: string, facts: ClickFacts, reason: string | null]>([
    ["a person with a phone", facts(), null],
    ["a person, a month later", facts({ at: after(sentAt, 30 * day) }), null],
    ["a person who opened one other link", facts({ othersJustNow: 1 }), null],
    ["whoever only asks whether it is there", facts({ method: "HEAD" }), "head"],
    ["who does not say what it is", facts({ userAgent: null }), "no user agent"],
    ["who says nothing of what it is", facts({ userAgent: "" }), "no user agent"],
    ["a crawler", facts({ userAgent: "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" }), "scanner"],
    ["a program", facts({ userAgent: "curl/8.5.0" }), "scanner"],
    ["quicker than anybody reads", facts({ at: after(sentAt, 2 * second - 1) }), "too soon"],
    ["two seconds is soon enough", facts({ at: after(sentAt, 2 * second) }), null],
    ["before it was sent", facts({ at: after(sentAt, -1) }), "too soon"],
    ["a message that was never sent", facts({ sentAt: null }), "too soon"],
    ["three links at once", facts({ othersJustNow: 2 }), "many at once"],
  ])("%s", (_law, one, reason) => expect(judge(one)).toEqual({ by: reason === null ? "human" : "machine", reason }));
});
