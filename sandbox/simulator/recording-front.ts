// For tests: front doors with nobody behind them. What is said is written down, and mails come by a script.
import type { Front, Letter } from "./front.ts";

export type Recording = Front & { record: () => string };

/** Writes down everything in an order of its own making, and mails whoever left an address in a checkout an hour ago: `mails` times, at the ends of steps. */
export function recordingFront({ mails }: { mails: number }): Recording {
  const lines: string[] = [];
  const left = new Map<string, { token: string; count: number; at: Date }>();
  let now = new Date(0);

  return {
    say(lanes) {
      for (const { lane, words } of [...lanes].sort((one, other) => (one.lane < other.lane ? -1 : 1))) {
        for (const word of words) {
          lines.push(`${lane} ${JSON.stringify(word)}`);
          if (word.kind !== "webhook" || !word.topic.startsWith("checkouts/")) continue;
          const { token, email, completed_at } = JSON.parse(word.body) as { token: string; email: string | null; completed_at: string | null };
          for (const [to, one] of left) if (completed_at !== null && one.token === token) left.delete(to);
          if (email === null || completed_at !== null) continue;
          const before = left.get(email);
          left.set(email, { token, count: before?.token === token ? before.count : 0, at: word.at });
        }
      }
      return Promise.resolve();
    },
    open(visit) {
      lines.push(`open ${JSON.stringify(visit)}`);
      const token = new URL(visit.url).pathname.split("/").at(-1) ?? "";
      return Promise.resolve({ status: 302, location: `https://shop.example/checkouts/ac/${token}/recover?key=k` });
    },
    letters(): Promise<Letter[]> {
      const due = [...left]
        .filter(([, one]) => one.count < mails && now.getTime() - one.at.getTime() >= 3_600_000)
        .sort(([one], [other]) => (one < other ? -1 : 1));
      return Promise.resolve(
        due.map(([to, one]) => {
          one.count += 1;
          const subject = `mail ${one.count}`;
          const address = (door: string) => `https://app.example/${door}/${one.token}`;
          return { to, at: now, subject, click: address("c"), unsubscribe: address("u"), code: one.count === 3 ? `BACK-${one.token.slice(3, 11)}` : null };
        }),
      );
    },
    doorsAt(at) {
      lines.push(`doors ${at.toISOString()}`);
      return Promise.resolve();
    },
    allAt(at) {
      now = at;
      lines.push(`all ${at.toISOString()}`);
      return Promise.resolve();
    },
    heard: () => Promise.resolve(),
    quiet: (meanwhile) => meanwhile(),
    record: () => lines.join("\n"),
  };
}
