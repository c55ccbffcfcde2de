// Who opened a link: a person, or a machine that looks at mail before people do.
import { isbot } from "isbot";
import { second } from "../lib/time.ts";

export type ClickFacts = {
  method: string;
  userAgent: string | null;
  sentAt: Date | null;
  at: Date;
  /** Other links of the same message opened in the last two seconds. */ othersJustNow: number;
};

export type ClickJudgement = { by: "human"; reason: null } | { by: "machine"; reason: "head" | "no user agent" | "scanner" | "too soon" | "many at once" };

/** Judges one click. Machines never earn credit; the raw click is kept either way. */
export function judge(facts: ClickFacts): ClickJudgement {
  if (facts.method === "HEAD") return { by: "machine", reason: "head" };
  if (facts.userAgent === null || facts.userAgent === "") return { by: "machine", reason: "no user agent" };
  if (isbot(facts.userAgent)) return { by: "machine", reason: "scanner" };
  if (facts.sentAt === null || facts.at.getTime() - facts.sentAt.getTime() < 2 * second) return { by: "machine", reason: "too soon" };
  if (facts.othersJustNow >= 2) return { by: "machine", reason: "many at once" };
  return { by: "human", reason: null };
}
