import { expect, test } from "vitest";
import { every, foundBy, not, own, someOf, toSql } from "./sql-fits.ts";
import { joined, sql } from "./sql-text.ts";

const [a, b] = [foundBy(sql`A`), own(sql`b`)];
const text = (one: ReturnType<typeof not>, joins?: boolean) => toSql(one, joins).strings.join("?");

test("what all must be is joined, and left out by a join; between alternatives sets are looked into", () => {
  expect(text(every([a, not(a), b]))).toBe("(p.id IN (A) AND NOT EXISTS (SELECT 1 FROM (A) n WHERE n.profile_id = p.id) AND b)");
  expect(text(someOf([a, not(a), not(b)]))).toBe("(p.id IN (A) OR p.id NOT IN (A) OR NOT b)");
  expect(text(every([b, someOf([b, every([b, not(a)])])]))).toBe("(b AND (b OR (b AND p.id NOT IN (A))))");
});

test("not both is either not, and the other way round", () => {
  expect(not(every([a, b]))).toEqual(someOf([not(a), not(b)]));
  expect(not(someOf([a, b]))).toEqual(every([not(a), not(b)]));
  expect(not(not(every([a, someOf([a, b])])))).toEqual(every([a, someOf([a, b])]));
});

test("everybody and nobody decide, or go without saying", () => {
  expect([every([true, a]), every([false, a]), someOf([true, a]), someOf([false, a]), every([]), someOf([])]).toEqual([a, false, true, a, true, false]);
});

test("a value is never text, wherever it is laid in", () => {
  const value = "'; DROP TABLE event; --";
  const one = sql`SELECT ${joined([sql`a = ${value}`, sql`b = ${value}`], " AND ")} LIMIT ${1}`;
  expect(one).toEqual({ strings: ["SELECT a = ", " AND b = ", " LIMIT ", ""], values: [value, value, 1] });
});
