import { formatsOf } from "#app/components/format.ts";
import { reasonsLine } from "#app/components/reason-words.ts";
import { everyConnector } from "#app/connectors/registry.server.ts";
import { peoplePage } from "#app/dashboard/people.server.ts";
import { peopleById, whyOf, type PersonLine } from "#app/dashboard/segments.server.ts";
import { matchOn } from "#app/destinations/plan.server.ts";
import { patience, preview } from "#app/segments/preview.server.ts";
import type { Node } from "#app/segments/rule.ts";
import type { Names } from "#app/segments/say.ts";
import type { Told } from "#app/segments/told.ts";
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
const outsidePatience = 1_000;

/** Counts who fits a rule, and shows some who do and some who do not, each with why. */
export async function seen(shop: Shop, key: string | null, rule: Node, names: Names, now: Date): Promise<Seen> {
  const began = performance.now();
  const left = () => patience - (performance.now() - began);
  const connectors = everyConnector().filter((one) => one.audience !== undefined);
  const { lines } = await peoplePage(shop, null, { older: null, newer: null });
  const found = await preview(shop, { version: 1, match: rule }, now, {
    ...{ key, names, beside: lines.map(({ id }) => id) },
    match: matchOn(connectors),
  });
  const format = formatsOf(shop);
  if (found.outcome !== "counted") return { kind: found.outcome === "tooSlow" ? "too-slow" : "cannot" };
  // Of those known last, and where nearly everybody is in, of all.
  const late = outsideAmong(lines, found.beside, format);
  const lacking = Math.min(outsideShown, found.of - found.count) - late.length;
  const others = lacking > 0 ? await othersNotIn(shop, rule, new Set(late.map(({ id }) => id)), names, now, left) : [];
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
    outside: [...late, ...others.slice(0, Math.max(0, lacking))],
  };
}

/** Some of all who are not in, besides those who are `known` already, each with what keeps them out; none of them where no time is `left`. */
async function othersNotIn(shop: Shop, rule: Node, known: ReadonlySet<string>, names: Names, now: Date, left: () => number): Promise<Person[]> {
  const limitMs = Math.min(outsidePatience, left());
  if (limitMs <= 0) return [];
  const found = await matching(shop, { kind: "not", of: rule }, now, { limit: outsideShown + known.size, limitMs });
  const ids = found.ok ? found.answer.filter((id) => !known.has(id)) : [];
  if (ids.length === 0 || left() <= 0) return [];
  const why = await whyOf(shop, rule, ids, names, now, left());
  const standings = new Map([...why].map(([id, { member, reasons }]) => [id, { member, because: reasons }]));
  return outsideAmong(await peopleById(shop, ids), standings, formatsOf(shop));
}

/** The first of some people who are not in, each with why. */
function outsideAmong(
  lines: PersonLine[],
  standings: ReadonlyMap<string, { member: boolean; because: Told[] }>,
  format: ReturnType<typeof formatsOf>,
): Person[] {
  const out = lines.flatMap(({ id, firstName, lastName, email }) => {
    const standing = standings.get(id);
    return standing?.member === false ? [{ id, firstName, lastName, email, why: reasonsLine(standing.because, format) }] : [];
  });
  return out.slice(0, outsideShown);
}
