// One file out of a published npm package, kept in the project's git-ignored cache and trusted only by its checksum.
import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { extract } from "tar";

export type PackageFile = {
  /** Exact: `@scope/name@1.2.3`. */
  package: string;
  /** Path inside the package. */
  path: string;
  sha256: string;
};

export const cacheFolder = join(import.meta.dirname, "../../.cache");
const run = promisify(execFile);

/** The file's bytes: from the cache when they are there and right, else from the package, through the machine's own npm. */
export async function packageFile(wanted: PackageFile, folder = cacheFolder): Promise<Buffer> {
  const cached = join(folder, basename(wanted.path));
  const found = await readFile(cached).catch(() => undefined);
  if (found && sha256(found) === wanted.sha256) return found;
  await mkdir(folder, { recursive: true });
  const room = join(tmpdir(), `package-file-${randomUUID()}`);
  await mkdir(room);
  try {
    const bytes = await download(wanted, room);
    if (sha256(bytes) !== wanted.sha256) throw new Error("its checksum is not the expected one");
    // Renamed into place, so that a second process never reads half a file.
    const fresh = `${cached}.${process.pid}`;
    await writeFile(fresh, bytes);
    await rename(fresh, cached);
    return bytes;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${wanted.path} of ${wanted.package} is needed once and could not be obtained with npm: ${why}`, { cause });
  } finally {
    await rm(room, { recursive: true, force: true });
  }
}

async function download(wanted: PackageFile, room: string): Promise<Buffer> {
  const npm = process.env["npm_execpath"];
  const args = ["pack", wanted.package, "--pack-destination", room, "--loglevel=error"];
  if (npm?.endsWith(".js")) await run(process.execPath, [npm, ...args], { cwd: room });
  else await run("npm", args, { cwd: room, shell: process.platform === "win32" });
  const archive = (await readdir(room)).find((name) => name.endsWith(".tgz"));
  if (!archive) throw new Error("npm packed nothing");
  await extract({ file: join(room, archive), cwd: room, strip: 1 }, [`package/${wanted.path}`]);
  return readFile(join(room, wanted.path));
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
