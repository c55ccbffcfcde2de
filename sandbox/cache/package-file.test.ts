import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { packageFile } from "./package-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "package-file-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

const sha256 = createHash("sha256").update("right").digest("hex");
const wanted = { package: "./no-such-package-here", path: "data/a.json", sha256 };

test("a cached file with the right checksum is used, and nothing is asked for", async () => {
  await writeFile(join(folder, "a.json"), "right");
  expect((await packageFile(wanted, folder)).toString()).toBe("right");
});

test("a cached file with another checksum is not trusted, and what cannot be obtained is said by name", async () => {
  await writeFile(join(folder, "a.json"), "wrong");
  await expect(packageFile(wanted, folder)).rejects.toThrow("data/a.json of ./no-such-package-here is needed once and could not be obtained with npm");
});
