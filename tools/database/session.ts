// The one backend session of an embedded database, shared by many connections: who may speak, and who hears what.
import type { PGlite } from "@electric-sql/pglite";
import { housekeeping } from "./housekeeping.ts";
import { closeStatement, query, readReply, sync, type Reply } from "./protocol.ts";

/** Everything a client sent up to one Sync, Query or Flush, ready to run. */
export type Unit = {
  bytes: Buffer;
  /** The unnamed statement is used before it is parsed: it was parsed in an earlier unit. */
  usesOldUnnamed: boolean;
  /** The last Parse of the unnamed statement in this unit. */
  parsesUnnamed: Buffer | null;
  /** A simple query destroys the unnamed statement. */
  simple: boolean;
};

/** One client, as the session sees it. */
export type Speaker = {
  units: Unit[];
  unnamed: Buffer | null;
  statements: Set<string>;
  channels: Set<string>;
  answer(bytes: Buffer): void;
  /** Called when the speaker holds an open transaction and has nothing more to say (true), and when that is over (false). */
  idleInTransaction(idle: boolean): void;
};

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * Shares one PGlite between speakers. The lock is the session itself: a speaker has it from the first message of a query until the
 * database says that no transaction is open. Everybody else waits, in the order of asking.
 */
export function session(pglite: PGlite) {
  const waiting: (Speaker | (() => Promise<void>))[] = [];
  const speakers = new Set<Speaker>();
  let owner: Speaker | null = null;
  let unnamedOf: Speaker | null = null;
  let exclusive = false;
  let scheduled = false;
  let over = false;
  let worked = (): void => undefined;

  const run = (bytes: Buffer, dropParse = false): Reply => {
    const raw = pglite.execProtocolRawSync(bytes);
    const reply = readReply(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), dropParse);
    for (const { channel, bytes: notification } of reply.notifications) {
      for (const speaker of speakers) if (speaker.channels.has(channel)) speaker.answer(notification);
    }
    return reply;
  };

  const speak = (speaker: Speaker, unit: Unit): void => {
    // Another client's unnamed statement took the place of ours: ours is parsed again first, and its ParseComplete kept to ourselves.
    const again = unit.usesOldUnnamed && unnamedOf !== speaker ? speaker.unnamed : null;
    const reply = run(again === null ? unit.bytes : Buffer.concat([again, unit.bytes]), again !== null);
    if (unit.parsesUnnamed !== null) speaker.unnamed = unit.parsesUnnamed;
    if (unit.simple) speaker.unnamed = unnamedOf = null;
    else if (again !== null || unit.parsesUnnamed !== null) unnamedOf = speaker;
    owner = reply.status === "I" ? null : speaker;
    if (reply.bytes.length > 0) speaker.answer(reply.bytes);
    worked();
  };

  const step = (): void => {
    scheduled = false;
    if (exclusive || over) return;
    const next = owner ?? waiting.shift();
    if (next === undefined) return;
    if (typeof next === "function") {
      exclusive = true;
      unnamedOf = null;
      void next().finally(() => {
        exclusive = false;
        schedule();
      });
      return;
    }
    const unit = next.units.shift();
    if (unit !== undefined) speak(next, unit);
    if (owner === next) {
      next.idleInTransaction(next.units.length === 0);
      // The owner is thinking: the next step comes with its next message.
      if (next.units.length === 0) return;
    } else if (next.units.length > 0) {
      waiting.push(next);
    }
    if (owner !== null || waiting.length > 0) schedule();
  };

  // One unit per turn of the event loop, so that connections are read, and answered, in between.
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(step);
  };

  /** LISTEN is for the whole session, so an UNLISTEN of one speaker has to be undone for the others. */
  const listenAgain = (channels: Iterable<string>): void => {
    for (const channel of channels) {
      const heard = [...speakers].some((speaker) => speaker.channels.has(channel));
      run(query(`${heard ? "LISTEN" : "UNLISTEN"} ${quoted(channel)}`));
    }
    unnamedOf = null;
  };

  const whenFree = <T>(work: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      waiting.push(() => work().then(resolve, reject));
      schedule();
    });

  worked = housekeeping(pglite, whenFree);

  return {
    join: (speaker: Speaker): void => void speakers.add(speaker),

    /** The speaker has a whole unit to run. */
    ask(speaker: Speaker, unit: Unit): void {
      speaker.units.push(unit);
      if (owner === speaker) speaker.idleInTransaction(false);
      else if (speaker.units.length === 1) waiting.push(speaker);
      schedule();
    },

    /** The speaker is gone: what it left open is rolled back, and its statements and channels are forgotten. */
    leave(speaker: Speaker): void {
      if (!speakers.delete(speaker)) return;
      speaker.units = [];
      speaker.idleInTransaction(false);
      const at = waiting.indexOf(speaker);
      if (at >= 0) waiting.splice(at, 1);
      if (owner === speaker) {
        run(Buffer.concat([sync, query("rollback")]));
        unnamedOf = owner = null;
      }
      if (unnamedOf === speaker) unnamedOf = null;
      if (speaker.statements.size > 0 || speaker.channels.size > 0) {
        // Later, because somebody else may be inside a transaction now.
        void whenFree(() => {
          if (speaker.statements.size > 0) run(Buffer.concat([...[...speaker.statements].map(closeStatement), sync]));
          listenAgain(speaker.channels);
          return Promise.resolve();
        });
      }
      schedule();
    },

    /** After an UNLISTEN, as soon as nobody is inside a transaction. */
    restoreListening: (channels: string[]): void =>
      void whenFree(() => {
        listenAgain(channels);
        return Promise.resolve();
      }),

    /** Runs `work` while nobody speaks and no transaction is open. */
    whenFree,

    /** Closes the database once nobody speaks; what still wanted to be tidied up after that is no more. */
    close: (): Promise<void> =>
      whenFree(async () => {
        over = true;
        await pglite.close();
      }),
  };
}
