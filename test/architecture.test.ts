// The rules that hold the house together are only as good as what they catch: every one of them is broken here once, on purpose.
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

type Violation = { rule: { name: string }; from: string; to: string };
type Cruise = { modules: { source: string }[]; summary: { violations: Violation[] } };
type Rules = { forbidden: { name: string }[] };

const root = join(import.meta.dirname, "..");
const rules = (createRequire(import.meta.url)(join(root, ".dependency-cruiser.cjs")) as Rules).forbidden.map(({ name }) => name);
const listed = rules.filter((name) => name.startsWith("room-")).map((name) => name.slice("room-".length));

function cruise(folder: string): Promise<Cruise> {
  const program = join(root, "node_modules", "dependency-cruiser", "bin", "dependency-cruiser.mjs");
  const targets = ["app", "extensions"].filter((name) => existsSync(join(folder, name)));
  return new Promise((done, failed) => {
    // It ends with the number of errors, so only what it says tells whether it worked.
    execFile(process.execPath, [program, ...targets, "--output-type", "json"], { cwd: folder, maxBuffer: 1 << 28 }, (error, out, complaint) => {
      try {
        done(JSON.parse(out) as Cruise);
      } catch {
        failed(new Error(complaint || error?.message));
      }
    });
  });
}

describe("the project as it is", { timeout: 120_000 }, () => {
  let found: Cruise;
  beforeAll(async () => {
    found = await cruise(root);
  });

  test("keeps every rule of the table", () => {
    expect(found.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  });

  test("is really looked at: every source file of app/ is among the modules", () => {
    const sources = readdirSync(join(root, "app"), { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
    const seen = new Set(found.modules.map(({ source }) => source));
    expect(sources.length).toBeGreaterThan(80);
    expect(sources.map((name) => `app/${name}`).filter((name) => !seen.has(name))).toEqual([]);
  });

  test("has no folder under app/ without a line in the table", () => {
    const folders = readdirSync(join(root, "app"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).filter((name) => !listed.includes(name))).toEqual([]);
  });
});

// One sin for each rule: which file, what it says. Files they import are made where they are missing.
const room = (name: string): [string, string] => [
  `room-${name}`,
  name === "routes" ? "../unlisted/thing.ts" : `../${["components", "doors", "pipeline"].includes(name) ? "routes/one/route.tsx" : "dashboard/figures.ts"}`,
];
const sins: Record<string, { file: string; imports: string }> = {
  ...Object.fromEntries(listed.map((name) => [room(name)[0], { file: `app/${name}/planted.ts`, imports: room(name)[1] }])),
  "room-dashboard": { file: "app/dashboard/planted.ts", imports: "../offers/code.ts" },
  "every-folder-is-listed": { file: "app/unlisted/thing.ts", imports: "../lib/money.ts" },
  "only-listed-folders-are-used": { file: "app/unlisted/other.ts", imports: "./thing.ts" },
  "plain-files-are-pure": { file: "app/segments/rule.ts", imports: "node:fs" },
  "components-are-plain": { file: "app/components/chart.tsx", imports: "../log.server.ts" },
  "only-stores-know-the-database": { file: "app/segments/recompute.server.ts", imports: "../db.server.ts" },
  "a-store-is-private-to-its-room": { file: "app/segments/borrow.server.ts", imports: "../events/store.server.ts" },
  "roots-do-not-open-stores": { file: "app/check.server.ts", imports: "./events/store.server.ts" },
  "taps-know-no-room": { file: "app/log.server.ts", imports: "./events/event.ts" },
  "nobody-calls-an-entry": { file: "app/pipeline/restart.server.ts", imports: "../worker.ts" },
  "a-connector-knows-only-the-contract": { file: "app/connectors/meta/connector.ts", imports: "../other/map.ts" },
  "a-connector-touches-nothing": { file: "app/connectors/meta/call.server.ts", imports: "../contract.ts" },
  "only-wire-opens-sockets": { file: "app/messages/smtp.server.ts", imports: "node:net" },
  "routes-do-not-know-routes": { file: "app/routes/two/route.tsx", imports: "../one/route.tsx" },
  "the-worker-loads-no-interface": { file: "app/worker.ts", imports: "./components/chart.tsx" },
  "the-app-stands-alone": { file: "app/flows/demo.server.ts", imports: "../../sandbox/world.ts" },
  "extensions-stand-alone": { file: "extensions/pixel/index.ts", imports: "../../app/lib/money.ts" },
  "every-import-resolves": { file: "app/lib/lost.ts", imports: "./nowhere.ts" },
  "no-cycles": { file: "app/lib/egg.ts", imports: "./hen.ts" },
};

describe("each rule of the table", { timeout: 120_000 }, () => {
  let folder: string;
  let violations: Violation[];
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text, { flag: "a" });
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "comeback-architecture-"));
    for (const name of [".dependency-cruiser.cjs", "tsconfig.json", "package.json"]) cpSync(join(root, name), join(folder, name));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    for (const { file, imports } of Object.values(sins)) write(file, `import ${JSON.stringify(imports)};\n`);
    write("app/lib/hen.ts", 'import "./egg.ts";\n');
    for (const { file, imports } of Object.values(sins)) {
      const target = join(dirname(file), imports);
      if (imports.startsWith(".") && !imports.includes("nowhere") && !existsSync(join(folder, target))) write(target, "export const thing = 1;\n");
    }
    violations = (await cruise(folder)).summary.violations;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(rules)("%s catches its planted sin", (name) => {
    const sin = sins[name];
    expect(sin, "a rule without a planted sin").toBeDefined();
    expect(violations.filter(({ rule, from }) => rule.name === name && from === sin?.file)).not.toEqual([]);
  });
});

describe("the linter", { timeout: 120_000 }, () => {
  // Planted texts are no files, so the rules that need types are put aside; they have a test of their own below.
  const untyped = new ESLint({
    cwd: root,
    overrideConfig: [{ ...tseslint.configs.disableTypeChecked, linterOptions: { reportUnusedDisableDirectives: "off" } }],
  });
  const caught = async (file: string, text: string, eslint = untyped): Promise<string[]> => {
    const [result] = await eslint.lintText(text, { filePath: join(root, file) });
    return (result?.messages ?? []).filter(({ severity }) => severity === 2).map(({ ruleId, message }) => ruleId ?? message);
  };

  const impure: [what: string, text: string, rule: string][] = [
    ["calls out", "export const a = () => fetch('https://example.com');", "no-restricted-globals"],
    ["calls out through globalThis", "export const a = () => globalThis.fetch('https://example.com');", "no-restricted-properties"],
    ["reads the environment", "export const a = process.env;", "no-restricted-globals"],
    ["imports the environment", "import { env } from 'node:process'; export const a = env;", "no-restricted-imports"],
    ["speaks", "console.log('a');", "no-restricted-globals"],
    ["waits", "setTimeout(() => undefined, 1);", "no-restricted-globals"],
    ["repeats", "setInterval(() => undefined, 1);", "no-restricted-globals"],
    ["asks the time with Date.now", "export const a = Date.now();", "no-restricted-properties"],
    ["asks the time with new Date()", "export const a = new Date();", "no-restricted-syntax"],
    ["asks the time with Date()", "export const a = Date();", "no-restricted-syntax"],
    ["asks the time with Temporal", "export const a = Temporal.Now.instant();", "no-restricted-properties"],
    ["rolls dice", "export const a = Math.random();", "no-restricted-properties"],
    ["makes an id", "export const a = crypto.randomUUID();", "no-restricted-properties"],
    ["imports an id", "import { randomUUID } from 'node:crypto'; export const a = randomUUID();", "no-restricted-imports"],
  ];
  test.each(impure)("refuses a plain file of a room that %s", async (_what, text, rule) => {
    expect(await caught("app/segments/planted.ts", text)).toContain(rule);
    expect(await caught("app/connectors/meta/planted.ts", text)).toContain(rule);
  });

  test("lets a plain file use the time it is given, and hash", async () => {
    expect(
      await caught(
        "app/segments/planted.ts",
        "import { createHash } from 'node:crypto'; export const a = (now: Date) => [new Date(now), createHash('sha256')];",
      ),
    ).toEqual([]);
  });

  test("lets the environment be read in app/env.server.ts alone", async () => {
    const text = "export const a = process.env;";
    expect(await caught("app/env.server.ts", text)).toEqual([]);
    for (const file of ["app/flows/planted.server.ts", "app/routes/one/route.tsx", "app/start.ts"])
      expect(await caught(file, text)).toContain("no-restricted-properties");
  });

  test("lets wire alone call out", async () => {
    const text = "export const a = () => fetch('https://example.com');";
    expect(await caught("app/connectors/wire.server.ts", text)).toEqual([]);
    expect(await caught("app/destinations/planted.server.ts", text)).toContain("no-restricted-globals");
  });

  test("refuses console in the product, mocks of our own modules, a test that hides the others, and any", async () => {
    expect(await caught("app/flows/planted.server.ts", "console.log(1);")).toContain("no-console");
    expect(await caught("app/flows/planted.test.ts", "import { vi } from 'vitest'; vi.mock('./store.server.ts');")).toContain("no-restricted-syntax");
    expect(await caught("app/flows/planted.test.ts", "import { test } from 'vitest'; test.only('a', () => undefined);")).toContain("no-restricted-syntax");
    expect(await caught("app/flows/planted.server.ts", "export const a: any = 1;")).toContain("@typescript-eslint/no-explicit-any");
  });

  test("refuses a promise that nobody waits for, and a hook under a condition", async () => {
    const typed = new ESLint({ cwd: root });
    // The name of a file that exists, so that the types are known; the text is ours.
    expect(await caught("tools/migrate/migrate.ts", "export const a = async () => 1;\na();", typed)).toContain("@typescript-eslint/no-floating-promises");
    expect(
      await caught(
        "app/components/planted.tsx",
        "import { useState } from 'react';\nexport function A({ b }: { b: boolean }) { if (b) useState(1); return null; }",
      ),
    ).toContain("react-hooks/rules-of-hooks");
    expect(await caught("app/components/planted.tsx", "export const A = () => <img src='a.png' />;")).toContain("jsx-a11y/alt-text");
  });
});

test("TypeScript is told to refuse what Node cannot strip, and what hides a mistake", () => {
  const { compilerOptions } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as { compilerOptions: Record<string, unknown> };
  expect(compilerOptions).toMatchObject({ strict: true, noUncheckedIndexedAccess: true, erasableSyntaxOnly: true, verbatimModuleSyntax: true });
});
