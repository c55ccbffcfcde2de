import { describe, expect, test } from "vitest";
import { holdout, postal, sender } from "./settings.ts";

describe("what a merchant tells us", () => {
  test("a sender name is one line: it becomes a mail header", () => {
    expect(sender.parse({ senderName: " Harbour\r\nBcc: x ", senderAddress: " Hello@Shop.Example " })).toEqual({
      senderName: "Harbour Bcc: x",
      senderAddress: "hello@shop.example",
    });
  });
  test.each(["", "hello", "hello@", "a@b@c.test"])("%j is no sender address", (senderAddress) =>
    expect(sender.safeParse({ senderName: "Shop", senderAddress }).success).toBe(false),
  );
  test.each(["", "Leith", "\n\n"])("%j is no postal address", (postalAddress) => expect(postal.safeParse({ postalAddress }).success).toBe(false));
  test.each(["-1", "21", "2.5", "x", ""])("%j is no holdout", (holdoutPercent) => expect(holdout.safeParse({ holdoutPercent }).success).toBe(false));
  test.each([
    ["0", 0],
    [" 20 ", 20],
  ])("%j is one", (holdoutPercent, number) => expect(holdout.parse({ holdoutPercent })).toEqual({ holdoutPercent: number }));
});
