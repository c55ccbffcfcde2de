import { addUpOrders } from "../commerce/update.server.ts";
import type { EventName } from "../events/event.ts";
import { lockCursor, processCursor } from "../events/load.server.ts";
import { together } from "../lib/together.ts";
import type { Reader, Tx } from "../lib/tx.ts";
import { after, earliest } from "../lib/time.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { beginNewDays } from "../visits/new-days.server.ts";
import type { News } from "../visits/update.server.ts";
import { layOutPeople } from "./block-store.server.ts";
import { followCatalogue } from "./catalogue.server.ts";
import { countAllAgain } from "./count-store.server.ts";
import { decide, type Membership } from "./evaluate.ts";
import { nothingDone } from "./history.ts";
import { historiesOf } from "./history.server.ts";
import { linesOf, type Change } from "./lines.ts";
import { mayChange, type Happened } from "./moves.ts";
import { standardLive } from "./standard.ts";
import {
  heldAndDue,
  noteBasis,
  peopleAtOnce,
  profilesDue,
  writeDue,
  writeDueForAll,
  writeDueFor,
  writeLines,
  writeSubjects,
  type Held,
} from "./store.server.ts";
import { worldOf, type Live } from "./world.server.ts";

export { shopsMoved } from "./catalogue.server.ts";
export type { Happening } from "./moves.ts";
export { anybodyIn, changesAfter, eraseSegments, membershipsOf, oldestMembershipDue, peopleAtOnce, shopsDue, shopsElsewhere, sizesOf } from "./store.server.ts";
export type { Change } from "./lines.ts";
export { worldOf } from "./world.server.ts";

const standardKeys = standardLive.map((one) => one.key);

/** The counter of the change log; `destinations` and `flows` follow it with cursors of their own. */
export const changeSequence = "membership-change";

/** Whom to look at: what happened to each, or everything, where keys changed hands or time passed. */
export type Touched = ReadonlyMap<string, Happened | "everything">;

/** Whether somebody is in, and cannot be entered anew yet. */
const staysIn = (segment: Live, before: Held | undefined, now: Date) =>
  before !== undefined && (segment.anew === undefined || before.enteredAt > after(now, -segment.anew));

/**
 * Whether what happened to somebody may change what is kept of a segment and her. That hangs on whether she was in it, where she has been looked at for it and
 * is not due: else nobody knows.
 */
function asks(segment: Live, happened: Happened, before: Held | undefined, due: Date | undefined, now: Date): boolean {
  const known = segment.unseenAfter === undefined && (due === undefined || due > now);
  if (!known) return mayChange(segment.moves, happened, null);
  if (before === undefined) return mayChange(segment.moves, happened, false);
  return mayChange(segment.moves, happened, staysIn(segment, before, now) ? true : null);
}

/** What an evaluation makes of somebody who was in a segment, or was not. */
function changeOf(segment: Live, profileId: string, { member, subject }: Membership, before: Held | undefined, now: Date): Change | null {
  // Whoever was not looked at since an edit may owe it to the edit alone: better a move without its deed than a deed made up.
  const unseen = segment.unseenAfter !== undefined && profileId > (segment.unseenAfter ?? "");
  const line = { segmentKey: segment.key, profileId, because: unseen ? ("edited" as const) : null };
  if (!member) return before === undefined ? null : { ...line, change: "left", subject: before.subject };
  // A newer cart, checkout or look of somebody who is already in is a new entry: flows start once per subject.
  const again = before !== undefined && before.subject !== subject && segment.anew !== undefined && before.enteredAt <= after(now, -segment.anew);
  return before === undefined || again ? { ...line, change: "entered", subject } : null;
}

/** What some profiles are in, and which segments there are. */
export type Looked = Awaited<ReturnType<typeof heldAndDue>> & Awaited<ReturnType<typeof worldOf>>;

/** `asked`: the shop's world, asked for under the lock. `reader`: where what is kept of them is read. */
export async function look(shop: Shop, profileIds: string[], asked: ReturnType<typeof worldOf>, tx: Tx, reader: Reader = tx): Promise<Looked> {
  const [held, world] = await together(heldAndDue(shop.id, profileIds, reader), asked);
  if (!world.inBlocks) return { ...held, ...world };
  await layOutPeople(shop.id, profileIds, tx);
  return { ...(await heldAndDue(shop.id, profileIds, tx)), ...world };
}

/**
 * `only`: looks at these segments and no others. `begun`: what was looked up already of all whom it is about, what browsers told and is not written yet, and where to read what
 * they did before; that is asked for before `update` returns.
 */
export type How = { only?: readonly string[]; begun?: { looked: Looked; news: News; reader: Reader } };

/**
 * Works out anew who of these profiles belongs where, as far as what happened to each can have changed it; writes what changed into the memberships and the
 * change log, and notes when time alone will change it next. `gone` are profiles that were merged away or erased: they leave everything. Take the writer's lock
 * before. Returns the changes.
 */
export async function update(shop: Shop, touched: Touched, gone: string[], now: Date, tx: Tx, { only, begun }: How = {}): Promise<Change[]> {
  const all = [...new Set([...touched.keys(), ...gone])];
  if (all.length === 0) return [];
  const { held, dues, erased, world, live, slow } = begun?.looked ?? (await look(shop, all, worldOf(shop, tx), tx));
  // Who was erased is nobody of whom anything could be true, not even what she did not do.
  const leaving = new Set([...gone, ...erased]);
  const ids = all.filter((id) => !leaving.has(id));
  const changes: Change[] = [];
  const subjects: Held[] = [];

  // Those who are looked at for the same segments share one list.
  const lists = new Map<string, readonly Live[]>();
  const listOf = (some: readonly Live[]) => {
    const key = some.map((one) => one.key).join();
    return lists.get(key) ?? (lists.set(key, some), some);
  };
  // Of whom nothing was known, all rules were what they are of nobody, whenever.
  const nobodys = new Map<Live, boolean>();
  const ofNobody = (one: Live) => {
    const member = nobodys.get(one) ?? decide(one.rule, nothingDone, world, now).member;
    nobodys.set(one, member);
    return member;
  };
  const asked = new Map<string, readonly Live[]>();
  for (const id of ids) {
    const happened = touched.get(id) ?? "everything";
    const mine = new Map((held.get(id) ?? []).map((one) => [one.segmentKey, one]));
    const narrow = (fits: (one: Live) => boolean) => asked.set(id, listOf(live.filter(fits)));
    if (only !== undefined) narrow((one) => only.includes(one.key));
    else if (happened === "everything") asked.set(id, live);
    else narrow((one) => (happened.has("appeared") && ofNobody(one)) || asks(one, happened, mine.get(one.key), dues.get(id), now));
  }
  const some = [...asked].filter(([, segments]) => segments.length > 0);
  const needs = new Map([...new Set(some.map(([, segments]) => segments))].map((list) => [list, list.map((one) => one.needs)]));
  const historyOf = await historiesOf(
    { ...shop, timezone: world.timezone },
    new Map(some.map(([id, segments]) => [id, needs.get(segments) ?? []])),
    now,
    tx,
    begun?.news,
    begun?.reader,
  );
  const due: { profileId: string; dueAt: Date | null }[] = [];
  for (const [profileId, segments] of some) {
    const history = historyOf(profileId);
    const mine = new Map((held.get(profileId) ?? []).map((one) => [one.segmentKey, one]));
    const whole = segments === live;
    // Where not everything was looked at, what was due before stays so: to look in vain does no harm.
    const moments: (Date | null)[] = whole ? [] : [dues.get(profileId) ?? null];
    for (const segment of segments) {
      const found = decide(segment.rule, history, world, now);
      moments.push(found.changesAt);
      const change = changeOf(segment, profileId, found, mine.get(segment.key), now);
      if (change !== null) changes.push(change);
      const before = mine.get(segment.key);
      if (only !== undefined && change === null && before?.subject === null && found.subject !== null) subjects.push({ ...before, subject: found.subject });
      mine.delete(segment.key);
    }
    // What is left of her memberships belongs to slow segments, which are counted, and to those that are no more.
    for (const { key } of slow) mine.delete(key);
    if (whole) for (const { segmentKey, subject } of mine.values()) changes.push({ segmentKey, profileId, change: "left", subject, because: "edited" });
    const dueAt = earliest(moments);
    if (dueAt?.getTime() !== dues.get(profileId)?.getTime()) due.push({ profileId, dueAt });
  }
  for (const profileId of leaving) {
    for (const { segmentKey, subject } of held.get(profileId) ?? []) changes.push({ segmentKey, profileId, change: "left", subject, because: null });
    due.push({ profileId, dueAt: null });
  }

  await together(
    writeLines(shop.id, changeSequence, linesOf(changes, peopleAtOnce), now, tx),
    writeSubjects(shop.id, subjects, tx),
    writeDue(shop.id, due, tx),
  );
  return changes;
}

/** Whether any segment of a shop may change by one of these events. */
export async function hears(shop: Shop, names: readonly EventName[], tx: Tx): Promise<boolean> {
  const { live } = await worldOf(shop, tx);
  return live.some(({ needs }) => names.some((name) => needs.events.includes(name)));
}

/** Takes the lock under which memberships of a shop are written: the cursor that the events are read with. */
export async function lockWriter(shopId: number, tx: Tx): Promise<void> {
  await lockCursor(shopId, processCursor, tx);
}

/** Has those looked at again whom products that came to belong elsewhere may move. Take the writer's lock before. */
export async function follow(shop: Shop, now: Date, tx: Tx): Promise<void> {
  const { live, slow } = await worldOf(shop, tx);
  if (slow.some(({ needs }) => needs.catalogue)) await countAllAgain(shop.id, tx);
  await followCatalogue(shop.id, [...new Set(live.flatMap(({ needs }) => needs.catalogueKinds))], now, tx);
}

/** Applies what time alone has made true or false, for at most `most` profiles. Returns how many were looked at. */
export async function sweep(shop: Shop, now: Date, most: number, tx: Tx): Promise<{ looked: number; changes: Change[] }> {
  const ids = await profilesDue(shop.id, now, most, tx);
  return { looked: ids.length, changes: await update(shop, new Map(ids.map((id) => [id, "everything"])), [], now, tx) };
}

/** Has everybody's orders added up anew, and every membership of a shop worked out at the next sweep: after a setting changed which orders count, or whose days dates are. */
export async function lookAgain(shopId: number, now: Date): Promise<void> {
  await transaction(async (tx) => {
    await lockWriter(shopId, tx);
    await addUpOrders(shopId, null, tx);
    await countAllAgain(shopId, tx);
    await writeDueForAll(shopId, now, tx);
    if (await noteBasis(shopId, standardKeys, tx)) await beginNewDays(shopId, tx);
  });
}

/** The same for some profiles: after what was known of them was let go. */
export async function lookAgainAt(shopId: number, profileIds: string[], now: Date, tx: Tx): Promise<void> {
  if (profileIds.length === 0) return;
  await countAllAgain(shopId, tx);
  await writeDueFor(shopId, profileIds, now, tx);
}
