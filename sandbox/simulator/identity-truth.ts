// Who is one person, held against the plan: how many of the pairs that belong together the product joined, and how many that it joined belong together.
import type { Plan } from "./plan.ts";

/** What the product's log says of a key, and whose profile the product gave it to. */
export type Seen = { key: string; profileId: string };
/** A checkout or an order with the address that was typed there, as it came in. */
export type Typed = { key: string; email: string };
/** A checkout that was left, and an order that came after it. */
export type Purchase = { leftBy: string; leftProfile: string; orderBy: string; orderProfile: string | null; sameThing: boolean };

export type Score = { pairs: number; recall: number; precision: number; missed: string[] };

const score = (right: number, all: number, found: number, missed: string[]): Score => ({
  ...{ pairs: all, recall: all === 0 ? 1 : right / all, precision: found === 0 ? 1 : right / found, missed: missed.slice(0, 10) },
});

/** The people of a plan by address and by browser. A browser that several use is nobody's for certain. */
export function labelsOf(plan: Plan): { byEmail: Map<string, string>; byVisitor: Map<string, Set<string>> } {
  const byEmail = new Map<string, string>();
  const byVisitor = new Map<string, Set<string>>();
  for (const person of plan.people) {
    if (person.robot) continue;
    for (const email of person.emails) byEmail.set(email.toLowerCase(), person.key);
    for (const device of person.devices) byVisitor.set(device.clientId, (byVisitor.get(device.clientId) ?? new Set()).add(person.key));
  }
  return { byEmail, byVisitor };
}

/** Whose keys are: of an address by the plan, of a checkout or an order by the addresses typed there, of a browser by the plan. */
export function ownersOf(plan: Plan, typed: readonly Typed[]): (key: string) => ReadonlySet<string> {
  const { byEmail, byVisitor } = labelsOf(plan);
  const owners = new Map<string, Set<string>>();
  for (const { key, email } of typed) {
    const person = byEmail.get(email.toLowerCase());
    if (person !== undefined) owners.set(key, (owners.get(key) ?? new Set()).add(person));
  }
  return (key) => {
    if (key.startsWith("email:")) return new Set([byEmail.get(key.slice("email:".length)) ?? key]);
    if (key.startsWith("visitor:")) return byVisitor.get(key.slice("visitor:".length)) ?? new Set();
    return owners.get(key) ?? new Set();
  };
}

/**
 * Purchases after a checkout that was left: does the product know that it was her? By profile, or because the order finished the very checkout. What counts
 * is that nobody is reminded who has bought, and nobody is taken for another.
 */
export function scorePurchases(purchases: readonly Purchase[]): Score {
  let [all, found, right] = [0, 0, 0];
  const missed: string[] = [];
  for (const one of purchases) {
    const truly = one.leftBy === one.orderBy;
    const said = one.sameThing || one.leftProfile === one.orderProfile;
    if (truly) all += 1;
    if (said) found += 1;
    if (truly && said) right += 1;
    else if (truly) missed.push(`${one.leftBy}: another purse`);
    else if (said) missed.push(`${one.leftBy} taken for ${one.orderBy}`);
  }
  return score(right, all, found, missed);
}

/** Every two keys. Browsers that several people use are left out: there is no truth about them. */
export function scoreKeys(seen: readonly Seen[], owners: (key: string) => ReadonlySet<string>): Score {
  const known = seen.flatMap(({ key, profileId }) => {
    const who = [...owners(key)];
    return who.length === 1 ? [{ profileId, person: who[0] as string }] : [];
  });
  const pairsIn = (groups: Map<string, number>) => [...groups.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
  const count = (of: (one: (typeof known)[number]) => string) => {
    const groups = new Map<string, number>();
    for (const one of known) groups.set(of(one), (groups.get(of(one)) ?? 0) + 1);
    return groups;
  };
  const together = pairsIn(count((one) => `${one.person} ${one.profileId}`));
  return score(together, pairsIn(count((one) => one.person)), pairsIn(count((one) => one.profileId)), []);
}
