// Stands between a product and its database, and stops the answer to one commit on its way back: what the product would have heard has happened already.
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export type CommitGate = {
  /** The database's address by way of the gate. */
  url: string;
  /** Holds back the next answer to a statement that names this; resolves once the database has given it. It is never passed on. */
  holdNext: (words: string) => Promise<void>;
  close: () => Promise<void>;
};

export async function commitGate(databaseUrl: string): Promise<CommitGate> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let wanted: { words: string; held: () => void } | null = null;

  const server = createServer((client) => {
    const database = connect(Number(target.port || 5432), target.hostname);
    let asked: (() => void) | null = null;
    let silent = false;
    for (const one of [client, database]) {
      sockets.add(one);
      one
        .on("error", () => undefined)
        .on("close", () => {
          sockets.delete(one);
          client.destroy();
          database.destroy();
        });
    }
    client.on("data", (bytes: Buffer) => {
      if (wanted !== null && bytes.includes(wanted.words)) {
        asked = wanted.held;
        wanted = null;
      }
      database.write(bytes);
    });
    database.on("data", (bytes: Buffer) => {
      // ReadyForQuery in the idle state: the statement's own transaction is over, and durable.
      if (asked !== null && bytes.subarray(-6).equals(Buffer.from([0x5a, 0, 0, 0, 5, 0x49]))) {
        silent = true;
        asked();
        asked = null;
      }
      if (!silent) client.write(bytes);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);

  return {
    url: url.href,
    holdNext: (words) =>
      new Promise((held) => {
        wanted = { words, held };
      }),
    close: async () => {
      for (const one of sockets) one.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
