// One client: lets it in, cuts what it sends into units, keeps its names apart from everybody else's.
import { timingSafeEqual } from "node:crypto";
import type { Socket } from "node:net";
import { fatal, int32, message, messageReader, readyIdle, startupParameters, statementName, textAt, withText } from "./protocol.ts";
import type { session as openSession, Speaker, Unit } from "./session.ts";

type Session = ReturnType<typeof openSession>;
export type Welcome = { password: string; parameters: Map<string, string>; idleInTransactionSeconds: number };

const sslRequest = 80877103;
const cancelRequest = 80877102;
const gssRequest = 80877104;
const listening = /(?:^|;)\s*(un)?listen\s+("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*|\*)/giu;
const copyIn = /^\s*copy\s[^;]*\sfrom\s+stdin\b/i;
// PostgreSQL would go on reading from the client while the statement runs, which the one call per unit cannot do.
const noCopyIn =
  "do $$ begin raise exception using errcode = '0A000', message = 'the embedded database cannot COPY FROM STDIN: use INSERT, or a PostgreSQL server'; end $$";

const emptyUnit = (): { parts: Buffer[] } & Omit<Unit, "bytes"> => ({ parts: [], usesOldUnnamed: false, parsesUnnamed: null, simple: false });

/** Serves one socket until it closes. `id` is unique among all connections of the process. */
export function serveConnection(socket: Socket, id: number, session: Session, welcome: Welcome): void {
  const reader = messageReader();
  let state: "startup" | "password" | "ready" = "startup";
  let unit = emptyUnit();
  let leaving = false;
  let timer: NodeJS.Timeout | undefined;

  const end = (last: Buffer): void => {
    leaving = true;
    socket.end(last);
    session.leave(speaker);
  };

  const speaker: Speaker = {
    units: [],
    unnamed: null,
    statements: new Set(),
    channels: new Set(),
    answer(bytes) {
      if (!socket.writable) return;
      socket.write(bytes);
      if (leaving && speaker.units.length === 0) socket.end();
    },
    idleInTransaction(idle) {
      clearTimeout(timer);
      if (!idle) return;
      timer = setTimeout(
        () => end(fatal("25P03", `terminating connection: idle in a transaction for ${welcome.idleInTransactionSeconds} seconds`)),
        welcome.idleInTransactionSeconds * 1000,
      );
      timer.unref();
    },
  };

  const finish = (): void => {
    const { parts, ...rest } = unit;
    unit = emptyUnit();
    session.ask(speaker, { ...rest, bytes: parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts) });
  };

  /** Notes who listens to what. Returns the channels given up. */
  const note = (sql: string): string[] => {
    const given: string[] = [];
    for (const [, un, word = ""] of sql.matchAll(listening)) {
      const channel = word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word.toLowerCase();
      if (un === undefined) speaker.channels.add(channel);
      else for (const name of channel === "*" ? [...speaker.channels] : [channel]) if (speaker.channels.delete(name)) given.push(name);
    }
    return given;
  };

  const take = (bytes: Buffer): void => {
    const type = String.fromCharCode(bytes[0] ?? 0);
    if (type === "Q" || type === "F") {
      const sql = type === "Q" ? textAt(bytes, 5).text : "";
      unit.simple = true;
      unit.parts.push(copyIn.test(sql) ? withText(bytes, 5, noCopyIn) : bytes);
      const given = note(sql);
      finish();
      if (given.length > 0) session.restoreListening(given);
    } else if (type === "P") {
      takeParse(bytes);
    } else if (type === "B") {
      const statement = textAt(bytes, 5).next;
      unit.parts.push(named(bytes, statement));
    } else if ((type === "D" || type === "C") && bytes[5] === 0x53) {
      unit.parts.push(named(bytes, 6));
      if (type === "C") speaker.statements.delete(statementName(id, textAt(bytes, 6).text));
    } else if (type === "S" || type === "H") {
      unit.parts.push(bytes);
      finish();
    } else if (type === "X") {
      leaving = true;
      if (speaker.units.length === 0) socket.end();
    } else if (type === "E" || type === "D" || type === "C") {
      unit.parts.push(bytes);
    }
  };

  const takeParse = (bytes: Buffer): void => {
    const name = textAt(bytes, 5);
    const sql = textAt(bytes, name.next).text;
    const given = note(sql);
    if (given.length > 0) session.restoreListening(given);
    const checked = copyIn.test(sql) ? withText(bytes, name.next, noCopyIn) : bytes;
    if (name.text === "") {
      unit.parsesUnnamed = Buffer.from(checked);
      unit.parts.push(checked);
    } else {
      const own = statementName(id, name.text);
      speaker.statements.add(own);
      unit.parts.push(withText(checked, 5, own));
    }
  };

  /** The message with the statement's name at `at` made ours; notes a use of an unnamed statement from before. */
  const named = (bytes: Buffer, at: number): Buffer => {
    const { text } = textAt(bytes, at);
    if (text !== "") return withText(bytes, at, statementName(id, text));
    if (unit.parsesUnnamed === null) unit.usesOldUnnamed = true;
    return bytes;
  };

  const letIn = (packet: Buffer): void => {
    const code = packet.readInt32BE(4);
    if (code === sslRequest || code === gssRequest) return void socket.write("N");
    if (code === cancelRequest) return void socket.destroy();
    if (code >> 16 !== 3) return end(fatal("08P01", "only version 3 of the protocol is spoken here"));
    const name = startupParameters(packet).get("database");
    if (name !== undefined && name !== "postgres") return end(fatal("3D000", `database "${name}" does not exist: the embedded database has one, "postgres"`));
    state = "password";
    socket.write(message("R", int32(3)));
  };

  const checkPassword = (bytes: Buffer): void => {
    const given = Buffer.from(bytes[0] === 0x70 ? textAt(bytes, 5).text : "");
    const expected = Buffer.from(welcome.password);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return end(fatal("28P01", "password authentication failed"));
    state = "ready";
    session.join(speaker);
    const parameters = [...welcome.parameters].map(([name, value]) => message("S", name, value));
    socket.write(Buffer.concat([message("R", int32(0)), ...parameters, message("K", int32(id), int32(0)), readyIdle]));
  };

  socket.setNoDelay(true);
  socket.on("data", (chunk) => {
    try {
      reader.push(chunk);
      while (!leaving) {
        const bytes = state === "startup" ? reader.startup() : reader.next();
        if (bytes === null) return;
        if (state === "startup") letIn(bytes);
        else if (state === "password") checkPassword(bytes);
        else take(bytes);
      }
    } catch (error) {
      end(fatal("08P01", error instanceof Error ? error.message : "not the PostgreSQL protocol"));
    }
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => session.leave(speaker));
}
