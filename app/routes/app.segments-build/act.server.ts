import { formatsOf } from "#app/components/format.ts";
import { reasonsLine } from "#app/components/reason-words.ts";
import { textOf, type Reply } from "#app/components/reply.ts";
import { flowName, whoever, words } from "#app/components/words.ts";
import { findPeople } from "#app/dashboard/people.server.ts";
import { findChoices, namesFor, peopleById, type PersonLine } from "#app/dashboard/segments.server.ts";
import { diff, whyNot } from "#app/segments/preview.server.ts";
import { draftOf, type Draft } from "#app/segments/draft.ts";
import { importRule, limits, readRule, type Node } from "#app/segments/rule.ts";
import { listSegments, saveSegment, type SaveOutcome } from "#app/segments/saved.server.ts";
import type { Shop } from "#app/shops/shop.ts";
import type { Placed } from "./building.tsx";
import { inWords, look, rootOf, type Look } from "./look.server.ts";

/** How many would come or go, and some of them by name. */
export type Movers = { count: number; names: string[] };

/** `look`: what is to be said of the rule; `changes`: who would come and go; `imported`: a rule to edit; `key`: where it was saved. */
export type BuildReply = Reply & {
  look?: Look;
  changes?: { known: true; enter: Movers; leave: Movers } | { known: false };
  imported?: Draft;
  key?: string;
  /** Those who were asked about; `member` null where the rule takes too long. */
  found?: (Pick<PersonLine, "id" | "firstName" | "lastName" | "email"> & { member: boolean | null; why: string })[];
  placed?: Placed[];
  /** What was found by a part of its name, and by which. */
  choices?: { text: string } & Awaited<ReturnType<typeof findChoices>>;
};

const say = words.builder.problem;
const wrong = (errors: Record<string, string>, placed?: Placed[]): BuildReply => ({ ok: false, errors, ...(placed === undefined ? {} : { placed }) });

/** The rule as the form holds it; what is no JSON is no rule. */
function typedRule(form: FormData): unknown {
  const text = textOf(form, "rule");
  if (text.length > limits.textLength) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function moversOf(shop: Shop, { count, sample }: { count: number; sample: string[] }): Promise<Movers> {
  const people = await peopleById(shop, sample);
  return {
    count,
    names: people.map(whoever),
  };
}

const askedAtOnce = 3;

/** Whether those whom a text finds fit a rule, and why. */
async function ask(shop: Shop, rule: Node, text: string, now: Date): Promise<BuildReply["found"]> {
  const { names } = await namesFor(shop, [rule], await listSegments(shop), flowName);
  const { lines } = await findPeople(shop, text);
  return Promise.all(
    lines.slice(0, askedAtOnce).map(async ({ id, firstName, lastName, email }) => {
      const standing = await whyNot(shop, { version: 1, match: rule }, id, now, { names });
      return { id, firstName, lastName, email, member: standing?.member ?? null, why: reasonsLine(standing?.because ?? [], formatsOf(shop)) };
    }),
  );
}

/** Looks at, compares, imports or saves what is being built. `key`: null for a new segment. */
export async function act(shop: Shop, key: string | null, form: FormData, now: Date): Promise<BuildReply> {
  const typed = typedRule(form);
  switch (textOf(form, "intent")) {
    case "look":
      return { ok: true, done: null, look: await look(shop, key, typed, textOf(form, "asked"), now) };
    case "find": {
      const [of, text] = [textOf(form, "of"), textOf(form, "text")];
      if (of !== "product" && of !== "collection" && of !== "vendor") return wrong({ form: words.trouble.form });
      return { ok: true, done: null, choices: { text, ...(await findChoices(shop, of, text)) } };
    }
    case "import": {
      const read = importRule(textOf(form, "json"));
      if (!read.ok) return wrong({ json: read.problems[0]?.message ?? words.trouble.form });
      return { ok: true, done: null, imported: draftOf(read.rule.match) };
    }
    case "compare": {
      const read = readRule(typed);
      if (key === null || !read.ok) return wrong({ form: say.rule }, read.ok ? [] : inWords(read.problems, rootOf(typed)));
      const found = await diff(shop, key, read.rule.match, now);
      if (!found.ok) return { ok: true, done: null, changes: { known: false } };
      const { enter, leave } = found.answer;
      return { ok: true, done: null, changes: { known: true, enter: await moversOf(shop, enter), leave: await moversOf(shop, leave) } };
    }
    case "ask": {
      const read = readRule(typed);
      if (!read.ok) return wrong({ form: say.rule }, inWords(read.problems, rootOf(typed)));
      return { ok: true, done: null, found: await ask(shop, read.rule.match, textOf(form, "text"), now) };
    }
    case "save": {
      const version = /^\d+$/.test(textOf(form, "version")) ? Number(textOf(form, "version")) : null;
      const draft = { key, name: textOf(form, "name"), rule: typed, madeFrom: textOf(form, "madeFrom") || null, version };
      return afterSave(await saveSegment(shop, draft, now), rootOf(typed));
    }
    default:
      return wrong({ form: words.trouble.form });
  }
}

function afterSave(outcome: SaveOutcome, root: Draft): BuildReply {
  switch (outcome.outcome) {
    case "saved":
      return { ok: true, done: "segment-saved", key: outcome.key };
    case "problems": {
      const name = outcome.problems.find(({ path }) => path[0] === "name");
      const rule = outcome.problems.filter(({ path }) => path[0] !== "name");
      return wrong({ ...(name === undefined ? {} : { name: name.message }), ...(rule.length === 0 ? {} : { form: say.rule }) }, inWords(rule, root));
    }
    case "name-taken":
      return wrong({ name: outcome.message });
    default:
      return wrong({ form: outcome.message });
  }
}
