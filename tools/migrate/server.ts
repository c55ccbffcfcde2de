// What a PostgreSQL server must be before we keep a merchant's data in it.
import pg from "pg";

/** Throws one sentence when the server is too old, or set up so that a power cut loses or breaks what it said was safe. */
export async function refuseUnsafe(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: number; fsync: string; pages: string }>(
      "select current_setting('server_version_num')::int as version, current_setting('fsync') as fsync, current_setting('full_page_writes') as pages",
    );
    const problem = unsafe(rows[0] ?? { version: 0, fsync: "on", pages: "on" });
    if (problem !== null) throw new Error(problem);
  } finally {
    await client.end();
  }
}

/** Why such a server is refused, or null. */
export function unsafe(server: { version: number; fsync: string; pages: string }): string | null {
  if (server.version < 150_000) return "The PostgreSQL server is older than version 15: use 15 or newer.";
  if (server.fsync !== "on") return "The PostgreSQL server runs with fsync=off: after a power cut its data may be lost or broken. Switch fsync on.";
  if (server.pages !== "on") return "The PostgreSQL server runs with full_page_writes=off: after a power cut its data may be broken. Switch it on.";
  return null;
}
