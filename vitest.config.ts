import { defineConfig } from "vitest/config";

const rooms = "{app,extensions,tools,sandbox,test,bench}";
const never = ["**/node_modules/**", "**/build/**", "prisma/generated/**", "tools/node/**"];
const database = `${rooms}/**/*.db.test.{ts,tsx}`;
const stories = "test/stories/**/*.test.ts";

export default defineConfig({
  test: {
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    // One worker per core: a test of a database waits more than it works.
    maxWorkers: "100%",
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [`${rooms}/**/*.test.{ts,tsx}`],
          exclude: [...never, database, stories],
          setupFiles: ["test/setup.ts"],
          testTimeout: 20_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "database",
          include: [database],
          exclude: [...never, stories],
          globalSetup: ["test/setup-template.ts"],
          setupFiles: ["test/setup.ts", "test/setup-database.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "stories",
          include: [stories],
          exclude: never,
          globalSetup: ["test/setup-template.ts"],
          setupFiles: ["test/setup.ts"],
          // A story starts the whole product, and drives a browser through it.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
