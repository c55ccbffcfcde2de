// Compares migrations with schema.prisma: Prisma's own schema engine as WebAssembly, with a PostgreSQL in memory to try the migrations on.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { PGlite } from "@electric-sql/pglite";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engine from "@prisma/schema-engine-wasm/schema_engine_bg";
import { PrismaPGlite } from "pglite-prisma-adapter";
import type { Migration } from "../migrate/migrate.ts";

let loaded: Promise<void> | undefined;

async function load(): Promise<void> {
  const file = createRequire(import.meta.url)
    .resolve("@prisma/schema-engine-wasm/schema_engine_bg")
    .replace(/\.js$/, ".wasm");
  const { instance } = await WebAssembly.instantiate(await readFile(file), { "./schema_engine_bg.js": engine as unknown as WebAssembly.ModuleImports });
  engine.__wbg_set_wasm(instance.exports);
  (instance.exports["__wbindgen_start"] as () => void)();
  // The engine reports a panic to this name and nowhere else.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (text: string) => console.error(text) } });
}

/** The SQL that is missing between a database with these migrations and the schema; null when they say the same. */
export async function missingSql(migrations: Migration[], schema: string): Promise<string | null> {
  // Once per process: a second load ends in memory errors.
  await (loaded ??= load());
  const shadow = await PGlite.create();
  try {
    for (const { name, sql } of migrations) {
      // Here and not by the engine, whose adapter neither waits for a script nor reports what went wrong in it.
      await shadow.exec(sql).catch((error: unknown) => {
        throw new Error(`The migration ${name} fails on an empty database: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      });
    }
    const files = [{ path: "schema.prisma", content: schema }];
    const asked = await engine.SchemaEngine.new(
      { datamodels: [["schema.prisma", schema]] },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(new PrismaPGlite(shadow)),
    );
    try {
      const { exitCode, stdout } = await asked.diff({
        from: { tag: "schemaDatasource", files, configDir: "." },
        to: { tag: "schemaDatamodel", files },
        script: true,
        exitCode: true,
        filters: { externalTables: [], externalEnums: [] },
      });
      return exitCode === 2 ? (stdout ?? "") : null;
    } finally {
      asked.free();
    }
  } finally {
    await shadow.close();
  }
}
