import { formatsOf } from "#app/components/format.ts";
import { reasonsLine } from "#app/components/reason-words.ts";
import { everyConnector } from "#app/connectors/registry.server.ts";
import { peoplePage } from "#app/dashboard/people.server.ts";
import { whyOf } from "#app/dashboard/segments.server.ts";
import { matchOn } from "#app/destinations/plan.server.ts";
import { preview } from "#app/segments/preview.server.ts";
import type { Node } from "#app/segments/rule.ts";
import type { Names } from "#app/segments/say.ts";
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

/** Counts who fits a rule, and shows some who do and some who do not, each with why. */
export async function seen(shop: Shop, key: string | null, rule: Node, names: Names, now: Date): Promise<Seen> {
  const connectors = everyConnector().filter((one) => one.audience !== undefined);
  const found = await preview(shop, { version: 1, match: rule }, now, {
    ...{ key, names },
    match: matchOn(connectors),
  });
  const format = formatsOf(shop);
  if (found.outcome !== "counted") return { kind: found.outcome === "tooSlow" ? "too-slow" : "cannot" };
  const outside = found.slow ? [] : await notIn(shop, rule, names, now);
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

/** A few of those known last who are not in, each with what keeps her out. */
async function notIn(shop: Shop, rule: Node, names: Names, now: Date): Promise<Person[]> {
  const { lines } = await peoplePage(shop, null, { older: null, newer: null });
  const why = await whyOf(
    shop,
    rule,
    lines.map((one) => one.id),
    names,
    now,
  );
  return lines
    .filter(({ id }) => why.get(id)?.member === false)
    .slice(0, outsideShown)
    .map(({ id, firstName, lastName, email }) => ({ id, firstName, lastName, email, why: reasonsLine(why.get(id)?.reasons ?? [], formatsOf(shop)) }));
}
