import { db } from "./db.server.ts";
import { databaseIsEmbedded } from "./tx.server.ts";

/**
 * Whether the database can be trusted with what is acknowledged. Returns what is wrong, in words, or null. The embedded database runs without
 * fsync by design and says so on the Settings screen; a server that does is refused.
 */
export async function checkDatabase(): Promise<string | null> {
  try {
    const rows = await db.$queryRaw<{ version: number; fsync: string; migrated: boolean }[]>`
      SELECT current_setting('server_version_num')::int AS version, current_setting('fsync') AS fsync, to_regclass('public.flow_run') IS NOT NULL AS migrated`;
    const row = rows[0];
    if (row === undefined) return "The database did not answer.";
    if (row.version < 150_000) return "The database is older than PostgreSQL 15. Please use 15 or newer.";
    if (row.fsync === "off" && !(await databaseIsEmbedded()))
      return "The database runs with fsync=off: what it acknowledges can be lost. Switch fsync on, then start again.";
    if (!row.migrated) return "The database has no tables yet. Start with `npm start`, which applies the migrations, or apply prisma/migrations yourself.";
    return null;
  } catch (error) {
    return `The database at DATABASE_URL cannot be reached (${(error as { code?: string }).code ?? "no answer"}).`;
  }
}
