import type { Tx } from "../lib/tx.ts";
import { modelOf } from "../predictions/model.server.ts";
import type { Shop } from "../shops/shop.ts";
import { catalogueOf } from "./catalogue.server.ts";
import type { World } from "./evaluate.ts";
import { movesOf, type Moves } from "./moves.ts";
import { needsOf, type Needs } from "./needs.ts";
import type { Node } from "./rule.ts";
import { segmentsAndCuts, type Here, type OwnSegment } from "./saved-store.server.ts";
import { standard, standardLive } from "./standard.ts";

/** A segment whose members are kept. */
export type Live = {
  key: string;
  rule: Node;
  needs: Needs;
  moves: Moves;
  anew?: number;
  /** Whoever comes after this one in the order of ids (null: everybody) was not looked at since the segment was made or edited. Absent: all were. */
  unseenAfter?: string | null;
};

const standardRules: ReadonlyMap<string, Node> = new Map(standard.map((one) => [one.key, one.rule]));
// What they need does not hang on a shop or a day.
const standardKept = standardLive.map(({ key, rule, anew }): Live => {
  const needs = needsOf(rule, standardRules, "UTC", new Date(0));
  return { key, rule, needs, moves: movesOf(rule, standardRules), ...(anew === undefined ? {} : { anew }) };
});

/** A standard segment as a shop has it: one that came with a newer version has not been looked at for everybody yet. */
function seenUpTo(one: Live, { standard: known, unseen }: Here): Live {
  if (known === null || (known.includes(one.key) && !(one.key in unseen))) return one;
  return { ...one, unseenAfter: unseen[one.key] ?? null };
}

/** The rules a condition *in segment* may ask for: all standard ones, live or not, and the shop's own. */
export function rulesOf(own: Pick<OwnSegment, "key" | "rule">[]): Map<string, Node> {
  return new Map([...standardRules, ...own.map((one) => [one.key, one.rule] as const)]);
}

/**
 * What rules of a shop may ask besides the profile, and the segments that are kept there: `live` with every event, `slow` by
 * counting anew now and then; and whether any members share rows (`block-store.server.ts`). What products belong to, and what is expected of customers, is read
 * where one of these, or `asked`, asks for it; else the catalogue is empty and nothing is expected.
 */
export async function worldOf(
  shop: Pick<Shop, "id" | "timezone">,
  tx?: Tx,
  asked: Node | null = null,
): Promise<{ world: World; live: Live[]; slow: Live[]; inBlocks: boolean }> {
  const { own, cuts, timezone, here, inBlocks } = await segmentsAndCuts(shop.id, tx);
  const rules = rulesOf(own);
  const kept = own.map(({ key, rule, fillFrom, filledTo, countedAt }): Live => {
    const needs = needsOf(rule, rules, shop.timezone, new Date(0));
    return { key, rule, needs, moves: movesOf(rule, rules), ...(fillFrom === null || countedAt !== null ? {} : { unseenAfter: filledTo }) };
  });
  const live = [...standardKept.map((one) => seenUpTo(one, here)), ...kept.filter(({ needs }) => needs.speed === "hot")];
  const needsOfAll = [...kept.map(({ needs }) => needs), ...(asked === null ? [] : [needsOf(asked, rules, shop.timezone, new Date(0))])];
  const world: World = {
    timezone: timezone ?? shop.timezone,
    catalogue: needsOfAll.some((needs) => needs.catalogue) ? await catalogueOf(shop.id, tx) : new Map(),
    rfm: cuts,
    predictions: needsOfAll.some((needs) => needs.predictions) ? await modelOf(shop.id, tx) : null,
    rules,
  };
  return { world, live, slow: kept.filter(({ needs }) => needs.speed === "slow"), inBlocks };
}
