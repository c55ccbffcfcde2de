import { describe, expect, test } from "vitest";
import { barLabel, formatsOf } from "./format.ts";
import { errorOf, errorsFrom, textOf } from "./reply.ts";
import { personName, reasonWords, waitWords, whoever, words } from "./words.ts";

describe("a shop's numbers and dates", () => {
  const london = formatsOf({ currency: "GBP", timezone: "Europe/London" });
  const tokyo = formatsOf({ currency: "JPY", timezone: "Asia/Tokyo" });
  test("money is in its currency, with that currency's decimals", () => {
    expect([london.money(890_114), tokyo.money(890_114), london.moneyIn(1234, "KWD")]).toEqual(["£8,901.14", "¥890,114", "KWD\u00a01.234"]);
  });
  test("an estimate carries no pence", () => expect(london.about(-890_114)).toBe("-£8,901"));
  test("an instant is told in its time zone", () => {
    expect([london.dateTime("2026-07-01T23:30:00Z"), tokyo.dateTime("2026-07-01T23:30:00Z")]).toEqual(["2 Jul 2026, 00:30", "2 Jul 2026, 08:30"]);
  });
  test("a day of the calendar is the same one in every time zone", () => {
    const days = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/London"].map((timezone) => formatsOf({ currency: "GBP", timezone }).day("2026-07-01"));
    expect(days).toEqual(["1 Jul 2026", "1 Jul 2026", "1 Jul 2026"]);
  });
  test("a time zone that nobody knows is UTC", () =>
    expect(formatsOf({ currency: "EUR", timezone: "Mars/Base" }).dateTime("2026-07-01T23:30:00Z")).toBe("1 Jul 2026, 23:30"));
  test("a share is a percentage with at most one decimal", () => expect([london.percent(1 / 3), london.percent(1)]).toEqual(["33.3%", "100%"]));
  test("a bar is named after its day or month", () => expect([barLabel("2026-11-02", "week"), barLabel("2026-11-01", "month")]).toEqual(["2 Nov", "Nov 2026"]));
});

describe("what a form gets back", () => {
  test("only the first problem of a field is told", () => {
    expect(
      errorsFrom([
        { path: ["content", "subject"], message: "a" },
        { path: ["content", "subject"], message: "b" },
        { path: [], message: "c" },
      ]),
    ).toEqual({ subject: "a", form: "c" });
  });
  test("a success has no errors", () =>
    expect([errorOf({ ok: true, done: null }, "form"), errorOf({ ok: false, errors: { to: "x" } }, "to"), errorOf(undefined, "to")]).toEqual([
      undefined,
      "x",
      undefined,
    ]));
  test("a file instead of text is no text", () => {
    const form = new FormData();
    form.set("file", new Blob(["x"]));
    expect([textOf(form, "file"), textOf(form, "nothing")]).toEqual(["", ""]);
  });
});

describe("words", () => {
  test("waits are said as people say them", () => expect([0, 1, 30, 48].map(waitWords)).toEqual(["At once", "1 hour", "30 hours", "2 days"]));
  test("a person is called by name, else by address", () => {
    const nobody = { firstName: null, lastName: null, email: null };
    expect([personName({ ...nobody, firstName: "Ada" }), personName({ ...nobody, email: "a@b.test" }), personName(nobody)]).toEqual([
      "Ada",
      "a@b.test",
      words.person.unknown,
    ]);
    expect([whoever({ ...nobody, lastName: "Lovelace" }), whoever(nobody)]).toEqual(["Lovelace", words.person.browser]);
  });
  test("of conditions it is said what each says", () => {
    const { contradiction, tautology } = words.builder.together;
    expect(contradiction(["ordered", "did not order"])).toBe('Nobody can match these together: "ordered" and "did not order" exclude each other.');
    expect(tautology(["a", "b", "c"])).toBe('Everybody matches one of these: "a", "b" or "c". Together they leave nobody out.');
  });
  test("one whom a platform could match is a person", () =>
    expect([words.builder.adsCount(1, true), words.builder.adsCount(1_200, false)]).toEqual(["1 person", "about 1,200 people"]));
  test("a reason that has no words yet is shown as it stands", () =>
    expect([reasonWords("no consent"), reasonWords("something new"), reasonWords(null)]).toEqual(["Did not agree to marketing mail", "something new", ""]));
});
