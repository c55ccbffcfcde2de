// A small load: a number of keep-alive connections, each sending its next request when the last was answered. Plain sockets, because a client that costs
// more than the server would hide what is measured.
import { connect, type Socket } from "node:net";

export type Shot = { path: string; headers: Record<string, string>; body: string };
export type Figures = { perSecond: number; p50: number; p99: number; failed: number };

function wire({ path, headers, body }: Shot): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines.join("")}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** The status of a whole answer, or null while some of it is still missing. */
function statusOf(text: string): number | null {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const length = /content-length: *(\d+)/i.exec(text.slice(0, end))?.[1];
  const whole =
    length !== undefined ? text.length >= end + 4 + Number(length) : !/transfer-encoding: *chunked/i.test(text.slice(0, end)) || text.endsWith("0\r\n\r\n");
  return whole ? Number(text.slice(9, 12)) : null;
}

/** Sends shots to a server on this machine for `seconds`, after one to warm up, and measures what came back with a 2xx. */
export async function load(url: string, shot: () => Shot, options: { connections: number; seconds: number }): Promise<Figures> {
  const { hostname, port } = new URL(url);
  const times: number[] = [];
  let failed = 0;
  let counting = false;
  let over = false;

  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const socket: Socket = connect({ host: hostname, port: Number(port) });
      socket.setNoDelay(true);
      let heard = "";
      let began = 0;
      const next = () => {
        if (over) return void socket.destroy();
        began = performance.now();
        socket.write(wire(shot()));
      };
      socket.on("connect", next);
      socket.on("close", () => resolve());
      socket.on("error", () => {
        if (!over) failed += 1;
      });
      socket.on("data", (part: Buffer) => {
        heard += part.toString("latin1");
        const status = statusOf(heard);
        if (status === null) return;
        heard = "";
        if (counting) {
          if (status >= 200 && status < 300) times.push(performance.now() - began);
          else failed += 1;
        }
        next();
      });
    });

  const all = Promise.all(Array.from({ length: options.connections }, one));
  await new Promise((done) => setTimeout(done, 1_000));
  counting = true;
  const from = performance.now();
  await new Promise((done) => setTimeout(done, options.seconds * 1_000));
  counting = false;
  const seconds = (performance.now() - from) / 1_000;
  over = true;
  await Promise.race([all, new Promise((done) => setTimeout(done, 2_000))]);
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10;
  return { perSecond: Math.round(times.length / seconds), p50: at(0.5), p99: at(0.99), failed };
}
