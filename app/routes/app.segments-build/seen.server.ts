import { formatsOf } from "#app/components/format.ts";
import { reasonsLine } from "#app/components/reason-words.ts";
import { everyConnector } from "#app/connectors/registry.server.ts";
import { peoplePage } from "#app/dashboard/people.server.ts";
import { peopleById, whyOf, type PersonLine } from "#app/dashboard/segments.server.ts";
import { matchOn } from "#app/destinations/plan.server.ts";
import { preview } from "#app/segments/preview.server.ts";
import type { Node } from "#app/segments/rule.ts";
import type { Names } from "#app/segments/say.ts";
import { matching } from "#app/segments/whole-shop.server.ts";
import type { Shop } from "#app/shops/shop.ts";

type Person = { id: string; firstName: string | null; lastName: string | null; email: string | null; why: string };

/** Who fits a rule. `exact` false: reckoned from some of them. */
export type Seen =
  | {
      kind: "counted";
      count: number;
      of: number;
      reachable: number;
      platforms: { label: string; people: number; exact: boolean; minimum: number }[];
      inside: Person[];
      outside: Person[];
    }
  | { kind: "too-slow" | "cannot" };

const outsideShown = 3;
/** Those who are not in are an example: nobody waits for them any longer. */
const patience = 1_000;

/** Counts who fits a rule, and shows some who do and some who do not, each with why. */
export async function seen(shop: Shop, key: string | null, rule: Node, names: Names, now: Date): Promise<Seen> {
  const connectors = everyConnector().filter((one) => one.audience !== undefined);
  const found = await preview(shop, { version: 1, match: rule }, now, {
    ...{ key, names },
    match: matchOn(connectors),
  });
  const format = formatsOf(shop);
  if (found.outcome !== "counted") return { kind: found.outcome === "tooSlow" ? "too-slow" : "cannot" };
  const outside = found.slow ? [] : await notIn(shop, rule, found.of - found.count, names, now);
  return {
    ...{ kind: "counted", count: found.count, of: found.of, reachable: found.reachableByEmail.people },
    platforms: connectors.map(({ id, label, audience }) => ({
      ...{ label, minimum: audience?.minimum ?? 0 },
      ...(found.matchable[id] ?? { people: 0, exact: true }),
    })),
    inside: found.sample.map(({ profileId, name, because }) => ({
      ...{ id: profileId, firstName: name, lastName: null, email: null },
      why: reasonsLine(because, format),
    })),
    outside,
  };
}

/** A few of those who are not in, each with what keeps them out: of those known last, and where nearly everybody is in, of all. `all`: how many there are. */
async function notIn(shop: Shop, rule: Node, all: number, names: Names, now: Date): Promise<Person[]> {
  const { lines } = await peoplePage(shop, null, { older: null, newer: null });
  const late = await outsideAmong(shop, rule, lines, names, now);
  const more = Math.min(outsideShown, all) - late.length;
  if (more <= 0) return late;
  const known = new Set(late.map(({ id }) => id));
  const found = await matching(shop, { kind: "not", of: rule }, now, { limit: outsideShown + known.size, limitMs: patience });
  const ids = found.ok ? found.answer.filter((id) => !known.has(id)) : [];
  return [...late, ...(await outsideAmong(shop, rule, await peopleById(shop, ids), names, now)).slice(0, more)];
}

/** The first of some people who are not in, each with why. */
async function outsideAmong(shop: Shop, rule: Node, lines: PersonLine[], names: Names, now: Date): Promise<Person[]> {
  const ids = lines.map((one) => one.id);
  const why = await whyOf(shop, rule, ids, names, now);
  return lines
    .filter(({ id }) => why.get(id)?.member === false)
    .slice(0, outsideShown)
    .map(({ id, firstName, lastName, email }) => ({ id, firstName, lastName, email, why: reasonsLine(why.get(id)?.reasons ?? [], formatsOf(shop)) }));
}
