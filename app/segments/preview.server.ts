import { allows } from "../consent/allows.ts";
import { consentNow } from "../consent/record.server.ts";
import { findProfiles } from "../identity/resolve.server.ts";
import type { Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { check } from "./check.ts";
import { evaluate, type Reason, type World } from "./evaluate.ts";
import { historyOf } from "./history.server.ts";
import type { History } from "./history.ts";
import { wholeHistories } from "./logged.server.ts";
import { needsOf } from "./needs.ts";
import type { Because, Estimate, Preview, Sampled, Standing } from "./preview.ts";
import { readRule, type Node } from "./rule.ts";
import type { Names } from "./say.ts";
import { peopleOf } from "./shop-people.server.ts";
import { countAndSome, limited } from "./sql-store.server.ts";
import { tooLarge } from "./stands-on.ts";
import { told } from "./told.ts";
import { worldOf } from "./world.server.ts";
import { compiled } from "./whole-shop.server.ts";

export { diff } from "./whole-shop.server.ts";

/** While somebody types, nobody waits longer. */
export const patience = 2_000;
/** Whoever asks about one person waits a little longer. */
export const askedPatience = 8_000;
/** How many people are shown, and of how many the shares are worked out. */
const shown = 8;
const drawn = 500;

/** Of some people, how many each platform could match, by connector: `matchOn` of `destinations/`, which comes later in the flow. */
export type Match = (shop: Shop, profileIds: string[], now: Date, tx: Tx) => Promise<Record<string, number>>;

/** `key`: the segment that is being edited. `names`: what things are called; by default their ids. `match`: see there. `beside`: others of the shop, who are looked at along with it. */
export type PreviewOptions = { key?: string | null; names?: Partial<Names>; match?: Match; beside?: string[] };

function namesOf(shop: Shop, names: Partial<Names> = {}): Names {
  const itself = (id: string) => id;
  return { product: itself, collection: itself, segment: itself, flow: itself, currency: shop.currency, ...names };
}

const because = (reasons: Reason[], names: Names): Because[] => reasons.map((reason) => ({ ...told(reason, names), reason }));

/** Some people before a rule. */
function evaluated(rule: Node, histories: ReadonlyMap<string, History>, world: World, ids: string[], now: Date) {
  return ids.flatMap((id) => {
    const history = histories.get(id);
    return history === undefined ? [] : [{ id, ...evaluate(rule, history, world, now) }];
  });
}

/** Of some people, how many may be mailed today. */
async function mailable(shop: Shop, profileIds: string[], now: Date, tx: Tx): Promise<number> {
  const profiles = (await findProfiles(shop.id, profileIds, tx)).filter((one) => one.email !== null);
  const consents = await consentNow(shop, profiles, tx);
  return profiles.filter((one) => {
    const consent = consents.get(one.id);
    return consent !== undefined && allows(one.country ?? shop.country, "email", "marketing", consent, now).allowed;
  }).length;
}

/** What a rule would find in this shop now: how many, who for example and why, whom we could reach, and what is odd about it. */
export async function preview(shop: Shop, input: unknown, now: Date, options: PreviewOptions = {}): Promise<Preview> {
  const began = performance.now();
  const read = readRule(input);
  if (!read.ok) return { outcome: "problems", problems: read.problems };
  const rule = read.rule.match;
  const { world } = await worldOf(shop, undefined, rule);
  const large = tooLarge(rule, world.rules);
  if (large !== null) return { outcome: "problems", problems: [large] };
  const needs = needsOf(rule, world.rules, shop.timezone, now);
  const warnings = check(rule, {
    key: options.key ?? null,
    rules: world.rules,
    timezone: shop.timezone,
    hasScores: world.rfm !== null,
    predictions: world.predictions,
    now,
  });
  const slow = needs.speed === "slow";
  const took = () => Math.round(performance.now() - began);
  const beside = options.beside ?? [];
  const query = await compiled(shop, rule, now, world);
  if (!query.ok) return { outcome: "cannot", warnings, slow, tookMs: took() };
  const counting = limited(
    patience,
    async (tx) => {
      const { count, some } = await countAndSome(query.query, drawn, tx);
      const share = (people: number): Estimate =>
        count <= some.length ? { people, exact: true } : { people: Math.round((people / some.length) * count), exact: false };
      const matched = Object.entries((await options.match?.(shop, some, now, tx)) ?? {});
      const first = some.slice(0, shown);
      return {
        ...{ count, reachableByEmail: share(await mailable(shop, some, now, tx)) },
        matchable: Object.fromEntries(matched.map(([connector, people]) => [connector, share(people)])),
        first,
        kept: slow ? null : await historyOf(shop, [...first, ...beside], [needs], tx),
        profiles: new Map((await findProfiles(shop.id, first, tx)).map((one) => [one.id, one])),
      };
    },
    query,
  );
  // How many there are at all is counted meanwhile, where the database has a hand free.
  const [found, of] = await Promise.all([counting, peopleOf(shop.id, now)]);
  if (!found.ok) return { outcome: "tooSlow", warnings, slow, tookMs: took() };
  const { first, kept, profiles, ...answer } = found.answer;
  const asked = [...new Set([...first, ...beside])];
  // A slow rule stands on more of the log than is kept of them: it is read once for these few, in what is left of the time. Better no reason than a late one.
  const histories = kept ?? (await wholeHistories(shop, asked, needs, patience - took()));
  const evaluations = new Map(evaluated(rule, histories ?? new Map<string, never>(), world, asked, now).map((one) => [one.id, one]));
  const names = namesOf(shop, options.names);
  const sample = first.map((id): Sampled => {
    const profile = profiles.get(id);
    const name = [profile?.firstName, profile?.lastName].filter((part) => part).join(" ") || (profile?.email ?? null);
    const said = evaluations.get(id);
    // Who is no member any more, since she was counted, has none.
    return { profileId: id, name, because: said?.member === true ? because(said.because, names) : [] };
  });
  const standings = beside.flatMap((id): [string, Standing][] => {
    const said = evaluations.get(id);
    return said === undefined ? [] : [[id, { member: said.member, because: because(said.because, names) }]];
  });
  return { outcome: "counted", ...answer, of: Math.max(of, answer.count), sample, beside: new Map(standings), warnings, slow, tookMs: took() };
}

/** Why one person is in, or what she lacks; null where the rule cannot be read, nobody of this shop is asked about, or it takes too long. */
export async function whyNot(shop: Shop, input: unknown, profileId: string, now: Date, options: PreviewOptions = {}): Promise<Standing | null> {
  const read = readRule(input);
  const known = /^[0-9a-f-]{36}$/i.test(profileId) && (await findProfiles(shop.id, [profileId])).length === 1;
  if (!read.ok || !known) return null;
  const rule = read.rule.match;
  const { world } = await worldOf(shop, undefined, rule);
  if (tooLarge(rule, world.rules) !== null) return null;
  const needs = needsOf(rule, world.rules, shop.timezone, now);
  const histories = await wholeHistories(shop, [profileId], needs, askedPatience);
  const [one] = evaluated(rule, histories ?? new Map<string, never>(), world, [profileId], now);
  return one === undefined ? null : { member: one.member, because: because(one.because, namesOf(shop, options.names)) };
}
