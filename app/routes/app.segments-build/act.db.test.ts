import { beforeAll, describe, expect, test } from "vitest";
import { words } from "#app/components/words.ts";
import { db } from "#app/db.server.ts";
import { newId } from "#app/lib/id.server.ts";
import { queue } from "#app/queue.server.ts";
import { after, day, hour, minute } from "#app/lib/time.ts";
import { ensurePartitions } from "#app/events/append.server.ts";
import { sweep } from "#app/pipeline/sweep.server.ts";
import { limits } from "#app/segments/rule.ts";
import { ruleWords } from "#app/segments/rule-words.ts";
import { savedWords } from "#app/segments/saved-words.ts";
import { nobody, nothingDone } from "#app/segments/history.ts";
import { lookAgain } from "#app/segments/update.server.ts";
import { installed } from "#app/shops/refresh.server.ts";
import type { Shop } from "#app/shops/shop.ts";
import { tellable, writeHistories } from "../../../test/histories.ts";
import { act } from "./act.server.ts";
import { load } from "./load.server.ts";

const now = new Date("2026-11-21T12:00:00Z");
const say = words.builder.problem;
let shop: Shop;

const reachable = { kind: "has", what: "email" };
const form = (fields: Record<string, string>) => {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.set(name, value);
  return made;
};
const written = (match: unknown) => JSON.stringify({ version: 1, match });
const look = async (rule: string, key: string | null = null) =>
  (await act(shop, key, form({ intent: "look", rule, asked: "7" }), now)).look ?? expect.unreachable();
const save = (name: string, match: unknown, key: string | null = null, version = "") =>
  act(shop, key, form({ intent: "save", name, rule: written(match), version, madeFrom: "" }), now);

beforeAll(async () => {
  await queue();
  await ensurePartitions([now]);
  shop = await installed("builder.myshopify.com", [], now);
  for (const [firstName, email] of [
    ["Ada", "ada@example.com"],
    ["Bea", null],
  ] as const)
    await db.profile.create({ data: { shopId: shop.id, id: newId(now), firstSeenAt: now, firstName, email, phone: email === null ? "+447700900001" : null } });
});

describe("a rule that is looked at", () => {
  test("who fits it, who does not and why, under the number it was asked with", async () => {
    const said = await look(written({ kind: "all", of: [reachable] }));
    expect(said).toMatchObject({ asked: "7", problems: [], said: "People who have an email address.", seen: { kind: "counted", count: 1, of: 2 } });
    if (said.seen?.kind !== "counted") return expect.unreachable();
    expect(said.seen.inside.map((one) => [one.firstName, one.why])).toEqual([["Ada", "has an email address"]]);
    expect(said.seen.outside.map((one) => [one.firstName, one.why])).toEqual([["Bea", "has no email address"]]);
  });

  test("where nearly everybody is in, who is not is found wherever they are: a prediction that is turned around", async () => {
    const busy = await installed("busy.myshopify.com", [], now);
    let orders = 0;
    const person = async (firstName: string, known: number, placed: number[]) => {
      const id = newId(after(now, -known * day));
      await db.profile.create({
        data: { shopId: busy.id, id, firstSeenAt: after(now, -known * day), firstName, email: `${firstName}@example.com`.toLowerCase() },
      });
      for (const ago of placed) {
        const placedAt = after(now, -ago * day);
        await db.placedOrder.create({
          data: {
            ...{ shopId: busy.id, orderId: `o${(orders += 1)}`, name: "#", profileId: id, placedAt, updatedAt: placedAt, test: false, source: "web" },
            ...{ currency: "GBP", totalMinor: 2_000n, discountMinor: 0n, discountCodes: [] },
          },
        });
      }
    };
    for (let index = 0; index < 12; index += 1) await person(`Regular${index}`, 400, [10, 40, 70, 100, 250]);
    for (let index = 0; index < 30; index += 1) await person(`Lately${index}`, 1, []);
    const swept = async () => {
      await lookAgain(busy.id, now);
      await sweep(now);
    };
    await swept();
    const looked = async (match: unknown) => {
      const { seen } = (await act(busy, null, form({ intent: "look", rule: written(match), asked: "1" }), now)).look ?? expect.unreachable();
      return seen?.kind === "counted" ? seen : expect.unreachable(JSON.stringify(seen));
    };
    const likely = { kind: "chance-of-order", within: 90, chance: { is: "at-least", percent: 50 } };
    const unlikely = await looked({ kind: "not", of: likely });
    expect([unlikely.count, unlikely.of]).toEqual([30, 42]);
    expect(unlikely.outside.map((one) => one.firstName)).toEqual([
      expect.stringMatching(/^Regular/),
      expect.stringMatching(/^Regular/),
      expect.stringMatching(/^Regular/),
    ]);
    expect(new Set(unlikely.outside.map((one) => one.id)).size).toBe(3);
    for (const one of unlikely.outside)
      expect(one.why).toMatch(/^is at least 50% likely to order again within 90 days: now \d+% \(\d+ to \d+%\), last order on /);
    expect((await looked({ kind: "any", of: [likely, { kind: "not", of: likely }] })).outside).toEqual([]);
    // Of those known last enough are not in.
    expect((await looked(likely)).outside.map((one) => one.why)).toEqual(
      Array.from({ length: 3 }, () => "has no known chance to order again within 90 days: no order is known"),
    );
    // One was known of late, the others are found.
    await person("Known1", 0, [20, 50, 80]);
    await swept();
    const mixed = await looked({ kind: "all", of: [{ kind: "not", of: likely }] });
    expect(mixed.outside.map((one) => one.firstName)).toEqual(["Known1", expect.stringMatching(/^Regular/), expect.stringMatching(/^Regular/)]);
  });

  test("of a slow rule, too, some are shown who are not in, each with why: of those known last, or wherever they are", async () => {
    const slow = await installed("slow.myshopify.com", [], now);
    await db.$executeRaw`SELECT make_event_partition(${now})`;
    // The first three looked at something dear, everybody else at something cheap; and all but these three came later than the list of people shows at once.
    const people = Array.from({ length: 33 }, (_, index) => {
      const deeds = { "viewed-product": [{ id: "1", at: after(now, -hour), item: { productId: "7", priceMinor: index < 3 ? 900 : 5 } }] };
      const history = { ...nothingDone, deeds, person: { ...nobody, hasEmail: true, firstSeenAt: after(now, -day + index * minute) } };
      return { id: newId(after(now, index)), history };
    });
    await writeHistories(slow, people.map(({ id, history }) => ({ id, history: tellable(history, id) })), "UTC"); // prettier-ignore
    const looked = async (priceMinor: object) => {
      const match = { kind: "did", did: "viewed-product", where: { priceMinor }, when: { kind: "last", length: { amount: 7, unit: "days" } } };
      const { seen, slow: why } = (await act(slow, null, form({ intent: "look", rule: written(match), asked: "1" }), now)).look ?? expect.unreachable();
      expect(why).toHaveLength(1);
      return seen?.kind === "counted" ? seen : expect.unreachable(JSON.stringify(seen));
    };
    const outside = (some: typeof people, why: string) => some.map(({ id }) => ({ id, firstName: null, lastName: null, email: "a@example.com", why }));
    const dear = await looked({ atLeast: 800 });
    expect([dear.count, dear.of, dear.inside.length]).toEqual([3, 33, 3]);
    expect(dear.outside).toEqual(outside(people.slice(-3).reverse(), "did not view a product for $8.00 or more in the last 7 days"));
    const cheap = await looked({ atMost: 799 });
    expect([cheap.count, cheap.inside.length]).toEqual([30, 8]);
    expect(cheap.outside.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
      outside(people.slice(0, 3), "did not view a product for $7.99 or less in the last 7 days"),
    );
    expect((await looked({ atLeast: 0 })).outside).toEqual([]);
  });

  test("what is wrong is said at its node and its field, in a merchant's words, once", async () => {
    const did = {
      kind: "did",
      did: "ordered",
      where: {},
      onDays: false,
      when: { kind: "last", length: { amount: "soon", unit: "days" } },
      times: { is: "at-least" },
    };
    const said = await look(
      written({ kind: "all", of: [reachable, { kind: "not", of: did }, { kind: "orders", measure: "spent", is: "at-least", value: "much" }] }),
    );
    expect(said.problems).toEqual([
      { path: [1, 0], field: "times.n", message: say.number },
      { path: [1, 0], field: "when.length.amount", message: say.number },
      { path: [2], field: "value", message: say.amount },
    ]);
    expect([said.said, said.seen]).toEqual([null, null]);
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["null", "null"],
    ["a number", "7"],
    ["a list", "[]"],
    ["no tree", '{"version":1}'],
    ["a node of no kind", '{"version":1,"match":{"kind":7}}'],
    ["a group of nothing in particular", '{"version":1,"match":{"kind":"all","of":7}}'],
    ["a group of nulls", '{"version":1,"match":{"kind":"all","of":[null]}}'],
    ["an empty group", '{"version":1,"match":{"kind":"all","of":[]}}'],
    ["what is absurdly deep", `{"version":1,"match":${'{"kind":"not","of":'.repeat(5000)}null${"}".repeat(5000)}}`],
    ["what is absurdly long", written({ kind: "country", countries: Array.from({ length: 30_000 }, () => "GB") })],
  ])("%s is no rule, and that is said", async (_, text) => {
    const said = await look(text);
    expect(said.problems.length).toBeGreaterThan(0);
    expect(said.seen).toBeNull();
    expect((await act(shop, null, form({ intent: "save", name: "X", rule: text }), now)).ok).toBe(false);
    expect((await act(shop, null, form({ intent: "compare", rule: text }), now)).ok).toBe(false);
    expect((await act(shop, null, form({ intent: "ask", rule: text, text: "ada" }), now)).ok).toBe(false);
    expect((await act(shop, null, form({ intent: "import", json: text }), now)).ok).toBe(false);
  });

  test("what is odd is a warning, what is slow another", async () => {
    const never = await look(
      written({ kind: "any", of: [{ kind: "left-behind", what: "cart", atLeast: { amount: 9, unit: "days" }, lessThan: { amount: 1, unit: "days" } }] }),
    );
    expect(never.warnings.map((one) => one.path)).toContainEqual([0]);
    const slow = await look(written({ kind: "all", of: [{ kind: "did", did: "searched", times: { is: "at-least", n: 90 } }] }));
    expect([slow.slow.map((one) => one.path), slow.unfit]).toEqual([[[0]], []]);
  });

  test("somebody in particular is asked about", async () => {
    const ask = async (text: string) => (await act(shop, null, form({ intent: "ask", rule: written(reachable), text }), now)).found;
    expect(await ask("bea")).toMatchObject([{ firstName: "Bea", member: false, why: "has no email address" }]);
    expect(await ask("ada@example.com")).toMatchObject([{ firstName: "Ada", member: true }]);
    expect(await ask("nobody")).toEqual([]);
  });
});

describe("a segment that is saved", () => {
  test("is there under its name; a second of that name is refused at the field", async () => {
    const saved = await save("Reachable", reachable);
    expect(saved).toMatchObject({ ok: true, done: "segment-saved" });
    expect(await load(shop, saved.key, null, now)).toMatchObject({
      key: saved.key,
      version: 1,
      saved: { name: "Reachable", root: { kind: "all", of: [reachable] } },
    });
    for (const name of ["reachable", "Cart abandoners", ""]) {
      const again = await save(name, reachable);
      expect(again.ok ? [] : Object.keys(again.errors)).toEqual(["name"]);
    }
  });

  test("an edit of what somebody else edited meanwhile is refused, and so is a circle", async () => {
    const { key = "" } = await save("First", reachable);
    expect(await save("First", { kind: "has", what: "phone" }, key, "1")).toMatchObject({ ok: true });
    const stale = await save("First", reachable, key, "1");
    expect(stale.ok ? "" : stale.errors["form"]).not.toBe("");
    const second = await save("Second", { kind: "in-segment", segment: key });
    const circle = await save("First", { kind: "in-segment", segment: second.key }, key, "2");
    expect(circle.ok ? "" : circle.errors["form"]).toContain("Second");
  });

  test("what is slow is saved; what cannot be kept at all is refused with its place", async () => {
    expect(await save("Slow", { kind: "all", of: [reachable, { kind: "did", did: "searched", times: { is: "at-least", n: 90 } }] })).toMatchObject({
      ok: true,
    });
    const twisted = { kind: "all", of: [reachable, { kind: "did", did: "landed", where: { sources: ["ΑΣ"] } }] };
    expect((await look(written(twisted))).unfit.map((one) => one.path)).toEqual([[1]]);
    const refused = await save("Twisted", twisted);
    expect(refused).toMatchObject({ ok: false, errors: { form: say.rule }, placed: [{ path: [1], field: "" }] });
  });

  test("what comes to more than can be worked out, by the segments it asks for, is refused as it is typed, and at once", async () => {
    const asks = (segment: string) => ({ kind: "in-segment", segment });
    const twice = (segment: string) => ({ kind: "all", of: [asks(segment), { kind: "any", of: [asks(segment), reachable] }] });
    let { key = "" } = await save("Doubled 0", reachable);
    const first = key;
    for (let index = 1; index <= 6; index += 1) ({ key = "" } = await save(`Doubled ${index}`, twice(key)));
    const problem = { path: [], field: "", message: ruleWords.problem.conditionsInAll(limits.conditionsInAll) };
    expect(await look(written(twice(key)))).toMatchObject({ problems: [problem], seen: null, warnings: [] });
    expect(await save("Doubled 7", twice(key))).toMatchObject({ ok: false, placed: [problem] });
    expect((await act(shop, null, form({ intent: "ask", rule: written(twice(key)), text: "bea" }), now)).found).toMatchObject([{ member: null }]);
    // Nor may what others ask for grow so that they come to too much.
    const six = ["GB", "IE", "FR", "DE", "NL", "BE"].map((country) => ({ kind: "country", countries: [country] }));
    const more = await save("Doubled 0", { kind: "any", of: six }, first, "1");
    expect(more).toMatchObject({ ok: false, placed: [{ message: savedWords.wouldBeTooLarge("Doubled 6", limits.conditionsInAll) }] });
  });

  test("what depends on it is told who would come and go", async () => {
    const { key = "" } = await save("To be changed", reachable);
    const compared = await act(shop, key, form({ intent: "compare", rule: written({ kind: "not", of: reachable }) }), now);
    expect(compared.changes).toMatchObject({ known: true, enter: { count: 1, names: ["Bea"] } });
  });
});

test("what is begun from a template is a copy in its own name; an odd template is not there", async () => {
  expect(await load(shop, undefined, "rfm-champions", now)).toMatchObject({
    key: null,
    madeFrom: "rfm-champions",
    saved: { name: "Champions (copy)" },
    standard: true,
  });
  expect(await load(shop, undefined, null, now)).toMatchObject({ key: null, saved: { name: "", root: { kind: "all", of: [] } }, look: null });
  await expect(load(shop, undefined, "nonsense", now)).rejects.toMatchObject({ status: 404 });
  await expect(load(shop, "cart-abandoners", null, now)).rejects.toMatchObject({ status: 404 });
});
