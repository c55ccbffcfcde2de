// A throw-away PostgreSQL server from whatever binaries the machine has: for the tests that must also hold on a real one.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";

export type Cluster = {
  url: string;
  version: string;
  /** Stops it in the middle of everything, as a power cut would (`pg_ctl stop -m immediate`). */
  crash(): Promise<void>;
  /** Starts it again at the same address; what was committed is recovered. */
  restart(): Promise<void>;
  close(): Promise<void>;
};
export type ClusterOutcome = { ok: true; cluster: Cluster } | { ok: false; reason: string };

type Wanted = { durable: boolean; memory: string | undefined };
type Identity = { uid: number; gid: number };

const run = promisify(execFile);

/** Starts a server in the temp folder, or says why that is impossible here. `durable`: as a real one would be run, for the product itself, which refuses anything
 * less. `memory`: what a large one may keep of its tables (`2GB`).
 */
export async function startCluster({ durable = false, memory }: { durable?: boolean; memory?: string } = {}): Promise<ClusterOutcome> {
  if (process.platform === "win32") return { ok: false, reason: "throw-away servers are not made on Windows" };
  const found = await findBinaries();
  if (found === null) return { ok: false, reason: "no PostgreSQL 15 or newer (initdb and postgres) is in PATH or /usr/lib/postgresql" };
  const identity = process.getuid?.() === 0 ? otherUser() : undefined;
  if (identity === null) return { ok: false, reason: "PostgreSQL does not run as root, and there is no user postgres or nobody" };
  const folder = await mkdtemp(join(tmpdir(), "comeback-cluster-"));
  try {
    return { ok: true, cluster: await start(found, folder, identity, { durable, memory }) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    return { ok: false, reason: `the server in ${found.bin} did not start: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}` };
  }
}

async function findBinaries(): Promise<{ bin: string; version: string } | null> {
  const debian = "/usr/lib/postgresql";
  const packaged = existsSync(debian)
    ? readdirSync(debian)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(debian, version, "bin"))
    : [];
  for (const bin of [...(process.env["PATH"] ?? "").split(delimiter), ...packaged]) {
    if (!existsSync(join(bin, "initdb")) || !existsSync(join(bin, "postgres"))) continue;
    const said = await run(join(bin, "postgres"), ["--version"]).catch(() => null);
    const version = /(\d+)[.\d]*/.exec(said?.stdout ?? "");
    if (version !== null && Number(version[1]) >= 15) return { bin, version: version[0] };
  }
  return null;
}

/** A user without rights to run the server as, when we are root. */
function otherUser(): Identity | null {
  const users = existsSync("/etc/passwd")
    ? readFileSync("/etc/passwd", "utf8")
        .split("\n")
        .map((line) => line.split(":"))
    : [];
  const user = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody");
  return user === undefined ? null : { uid: Number(user[2]), gid: Number(user[3]) };
}

async function start(
  { bin, version }: { bin: string; version: string },
  folder: string,
  identity: Identity | undefined,
  { durable, memory }: Wanted,
): Promise<Cluster> {
  const data = join(folder, "data");
  const secret = join(folder, "password");
  const password = randomBytes(12).toString("hex");
  await writeFile(secret, password, { mode: 0o600 });
  if (identity !== undefined) await Promise.all([chown(folder, identity.uid, identity.gid), chown(secret, identity.uid, identity.gid)]);
  const as = { cwd: folder, ...identity };
  const initdb = (...more: string[]) =>
    run(join(bin, "initdb"), ["-D", data, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--locale=C", ...more, "--no-sync"], as);
  // Most servers order texts by a language, where the embedded database goes byte by byte: tests see both. Not every server knows languages; what a bench starts is durable
  // or large, and is held against figures that were taken without.
  const language = ["--locale-provider=icu", "--icu-locale=en-US"];
  const spoken = !durable && memory === undefined && (await initdb(...language).then(() => true, () => false)); // prettier-ignore
  if (!spoken) await initdb();

  const port = await freePort();
  // Nothing in it outlives the tests, so nothing needs to reach the disk.
  const settings = [
    `port=${port}`,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    ...(durable ? [] : ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]),
    "max_connections=200",
    // As one of that size is set up: with checkpoints so far apart that time brings them on and not the log, or the same pages would be logged whole again and again; and what
    // was logged before one is kept to be written over: to make a file of the log anew takes 50 to 75 ms, which everybody waits for.
    ...(memory === undefined ? [] : [`shared_buffers=${memory}`, "min_wal_size=24GB", "max_wal_size=24GB", "checkpoint_timeout=15min"]),
  ];
  let log = "";
  const launch = (): ChildProcess => {
    const made = spawn(join(bin, "postgres"), ["-D", data, ...settings.flatMap((setting) => ["-c", setting])], { ...as, stdio: ["ignore", "ignore", "pipe"] });
    made.stderr.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)));
    return made;
  };
  let server = launch();
  const end = async (signal: "SIGINT" | "SIGQUIT"): Promise<void> => {
    const gone = new Promise((closed) => server.once("close", closed));
    if (server.exitCode === null && server.signalCode === null && server.kill(signal)) await gone;
  };
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
  const kill = (): void => void server.kill("SIGKILL");
  process.once("exit", kill);
  try {
    await answering(url, server, () => log);
  } catch (error) {
    kill();
    throw error;
  }
  return {
    url,
    version,
    crash: () => end("SIGQUIT"),
    restart: async () => {
      server = launch();
      await answering(url, server, () => log);
    },
    close: async () => {
      process.off("exit", kill);
      // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
      await end("SIGINT");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, "127.0.0.1", listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}

async function answering(url: string, server: ChildProcess, log: () => string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (server.exitCode !== null) throw new Error(log().trim().split("\n").at(-1) ?? "it ended at once");
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    const up = await client.connect().then(
      () => true,
      () => false,
    );
    if (up) return client.end();
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error("it did not answer within ten seconds");
}
