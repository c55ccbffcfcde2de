// Reads the `payload` of an audience call: which keys, which rows, and which rows are no good.
import { schemaKeys } from "./definition.ts";
import { invalid } from "./error.ts";

/** One person as an audience holds them: schema key → hash (or plain id). Empty values are left out. */
export type Member = Record<string, string>;

export type Payload = {
  received: number;
  members: Member[];
  invalid: number;
  /** At most 100 rows that were not accepted, each with why. */
  invalidSamples: Record<string, string>;
  /** How many invalid values looked like unhashed personal data. That must never leave the product. */
  plainValues: number;
};

/** Most rows in one request (Custom Audiences guide, checked 2026-09-12). */
export const maxRows = 10_000;

/** Checks a payload as Meta does: structure refuses the whole call, a bad value only its row. */
export function readPayload(input: unknown): Payload {
  if (!isObject(input)) throw invalid("Param payload must be an object.");
  for (const key of Object.keys(input)) {
    if (!["schema", "data", "is_raw"].includes(key)) throw invalid(`Param payload has an unexpected key: ${key}`);
  }
  if (input["is_raw"] !== undefined && typeof input["is_raw"] !== "boolean") throw invalid("Param payload[is_raw] must be a boolean");
  const single = typeof input["schema"] === "string";
  const schema = schemaOf(input["schema"]);
  const data = input["data"];
  if (!Array.isArray(data)) throw invalid("Param payload[data] must be an array.");
  if (data.length === 0) throw invalid("Param payload[data] must be a non-empty array.");
  if (data.length > maxRows) throw invalid(`Param payload[data] must have at most ${maxRows} entries; ${data.length} given`);

  const payload: Payload = { received: data.length, members: [], invalid: 0, invalidSamples: {}, plainValues: 0 };
  data.forEach((entry: unknown, index) => {
    const row = single && !Array.isArray(entry) ? [entry] : entry;
    if (!Array.isArray(row)) throw invalid(`Param payload[data][${index}] must be an array.`);
    if (row.length !== schema.length) throw invalid(`Param payload[data][${index}] must have ${schema.length} values, one per schema key; ${row.length} given`);
    const problem = fill(schema, row, payload);
    if (problem === undefined) return;
    payload.invalid += 1;
    if (payload.invalid <= 100) payload.invalidSamples[JSON.stringify(row).slice(0, 200)] = problem;
  });
  return payload;
}

function schemaOf(input: unknown): string[] {
  const keys = typeof input === "string" ? [input] : input;
  if (!Array.isArray(keys) || keys.length === 0) throw invalid("Param payload[schema] must be a non-empty array or a key.");
  keys.forEach((key: unknown) => {
    const known = typeof key === "string" && Object.hasOwn(schemaKeys, key) ? schemaKeys[key] : undefined;
    if (!known) throw invalid(`Param payload[schema] has an invalid key: ${String(key)}`);
    if (known.alone && keys.length > 1) throw invalid(`Param payload[schema]: ${String(key)} cannot be combined with other keys`);
  });
  if (new Set(keys).size !== keys.length) throw invalid("Param payload[schema] has the same key twice");
  return keys as string[]; // every element was looked up above
}

/** Puts a good row into the payload; a bad one comes back as its reason. */
function fill(schema: string[], row: unknown[], payload: Payload): string | undefined {
  const member: Member = {};
  for (const [index, key] of schema.entries()) {
    const value = row[index];
    if (key.startsWith("DATA_PROCESSING_OPTIONS")) {
      if (!processingOptionOk(key, value)) return `${key} is not valid`;
      continue;
    }
    if (value === "" || value === null) continue; // "" says that this value is not known
    if (key === "LOOKALIKE_VALUE" && typeof value === "number" && value >= 0) continue;
    if (typeof value !== "string") return `${key} is not a string`;
    if (schemaKeys[key]?.hashed && !/^[0-9a-f]{64}$/.test(value)) {
      if (/@|^\+?\d[\d ().-]{5,}$/.test(value)) payload.plainValues += 1;
      return `${key} is not a SHA-256 hash in lower-case hex`;
    }
    if (key === "MADID" && value !== value.toLowerCase()) return "MADID is not lower case";
    member[schemaKeys[key]?.sameAs ?? key] = value;
  }
  if (Object.keys(member).length === 0) return "no value that could identify a person";
  payload.members.push(member);
  return undefined;
}

function processingOptionOk(key: string, value: unknown): boolean {
  if (key === "DATA_PROCESSING_OPTIONS") return Array.isArray(value) && (value.length === 0 || (value.length === 1 && value[0] === "LDU"));
  return value === "" || (typeof value === "number" && Number.isInteger(value) && value >= 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
