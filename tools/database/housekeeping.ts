// What autovacuum does on a server, which PGlite has no process for: dead rows are cleared away and statistics made, so that plans fit the tables.
import type { PGlite } from "@electric-sql/pglite";

/** In units of work: the first round comes early, since an empty table's statistics mislead most; then at every doubling, and at least this often. */
const first = 2_000;
const most = 200_000;

const tables = `
  SELECT format('%I.%I', schemaname, relname) AS name FROM pg_stat_user_tables
  WHERE relid NOT IN (SELECT partrelid FROM pg_partitioned_table) ORDER BY 1`;

/** In memory a page read out of turn costs as much as any other; to compile a statement takes longer than any of ours runs. */
export const settings = "SET random_page_cost = 1.1; SET jit = off";

/** Call it for each unit of work. Tables are tended one at a time, each once nobody is inside a transaction, so that nobody waits longer than for one. */
export function housekeeping(pglite: PGlite, whenFree: <T>(work: () => Promise<T>) => Promise<T>): () => void {
  let units = 0;
  let next = first;
  let tending = false;
  const tend = async (): Promise<void> => {
    const { rows } = await whenFree(() => pglite.query<{ name: string }>(tables));
    for (const { name } of rows) {
      // A table may be gone by then.
      await whenFree(() => pglite.exec(`VACUUM (ANALYZE) ${name}`)).catch(() => undefined);
    }
  };
  return () => {
    units += 1;
    if (units < next || tending) return;
    next = units + Math.min(units, most);
    tending = true;
    void tend()
      .catch(() => undefined)
      .finally(() => (tending = false));
  };
}
