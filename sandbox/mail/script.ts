// Misfortunes on demand: what happens to mail for one recipient, one domain or everybody.

export type Script = {
  /** An address, `*@domain` or `*`. */
  to: string;
  do:
    | "refuse" // answer `code` (421 also hangs up)
    | "delay" // answer as usual, but later
    | "drop" // after the final dot: hang up without an answer, the message is lost
    | "accept-then-reset"; // after the final dot: keep the message, but the sender never hears it
  /** Where `refuse` and `delay` act. */
  at: "rcpt" | "data";
  code: number;
  message: string;
  delayMs: number;
  /** How many more times; undefined means until it is removed. */
  times?: number;
};

const usual: Record<number, string> = {
  421: "4.7.0 Try again later, closing connection",
  451: "4.3.0 Mail server temporarily rejected message",
  452: "4.2.2 The recipient's inbox is out of storage space",
  550: "5.1.1 The email account that you tried to reach does not exist",
  552: "5.2.2 The email account that you tried to reach is over quota",
  554: "5.7.1 Message rejected as spam",
};

/** Reads a script from untrusted JSON; a string is the reason why it is not one. */
export function scriptOf(input: unknown): Script | string {
  if (typeof input !== "object" || input === null) return "a script is an object";
  const given = input as Record<string, unknown>;
  const verb = given["do"];
  if (typeof given["to"] !== "string" || !given["to"]) return "`to` is an address, *@domain or *";
  if (verb !== "refuse" && verb !== "delay" && verb !== "drop" && verb !== "accept-then-reset") return "`do` is refuse, delay, drop or accept-then-reset";
  const code = given["code"] ?? 550;
  if (typeof code !== "number" || !Number.isInteger(code) || code < 400 || code > 599) return "`code` is 400 to 599";
  const at = given["at"] ?? "rcpt";
  if (at !== "rcpt" && at !== "data") return "`at` is rcpt or data";
  const delayMs = given["delayMs"] ?? 1000;
  if (typeof delayMs !== "number" || delayMs < 0) return "`delayMs` is a number of milliseconds";
  const times = given["times"];
  if (times !== undefined && (typeof times !== "number" || times < 1)) return "`times` is at least 1";
  const message = typeof given["message"] === "string" ? given["message"] : (usual[code] ?? "refused by script");
  const script: Script = { to: given["to"].toLowerCase(), do: verb, at, code, message, delayMs };
  if (typeof times === "number") script.times = times;
  return script;
}

/** Takes the first script that applies to a recipient at this stage, and counts it down; used-up scripts leave the list. */
export function takeScript(scripts: Script[], recipient: string, stage: "rcpt" | "data"): Script | undefined {
  const address = recipient.toLowerCase();
  const index = scripts.findIndex((script) => {
    const actsAt = script.do === "drop" || script.do === "accept-then-reset" ? "data" : script.at;
    const domain = script.to.startsWith("*@") && address.endsWith(script.to.slice(1));
    return actsAt === stage && (script.to === "*" || script.to === address || domain);
  });
  const script = scripts[index];
  if (!script) return undefined;
  if (script.times !== undefined) {
    script.times -= 1;
    if (script.times <= 0) scripts.splice(index, 1);
  }
  return script;
}
