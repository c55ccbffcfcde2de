// The embedded database: PGlite behind a small front that speaks PostgreSQL's protocol, so that the product only ever knows DATABASE_URL.
import { randomBytes } from "node:crypto";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join, resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { serveConnection } from "./connection.ts";
import { lockFolder } from "./folder-lock.ts";
import { settings } from "./housekeeping.ts";
import { fatal } from "./protocol.ts";
import { session } from "./session.ts";

export type DatabaseOptions = {
  /** Where the data lives; in memory when absent. */
  folder?: string;
  /** A dump to begin with. Only for a folder that holds no data yet, or memory. */
  dump?: Blob | Uint8Array;
  /** On 127.0.0.1; a free one when absent. */
  port?: number;
  /** A password for the address; a random one when absent. */
  password?: string;
  idleInTransactionSeconds?: number;
};

export type Database = {
  url: string;
  close(): Promise<void>;
  /** Everything in it, as a tar that `startDatabase({ dump })` takes. */
  dump(): Promise<Blob>;
};

const reported = [
  "server_version",
  "server_encoding",
  "client_encoding",
  "DateStyle",
  "IntervalStyle",
  "TimeZone",
  "integer_datetimes",
  "standard_conforming_strings",
];

/** Starts an embedded PostgreSQL that any PostgreSQL client of this machine can reach. Refuses a folder that another process has open. */
export async function startDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const folder = options.folder === undefined ? null : resolve(options.folder);
  const unlock = folder === null ? () => undefined : lockFolder(folder);
  try {
    return await serve(await open(folder, options.dump), options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function open(folder: string | null, dump: Blob | Uint8Array | undefined): Promise<PGlite> {
  const begin = dump === undefined || dump instanceof Blob ? dump : new Blob([new Uint8Array(dump)]);
  return PGlite.create({ ...(folder === null ? {} : { dataDir: join(folder, "data") }), ...(begin === undefined ? {} : { loadDataDir: begin }) });
}

async function serve(pglite: PGlite, options: DatabaseOptions, unlock: () => void): Promise<Database> {
  const password = options.password ?? randomBytes(12).toString("hex");
  const welcome = { password, parameters: await parametersOf(pglite), idleInTransactionSeconds: options.idleInTransactionSeconds ?? 60 };
  await pglite.exec(settings);
  const shared = session(pglite);
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serveConnection(socket, (connections += 1), shared, welcome);
  });
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen(options.port ?? 0, "127.0.0.1", listening);
  });

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const stopped = new Promise<void>((done) => server.close(() => done()));
    for (const socket of sockets) {
      if (socket.writable) socket.write(fatal("57P01", "terminating connection: the database is being closed"));
      socket.destroySoon();
      // A client that does not read would keep us here.
      setTimeout(() => socket.destroy(), 1000).unref();
    }
    await stopped;
    await shared.close();
    unlock();
  };

  return {
    url: `postgresql://postgres:${password}@127.0.0.1:${(server.address() as AddressInfo).port}/postgres`,
    close: () => (closed ??= close()),
    dump: () =>
      shared.whenFree(async () => {
        // What is in memory goes to the files first: a copy without it would begin with a recovery.
        await pglite.exec("checkpoint");
        return pglite.dumpDataDir("none");
      }),
  };
}

async function parametersOf(pglite: PGlite): Promise<Map<string, string>> {
  const { rows } = await pglite.query<{ name: string; setting: string }>("select name, setting from pg_settings where name = any($1)", [reported]);
  return new Map(rows.map(({ name, setting }) => [name, setting]));
}
