// What a form gets back: done, or what is wrong with which field.
import type { words } from "./words.ts";

export type Done = keyof typeof words.done;
export type Reply = { ok: true; done: Done | null } | { ok: false; errors: Record<string, string> };

/** The error of a field; `form` is what belongs to none. */
export function errorOf(reply: unknown, field: string): string | undefined {
  if (typeof reply !== "object" || reply === null || !("errors" in reply)) return undefined;
  return (reply as { errors: Record<string, string> }).errors[field];
}

/** What was typed into a field, without the NUL that no database text can hold; empty where there is none, or where somebody sent a file instead. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.replaceAll("\u0000", "").toWellFormed() : "";
}

type Problem = { path: PropertyKey[]; message: string };

/** The first problem of each field, by the last part of its path. */
export function errorsFrom(issues: readonly Problem[]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { path, message } of issues) {
    const field = String(path.at(-1) ?? "form");
    errors[field] ??= message;
  }
  return errors;
}
