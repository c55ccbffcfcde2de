// What a screen reader or a keyboard would stumble over, by the rules of WCAG 2.1 A and AA.
import axe from "axe-core";
import type { Frame } from "playwright-core";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

/** Each violation with the markup it is about; empty where there is none. */
export async function violationsOf(where: Frame): Promise<string[]> {
  await where.evaluate(axe.source);
  const { violations } = await where.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    `axe.run(document, { runOnly: ${JSON.stringify(rules)} })`,
  );
  return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}
