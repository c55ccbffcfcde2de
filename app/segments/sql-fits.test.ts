import { expect, test } from "vitest";
import { joined, sql } from "../lib/sql-text.ts";
import { buyer, didSince, every, foundBy, idsOf, not, own, someOf, type Fits } from "./sql-fits.ts";

const [a, b, c] = [foundBy(sql`A`), own(sql`b`), buyer(sql`c`)];
const text = (one: Fits) => idsOf(one, 7).strings.join("?").replace(/ +/g, " ").trim();
const people = "p.shop_id = ? AND p.merged_into IS NULL AND p.redacted_at IS NULL AND ";
const all = `SELECT p.id FROM profile p WHERE ${people}`;

test("what all must be is joined, and left out by a join; between alternatives sets are looked into", () => {
  expect(text(every([a, not(a), b]))).toBe(`${all}(p.id IN (A) AND NOT EXISTS (SELECT 1 FROM (A) n WHERE n.profile_id = p.id) AND b)`);
  expect(text(someOf([a, not(a), not(b)]))).toBe(`${all}(p.id IN (A) OR p.id NOT IN (A) OR NOT b)`);
  expect(text(every([b, someOf([b, every([b, not(a)])])]))).toBe(`${all}(b AND (b OR (b AND p.id NOT IN (A))))`);
});

test("a set that finds nobody twice stands for the people, unless something else has to be known of them", () => {
  const once = foundBy(sql`O`, true);
  const base = "SELECT f.profile_id AS id FROM (O) f";
  expect(text(once)).toBe(`SELECT p.id FROM (${base}) p WHERE true`);
  expect(text(every([not(a), once, a]))).toBe(
    `SELECT p.id FROM (${base}) p WHERE true AND NOT EXISTS (SELECT 1 FROM (A) n WHERE n.profile_id = p.id) AND p.id IN (A)`,
  );
  const [second, third] = [foundBy(sql`U`, true), foundBy(sql`V`, true)];
  const both = `SELECT p.id FROM (${base}) p JOIN (U) f ON f.profile_id = p.id`;
  expect(text(every([once, second, third]))).toBe(`SELECT p.id FROM (SELECT p.id FROM (${both}) p JOIN (V) f ON f.profile_id = p.id) p WHERE true`);
  const known = `SELECT p.id FROM (${base}) s JOIN profile p ON p.id = s.id WHERE ${people}`;
  expect(text(every([once, b]))).toBe(`${known}b`);
  expect(text(every([once, someOf([a, b])]))).toBe(`${known}(p.id IN (A) OR b)`);
  expect(text(not(once))).toBe(`${all}NOT EXISTS (SELECT 1 FROM (O) n WHERE n.profile_id = p.id)`);
  expect(text(a)).toBe(`${all}p.id IN (A)`);
});

test("what takes much work is asked of those alone who are found without it", () => {
  const heavy = foundBy(sql`H`, false, { query: ({ ids, since }) => sql`H AMONG ${ids} SINCE ${since === null ? sql`EVER` : since}`, deed: "looked" });
  expect(text(every([not(heavy), foundBy(sql`O`, true)]))).toBe(
    "WITH base AS MATERIALIZED (SELECT f.profile_id AS id FROM (O) f) SELECT p.id FROM (SELECT id FROM base) p WHERE true AND NOT EXISTS (SELECT 1 FROM (SELECT h.profile_id FROM (H AMONG SELECT id FROM base SINCE EVER) h OFFSET 0) n WHERE n.profile_id = p.id)",
  );
  // Whoever is among those who looked lately did not look for the last time before that; of whoever did something else nothing is known.
  const [at, lately] = [new Date(0), (deed: string) => didSince(foundBy(sql`O`, true), deed, at)];
  expect(text(every([heavy, lately("looked")]))).toContain("(H AMONG SELECT id FROM base SINCE ?)");
  expect(text(every([heavy, lately("carted")]))).toContain("(H AMONG SELECT id FROM base SINCE EVER)");
  expect(text(not(heavy))).toBe(`${all}NOT EXISTS (SELECT 1 FROM (H) n WHERE n.profile_id = p.id)`);
});

test("buyers are looked at once for all that is asked of them, and whoever is none fits where nothing is wanted", () => {
  const buyers = (where: string) => `SELECT b.profile_id FROM buyer b WHERE b.shop_id = ? AND ${where}`;
  expect(text(every([c, not(c)]))).toBe(`SELECT p.id FROM (SELECT f.profile_id AS id FROM (${buyers("(c) AND (c) IS NOT TRUE")}) f) p WHERE true`);
  expect(text(not(c))).toBe(`${all}NOT EXISTS (SELECT 1 FROM (${buyers("(c)")}) n WHERE n.profile_id = p.id)`);
  expect(text(someOf([not(c), b]))).toBe(`${all}(p.id NOT IN (${buyers("(c)")}) OR b)`);
});

test("what of buyers can come about in several ways is looked for in each, and of whoever ordered once nothing is asked that her last ten would have to tell", () => {
  const looks = (...wheres: string[]) => wheres.map((where) => `SELECT b.profile_id FROM buyer b WHERE b.shop_id = ? AND ${where}`).join(" UNION ALL ");
  const [d, e] = [sql`d`, sql`e`].map((is, index) => ({ is, often: index === 1 }));
  const ways = buyer([d!, e!]);
  const found = (query: string) => `SELECT p.id FROM (SELECT f.profile_id AS id FROM (${query}) f) p WHERE true`;
  expect(text(ways)).toBe(found(looks("(d)", "(e) AND b.order_count >= 2")));
  expect(text(every([ways, not(c)]))).toBe(found(looks("(d) AND (c) IS NOT TRUE", "(e) AND b.order_count >= 2 AND (c) IS NOT TRUE")));
  expect(text(every([c, not(ways)]))).toBe(
    found(looks("(c) AND b.order_count >= 2 AND (d OR e) IS NOT TRUE", "(c) AND b.order_count < 2 AND (d) IS NOT TRUE")),
  );
  expect(text(every([c, buyer([e!])]))).toBe(found(looks("(c) AND b.order_count >= 2 AND (e)", "(c) AND b.order_count < 2 AND false")));
  expect(text(not(ways))).toBe(`${all}NOT EXISTS (SELECT 1 FROM (${looks("(d)", "(e) AND b.order_count >= 2")}) n WHERE n.profile_id = p.id)`);
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
