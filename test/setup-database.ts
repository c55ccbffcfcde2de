// For every *.db.test.ts: a fresh, migrated database of its own, in place before the test file imports anything.
import { afterAll } from "vitest";
import { freshDatabase } from "./database.ts";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;

// The app keeps one client and one queue per process under these names.
type Held = {
  comebackDatabase?: { $disconnect(): Promise<void> };
  comebackPool?: { end(): Promise<void> };
  comebackDoorPool?: { end(): Promise<void> };
  comebackBesidePool?: { end(): Promise<void> };
  comebackQueue?: Promise<{ stop(options: object): Promise<void> }>;
};

afterAll(async () => {
  const held = globalThis as Held;
  // What the product still holds open is closed first: a connection cut from the other side is an error nobody catches.
  await (await held.comebackQueue)?.stop({ graceful: false, close: true });
  await held.comebackDatabase?.$disconnect();
  await held.comebackPool?.end();
  await held.comebackDoorPool?.end();
  await held.comebackBesidePool?.end();
  await database.close();
}, 60_000);
