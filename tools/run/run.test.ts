import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { supported } from "./node.mjs";
import { sameAsLock } from "./prepare.mjs";
import { fingerprint } from "./steps.mjs";
import { count } from "./test.mjs";

const root = join(import.meta.dirname, "..", "..");

test("a Node that runs TypeScript by itself is taken, and one that does not is not", () => {
  expect(["22.18.0", "22.21.1", "24.0.0", "26.1.0"].filter((version) => !supported(version))).toEqual([]);
  expect(["18.20.0", "20.20.2", "22.17.9", "23.11.0"].filter(supported)).toEqual([]);
});

test("the Node in tools/node is one that is taken, for every system that it names", () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, "tools", "node", "package.json"), "utf8")) as {
    optionalDependencies: Record<string, string>;
  };
  expect(Object.values(optionalDependencies).filter((version) => !supported(version))).toEqual([]);
});

describe("dependencies are installed again", () => {
  const lock = {
    packages: {
      "": {},
      "node_modules/a": { version: "1.0.0" },
      "node_modules/b": { version: "2.0.0", optional: true },
      "node_modules/c": { version: "3.0.0", dev: true },
    },
  };
  const installed = { packages: { "node_modules/a": { version: "1.0.0" }, "node_modules/c": { version: "3.0.0", dev: true } } };

  test("never, when what is there is what the lock says, less what is for other systems", () => expect(sameAsLock(lock, installed)).toBe(true));
  test("when nothing is there", () => expect(sameAsLock(lock, null)).toBe(false));
  test("when a version differs", () => expect(sameAsLock(lock, { packages: { ...installed.packages, "node_modules/a": { version: "1.0.1" } } })).toBe(false));
  test("when one is missing", () => expect(sameAsLock(lock, { packages: { "node_modules/a": { version: "1.0.0" } } })).toBe(false));
  test("when one is left over", () => expect(sameAsLock(lock, { packages: { ...installed.packages, "node_modules/d": { version: "1.0.0" } } })).toBe(false));
  test("but not for the tools of development where these were left out", () =>
    expect(sameAsLock(lock, { packages: { "node_modules/a": { version: "1.0.0" } } }, { without: "dev" })).toBe(true));
});

describe("the count of a run", () => {
  const file = (status: string, ...results: string[]) => ({ name: "a.test.ts", status, assertionResults: results.map((one) => ({ status: one })) });

  test("adds up what passed, failed, and was skipped or is still to do", () => {
    expect(count({ testResults: [file("passed", "passed", "skipped", "todo"), file("failed", "passed", "failed", "pending")] }, 1)).toEqual({
      passed: 2,
      failed: 1,
      skipped: 3,
    });
  });
  test("has one failure for a file that did not even load", () =>
    expect(count({ testResults: [file("failed")] }, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 }));
  test("has one failure for a run that failed outside its tests", () =>
    expect(count({ testResults: [file("passed", "passed")] }, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 }));
  test("has one failure for a run that left no report", () => expect(count(null, 1).failed).toBe(1));
});

describe("a fingerprint", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "comeback-run-"));
    mkdirSync(join(folder, "app", "deep"), { recursive: true });
    writeFileSync(join(folder, "app", "deep", "a.ts"), "1");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const now = (): string => fingerprint(["app", "missing"], { from: folder, skip: /\.test\.ts$/ });

  test("changes with a text, a name and a new file, and with nothing else", () => {
    const before = now();
    writeFileSync(join(folder, "app", "deep", "a.test.ts"), "a test");
    writeFileSync(join(folder, "app", "deep", "a.ts"), "1");
    expect(now()).toBe(before);
    writeFileSync(join(folder, "app", "b.ts"), "");
    const added = now();
    writeFileSync(join(folder, "app", "deep", "a.ts"), "2");
    expect(new Set([before, added, now()]).size).toBe(3);
  });
});

test("an unknown task is answered with the ones there are", async () => {
  const said = await new Promise<string>((done) =>
    execFile(process.execPath, [join(root, "tools", "run", "run.mjs"), "nonsense"], (_error, _out, complaint) => done(complaint)),
  );
  expect(said).toMatch(/no task "nonsense".*demo.*test/);
});

test("the files of the runner are plain JavaScript, and begin without any dependency", () => {
  for (const name of readdirSync(import.meta.dirname).filter((one) => one.endsWith(".mjs"))) {
    const text = readFileSync(join(import.meta.dirname, name), "utf8");
    const imports = [...text.matchAll(/^import .* from "([^"]+)"/gm)].map(([, from]) => from ?? "");
    expect(imports.filter((from) => !from.startsWith("node:") && !/^\.\/[a-z]+\.mjs$/.test(from))).toEqual([]);
    // Newer than the oldest Node on which it has to start.
    expect(text).not.toMatch(/import\.meta\.(dirname|filename|main)/);
  }
});
