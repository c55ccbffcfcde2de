// A small load: a number of keep-alive connections, each sending its next request when the last was answered.
import { Agent, request } from "node:http";

export type Shot = { path: string; headers: Record<string, string>; body: string };
export type Figures = { perSecond: number; p50: number; p99: number; failed: number };

/** Sends shots to a server on this machine for `seconds` and measures what came back with a 2xx. */
export async function load(url: string, shot: () => Shot, options: { connections: number; seconds: number }): Promise<Figures> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const target = new URL(url);
  const until = performance.now() + options.seconds * 1000;
  const times: number[] = [];
  let failed = 0;

  const once = () =>
    new Promise<void>((resolve) => {
      const { path, headers, body } = shot();
      const began = performance.now();
      const call = request(
        { agent, host: target.hostname, port: target.port, path, method: "POST", headers: { ...headers, "content-length": Buffer.byteLength(body) } },
        (response) => {
          response.resume();
          response.on("end", () => {
            if ((response.statusCode ?? 500) < 300) times.push(performance.now() - began);
            else failed += 1;
            resolve();
          });
        },
      );
      call.on("error", () => {
        failed += 1;
        resolve();
      });
      call.end(body);
    });

  const began = performance.now();
  await Promise.all(
    Array.from({ length: options.connections }, async () => {
      while (performance.now() < until) await once();
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10;
  return { perSecond: Math.round(times.length / seconds), p50: at(0.5), p99: at(0.99), failed };
}
