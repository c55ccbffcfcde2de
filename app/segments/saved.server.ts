import { newShortId } from "../lib/id.server.ts";
import type { Tx } from "../lib/tx.ts";
import { queue, wake } from "../queue.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import type { Filling } from "./arrived-store.server.ts";
import { arrivalsOf } from "./arrived.server.ts";
import type { World } from "./evaluate.ts";
import { needsOf } from "./needs.ts";
import { canonical, conditionsOf, limits, readRule, type Node, type Problem } from "./rule.ts";
import { say } from "./say.ts";
import { savedWords } from "./saved-words.ts";
import {
  audiencesWith,
  begin,
  begun,
  dropSegment,
  ownSegments,
  peopleUpTo,
  renameSegment,
  writeSegment,
  type CountFailed,
  type OwnSegment,
} from "./saved-store.server.ts";
import { shopNames } from "./shop-names.server.ts";
import { compile } from "./sql.ts";
import { cycleOf, tooLarge } from "./stands-on.ts";
import { standard, standardLive } from "./standard.ts";
import { sizesOf } from "./store.server.ts";
import { changeSequence, lockWriter } from "./update.server.ts";
import { makeMembers, nobody } from "./whole-store.server.ts";
import { rulesOf, worldOf } from "./world.server.ts";

export { growth, growthOfEach, overlap, whoWasIn, type DayOfGrowth } from "./change-log.server.ts";

/** At most so many segments of its own has a shop: each is looked at for every event that can touch it. */
export const mostOwn = 50;
const longestName = 100;

export type UsedBy = { kind: "audience" | "segment"; key: string; name: string };

/** A segment as a merchant sees it in a list. */
export type Listed = {
  key: string;
  name: string;
  rule: Node;
  /** What a standard one is for; null for one of her own. */
  template: string | null;
  /** The standard segment one of her own began as. */
  madeFrom: string | null;
  /** Counts the edits of one of her own; null for a standard one, which cannot be edited. */
  version: number | null;
  /** Of a standard one: when it came, where that is later than the shop was installed. */
  createdAt: Date | null;
  updatedAt: Date | null;
  /** How many are in it now. */
  size: number;
  /** How far everybody has been looked at for it; null once that is done. `everybodyIn`: all who fit are in already, but not yet when each may leave. */
  filling: { done: number; of: number; everybodyIn: boolean } | null;
  /** Of a slow one, which is counted now and then: when that was last done (null: not since it was made or edited), and why the last attempt failed. */
  slow: { countedAt: Date | null; failed: CountFailed | null } | null;
  usedBy: UsedBy[];
};

function asking(own: OwnSegment[], key: string): OwnSegment[] {
  return own.filter((one) => one.key !== key && conditionsOf(one.rule).some(({ condition }) => condition.kind === "in-segment" && condition.segment === key));
}

async function usersOf(shopId: number, own: OwnSegment[], tx?: Tx): Promise<(key: string) => UsedBy[]> {
  const audiences = await audiencesWith(shopId, tx);
  return (key) => [
    ...audiences.filter((one) => one.segmentKey === key).map((one) => ({ kind: "audience" as const, key: one.connector, name: one.name })),
    ...asking(own, key).map((one) => ({ kind: "segment" as const, key: one.key, name: one.name })),
  ];
}

/** All segments of a shop: the standard ones that are kept up to date in every shop, then its own by name. */
export async function listSegments(shop: Pick<Shop, "id" | "timezone">): Promise<Listed[]> {
  const own = await ownSegments(shop.id);
  const sizes = await sizesOf(shop.id);
  const usedBy = await usersOf(shop.id, own);
  const { arrived, lacking } = await arrivalsOf(shop.id);
  const notBegun: Pick<Filling, "fillFrom" | "filledTo" | "countedAt"> = { fillFrom: new Date(0), filledTo: null, countedAt: null };
  const filling = [...own, ...arrived.values(), ...[...lacking].map(() => notBegun)].filter((one) => one.fillFrom !== null);
  const people = filling.length === 0 ? null : await peopleUpTo(shop.id, [...new Set(filling.flatMap((one) => one.filledTo ?? []))]);
  const progress = (one: typeof notBegun) =>
    one.fillFrom === null || people === null
      ? null
      : { done: one.filledTo === null ? 0 : (people.upTo.get(one.filledTo) ?? 0), of: people.of, everybodyIn: one.countedAt !== null };
  const arrivedProgress = (key: string) => progress(arrived.get(key) ?? { ...notBegun, fillFrom: null });
  const rules = rulesOf(own);
  const slowness = (one: OwnSegment) =>
    needsOf(one.rule, rules, shop.timezone, new Date(0)).speed === "hot" ? null : { countedAt: one.countedAt, failed: one.countFailed };
  return [
    ...standardLive.map(({ key, name, rule, template }) => ({
      ...{ key, name, rule, template, madeFrom: null, version: null, createdAt: arrived.get(key)?.arrivedAt ?? null, updatedAt: null },
      ...{ size: sizes.get(key) ?? 0, filling: lacking.has(key) ? progress(notBegun) : arrivedProgress(key), slow: null, usedBy: usedBy(key) },
    })),
    ...own.map((one) => ({
      ...{ key: one.key, name: one.name, rule: one.rule, template: null, madeFrom: one.madeFrom, version: one.version },
      ...{ createdAt: one.createdAt, updatedAt: one.updatedAt },
      ...{ size: sizes.get(one.key) ?? 0, filling: progress(one), slow: slowness(one), usedBy: usedBy(one.key) },
    })),
  ];
}

/** One of these by its key, or null. */
export async function findSegment(shop: Pick<Shop, "id" | "timezone">, key: string): Promise<Listed | null> {
  return (await listSegments(shop)).find((one) => one.key === key) ?? null;
}

/** What each segment is called, and its rule in plain English, by key. */
export async function segmentsByKey(shop: Pick<Shop, "id" | "currency">): Promise<Map<string, { key: string; name: string; rule: string }>> {
  const all = [...standardLive, ...(await ownSegments(shop.id))];
  const nameOf = new Map([...standard, ...all].map(({ key, name }) => [key, name]));
  const called = await shopNames(
    shop,
    all.map((one) => one.rule),
  );
  const names = {
    product: (id: string) => called.products[id] ?? id,
    collection: (id: string) => called.collections[id] ?? id,
    flow: (key: string) => key,
    segment: (key: string) => nameOf.get(key) ?? null,
    currency: shop.currency,
  };
  return new Map(all.map(({ key, name, rule }) => [key, { key, name, rule: say(rule, names) }]));
}

/** What a merchant hands in. `key`: null for a new one. `rule`: as `readRule` reads it. `version`: the one she edited; null for a new one. */
export type Draft = { key: string | null; name: string; rule: unknown; madeFrom: string | null; version: number | null };

/** `message` says it in a sentence, `problems` where in the draft it lies: `["name"]`, or a way into the rule's JSON. */
export type SaveOutcome =
  | { outcome: "saved"; key: string; version: number }
  | { outcome: "problems"; problems: Problem[] }
  | { outcome: "name-taken" | "too-many" | "gone"; message: string }
  | { outcome: "stale"; version: number; message: string }
  /** `keys`: the way from this segment back to itself. */
  | { outcome: "cycle"; keys: string[]; message: string };

/** The way to a condition in the JSON of a rule, from its way in the tree. */
function jsonPath(node: Node, path: number[]): Problem["path"] {
  const [index, ...rest] = path;
  if (index === undefined) return [];
  if (node.kind === "not") return ["of", ...jsonPath(node.of, rest)];
  if (node.kind !== "all" && node.kind !== "any") return [];
  const next = node.of[index];
  return ["of", index, ...(next === undefined ? [] : jsonPath(next, rest))];
}

const placeIn = (rule: Node, path: number[]): Problem["path"] => ["match", ...jsonPath(rule, path)];

/** Why a rule is not kept up to date with every event, but counted anew now and then. */
export function slowParts(rule: Node, rules: ReadonlyMap<string, Node>, timezone: string, now: Date): Problem[] {
  return needsOf(rule, rules, timezone, now).slow.map(({ path, why }) => ({ path: placeIn(rule, path), message: savedWords.slow[why] }));
}

/** Why a rule that can be read cannot be kept at all. */
export function notKept(shop: Pick<Shop, "id" | "timezone" | "countOffline">, rule: Node, world: World, now: Date): Problem[] {
  const needs = (node: Node) => needsOf(node, world.rules, shop.timezone, now);
  const conditions = conditionsOf(rule);
  if (needs(rule).speed === "hot") return [];
  const reason = (node: Node) => {
    const query = compile(node, { shopId: shop.id, countOffline: shop.countOffline, world, now });
    return query.ok ? null : query.reason;
  };
  const whole = reason(rule);
  if (whole === null) return [];
  const mine = conditions.flatMap(({ condition, path }) => {
    const why = reason(condition);
    return why === null ? [] : [{ path: placeIn(rule, path), message: savedWords.noSql[why] }];
  });
  return mine.length > 0 ? mine : [{ path: ["match"], message: savedWords.noSql[whole] }];
}

function nameProblem(name: string): string | null {
  if (name === "") return savedWords.noName;
  if (name.length > longestName) return savedWords.longName(longestName);
  return name.includes("\u0000") || !name.isWellFormed() ? savedWords.oddName : null;
}

/**
 * Keeps a segment. From now on events move people in and out of it; who is in it without doing anything new is found by `fill`. A slow one is counted now and
 * then instead. Where only its name is another nobody is looked at. Whoever enters or leaves because it was made or edited is marked in the change log: audiences are to
 * follow, flows are not to start.
 */
export async function saveSegment(shop: Shop, draft: Draft, now: Date): Promise<SaveOutcome> {
  const name = draft.name.trim();
  const wrong = nameProblem(name);
  const read = readRule(draft.rule);
  const problems = [...(wrong === null ? [] : [{ path: ["name"], message: wrong }]), ...(read.ok ? [] : read.problems)];
  if (!read.ok || problems.length > 0) return { outcome: "problems", problems };
  await queue();
  return transaction(async (tx) => {
    await lockWriter(shop.id, tx);
    const own = await ownSegments(shop.id, tx);
    const before = draft.key === null ? null : (own.find((one) => one.key === draft.key) ?? null);
    if (draft.key !== null && before === null) return { outcome: "gone", message: savedWords.gone };
    if (before !== null && before.version !== draft.version) return { outcome: "stale", version: before.version, message: savedWords.stale };
    if (before === null && own.length >= mostOwn) return { outcome: "too-many", message: savedWords.tooMany(mostOwn) };
    const same = (one: { key: string; name: string }) => one.key !== draft.key && one.name.toLowerCase() === name.toLowerCase();
    if (own.some(same) || standardLive.some(same)) return { outcome: "name-taken", message: savedWords.nameTaken };

    const key = draft.key ?? newShortId(now);
    const version = (before?.version ?? 0) + 1;
    // One that could not be counted is tried again.
    if (before !== null && before.countFailed === null && canonical(before.rule) === canonical(read.rule.match)) {
      await renameSegment(shop.id, key, { name, version, updatedAt: now }, tx);
      return { outcome: "saved", key, version };
    }
    const rules = rulesOf(own);
    const cycle = cycleOf(key, read.rule.match, rules);
    const nameOf = (one: string) => (one === key ? name : ([...standard, ...own].find((other) => other.key === one)?.name ?? one));
    if (cycle !== null) return { outcome: "cycle", keys: cycle, message: savedWords.cycle(cycle.map(nameOf).join(" → ")) };
    const after = rulesOf([...own.filter((one) => one.key !== key), { key, rule: read.rule.match }]);
    // Whoever asks for this one grows with it.
    const standOnIt = own.filter((one) => one.key !== key && needsOf(one.rule, after, shop.timezone, now).segments.includes(key));
    const large = tooLarge(read.rule.match, after);
    if (large !== null) return { outcome: "problems", problems: [large] };
    const grown = standOnIt.find((one) => tooLarge(one.rule, after) !== null);
    if (grown !== undefined)
      return { outcome: "problems", problems: [{ path: ["match"], message: savedWords.wouldBeTooLarge(grown.name, limits.conditionsInAll) }] };
    const unfit = notKept(shop, read.rule.match, { ...(await worldOf(shop, tx)).world, rules: after }, now);
    if (unfit.length > 0) return { outcome: "problems", problems: unfit };
    const isSlow = (rule: Node) => needsOf(rule, after, shop.timezone, now).speed === "slow";

    const dates = { createdAt: before?.createdAt ?? now, updatedAt: now, ...begun(isSlow(read.rule.match), now) };
    const madeFrom = before === null ? draft.madeFrom : before.madeFrom;
    await writeSegment(shop.id, { key, name, rule: read.rule.match, canonical: read.rule, madeFrom, version, ...dates }, tx);
    // Who is in this one decides who is in those that ask for it, by however many steps.
    for (const slow of [false, true]) {
      const keys = standOnIt.filter((one) => isSlow(one.rule) === slow).map((one) => one.key);
      await begin(shop.id, keys, slow, now, tx);
    }
    await wake("segments.fill", shop.id, { tx });
    await wake("segments.count", shop.id, { tx });
    return { outcome: "saved", key, version };
  });
}

export type DeleteOutcome = { outcome: "deleted" } | { outcome: "gone" } | { outcome: "used"; by: UsedBy[] };

/** Deletes one of the shop's own segments that nothing uses. Everybody leaves it, in the change log, too. */
export async function deleteSegment(shop: Pick<Shop, "id">, key: string, now: Date): Promise<DeleteOutcome> {
  return transaction(async (tx) => {
    await lockWriter(shop.id, tx);
    const own = await ownSegments(shop.id, tx);
    if (!own.some((one) => one.key === key)) return { outcome: "gone" };
    const by = (await usersOf(shop.id, own, tx))(key);
    if (by.length > 0) return { outcome: "used", by };
    await makeMembers({ shopId: shop.id, key, sequence: changeSequence, at: now, because: "edited" }, nobody, tx);
    await dropSegment(shop.id, key, tx);
    return { outcome: "deleted" };
  });
}
