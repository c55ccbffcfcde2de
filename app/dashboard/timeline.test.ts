import { expect, test } from "vitest";
import { changesOnly, inOrder, type Moment } from "./timeline.ts";

const at = (time: string) => new Date(`2026-11-21T${time}Z`);

test("moments stand in the order of time", () => {
  const moments: Moment[] = [
    { kind: "order", at: at("12:00:00"), name: "#1", totalMinor: 100 },
    { kind: "click", at: at("11:00:00"), by: "human", reason: null, stepKey: "reminder", counted: true },
    { kind: "checkout", at: at("09:00:00"), totalMinor: 100 },
  ];
  expect(inOrder(moments).map((one) => one.kind)).toEqual(["checkout", "click", "order"]);
});

test("within one second the cause stands before what it brought about, whoever wrote milliseconds", () => {
  const moments: Moment[] = [
    { kind: "refund", at: at("12:00:00.100"), amountMinor: 1 },
    { kind: "checkout", at: at("12:00:00.000"), totalMinor: 100 },
    { kind: "cart", at: at("12:00:00.700"), items: 1 },
    { kind: "consent", at: at("12:00:00.000"), state: "single", source: "checkout" },
  ];
  expect(inOrder(moments).map((one) => one.kind)).toEqual(["cart", "checkout", "consent", "refund"]);
});

test("a word of consent that repeats the one before is told once", () => {
  const lines = ["single", "single", "out", "out", "single"].map((state) => ({ state }));
  expect(changesOnly(lines).map((one) => one.state)).toEqual(["single", "out", "single"]);
});
