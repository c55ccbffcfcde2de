// Holds a body against the table of known fields, as strictly as Google's JSON reader does.
import { schemas, type Kind } from "./definition.ts";
import { invalid } from "./error.ts";

/** Refuses what is not of that schema: an unknown name, another type, an unknown word. */
export function checkShape(schema: string, value: unknown, path = ""): asserts value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(path, `Invalid value at '${path}' (${schema}): an object is expected.`);
  const known = schemas[schema] ?? {};
  for (const [name, one] of Object.entries(value)) {
    const at = path === "" ? name : `${path}.${name}`;
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) throw invalid(at, `Invalid JSON payload received. Unknown name "${name}" at '${path}': Cannot find field.`);
    checkKind(kind, one, at);
  }
}

function checkKind(kind: Kind, value: unknown, at: string): void {
  if (typeof kind === "string") {
    if (kind === "digits" ? !/^\d+$/.test(String(value)) : typeof value !== kind) throw invalid(at, `Invalid value at '${at}'.`);
  } else if ("is" in kind) checkShape(kind.is, value, at);
  else if ("listOf" in kind) {
    if (!Array.isArray(value)) throw invalid(at, `Invalid value at '${at}': a list is expected.`);
    value.forEach((one, index) => checkKind(kind.listOf, one, `${at}[${index}]`));
  } else if (!kind.oneOf.some((word) => word === value)) throw invalid(at, `Invalid value at '${at}'.`, "INVALID_ENUM_VALUE");
}
