// Which fields a condition has while it is edited, in the order in which they are read. What the form shows, and nothing else, can be asked.
import { valueAt, type DraftCondition, type Value } from "./draft.ts";
import { deedKinds, type DeedKind, type Filter } from "./deed.ts";
import { rfmGroups, stages } from "./groups.ts";
import { horizons } from "../predictions/model.ts";
import type { Where } from "./rule.ts";

/** What values of a set are chosen from: what the shop has, or what is typed. */
export type Source = "product" | "collection" | "vendor" | "segment" | "text" | "country" | "language";

/** `path` leads to the value in the condition; it names the field, too, where something is wrong with it. */
export type Field = { path: string[] } & (
  | { as: "choice"; name: string; options: readonly (string | number)[] }
  | { as: "set"; name: string; options: readonly (string | number)[] }
  | { as: "values"; from: Source }
  | { as: "one"; from: "segment" }
  | { as: "number" }
  | { as: "money" }
  | { as: "price" }
  | { as: "flag" }
  | { as: "length" }
  | { as: "date" }
);

const choice = (path: string[], name: string, options: readonly (string | number)[]): Field => ({ as: "choice", path, name, options });
const amounts = ["at-least", "at-most", "exactly"] as const;
const bounds = ["at-least", "at-most"] as const;
const moments = ["ever", "last", "ago", "dates"] as const;
export const allMoments = [...moments, "since"] as const;
const everyDeed = Object.keys(deedKinds);

/** What each filter of a deed is made of. */
const filters: Record<Filter, (keyof Where)[]> = {
  product: ["products", "collections", "vendors"],
  price: ["priceMinor"],
  collection: ["collections"],
  form: ["forms"],
  utm: ["sources", "mediums", "campaigns"],
  flow: ["flows"],
};

const sources: Partial<Record<keyof Where, Source>> = { products: "product", collections: "collection", vendors: "vendor" };

function filterField(path: string[], key: keyof Where): Field {
  if (key === "priceMinor") return { as: "price", path: [...path, key] };
  return { as: "values", path: [...path, key], from: sources[key] ?? "text" };
}

/** What narrows a deed down. */
export function whereFields(did: DeedKind, path: string[]): Field[] {
  return deedKinds[did].filters.flatMap((filter) => filters[filter].map((key) => filterField(path, key)));
}

function deedOf(value: Value): DeedKind {
  return typeof value === "string" && value in deedKinds ? (value as DeedKind) : "visited";
}

/** The fields of a *when*, which depend on its kind. */
function whenFields(condition: DraftCondition, path: string[], kinds: readonly string[]): Field[] {
  const own: Record<string, () => Field[]> = {
    ever: () => [],
    last: () => [{ as: "length", path: [...path, "length"] }],
    ago: () => [
      { as: "length", path: [...path, "atLeast"] },
      { as: "length", path: [...path, "lessThan"] },
    ],
    dates: () => [
      { as: "date", path: [...path, "from"] },
      { as: "date", path: [...path, "before"] },
    ],
    since: () => [
      choice([...path, "deed", "did"], "did", everyDeed),
      ...whereFields(deedOf(valueAt(condition, [...path, "deed", "did"])), [...path, "deed", "where"]),
    ],
  };
  const kind = valueAt(condition, [...path, "kind"]);
  return [choice([...path, "kind"], "when", kinds), ...((typeof kind === "string" ? own[kind]?.() : undefined) ?? [])];
}

const scores = [1, 2, 3, 4, 5] as const;

/** Every field of a condition as it stands. */
export function fieldsOf(condition: DraftCondition): Field[] {
  switch (condition.kind) {
    case "did":
      return [
        choice(["did"], "did", everyDeed),
        ...whereFields(deedOf(condition["did"]), ["where"]),
        choice(["times", "is"], "is", amounts),
        { as: "number", path: ["times", "n"] },
        ...whenFields(condition, ["when"], allMoments),
        // A visit is a day in any case.
        ...(condition["did"] === "visited" ? [] : [{ as: "flag" as const, path: ["onDays"] }]),
      ];
    case "orders":
      return [
        choice(["measure"], "measure", ["number", "spent", "average"]),
        choice(["is"], "is", amounts),
        { as: condition["measure"] === "number" ? "number" : "money", path: ["value"] },
        ...whereFields("ordered", ["where"]),
        ...whenFields(condition, ["when"], allMoments),
      ];
    case "order-date":
      return [choice(["which"], "which", ["first", "last"]), ...whereFields("ordered", ["where"]), ...whenFields(condition, ["when"], moments)];
    case "left-behind":
      return [choice(["what"], "left", ["cart", "checkout", "reachable-checkout"]), { as: "length", path: ["atLeast"] }, { as: "length", path: ["lessThan"] }];
    case "country":
      return [{ as: "values", path: ["countries"], from: "country" }];
    case "language":
      return [{ as: "values", path: ["languages"], from: "language" }];
    case "has":
      return [choice(["what"], "has", ["email", "phone"])];
    case "email-consent":
      return [{ as: "set", path: ["states"], name: "states", options: ["none", "single", "confirmed", "out"] }];
    case "first-seen":
      return whenFields(condition, ["when"], moments);
    case "first-landing":
      return filters.utm.map((key) => filterField([], key));
    case "in-segment":
      return [{ as: "one", path: ["segment"], from: "segment" }];
    case "rfm":
      return ["recency", "frequency", "money"].map((key) => ({ as: "set", path: [key], name: "scores", options: scores }));
    case "rfm-group":
      return [{ as: "set", path: ["groups"], name: "groups", options: rfmGroups }];
    case "lifecycle":
      return [{ as: "set", path: ["stages"], name: "stages", options: stages }];
    case "chance-of-order":
      return [choice(["chance", "is"], "is", bounds), { as: "number", path: ["chance", "percent"] }, choice(["within"], "within", horizons)];
    case "expected-order":
      return [
        choice(["due", "kind"], "due", ["within", "overdue"]),
        ...(valueAt(condition, ["due", "kind"]) === "overdue" ? ["atLeast", "lessThan"] : ["length"]).map((key): Field => ({
          as: "length",
          path: ["due", key],
        })),
      ];
    case "predicted-spend":
      return [choice(["spend", "is"], "is", bounds), { as: "money", path: ["spend", "value"] }];
  }
}

const freshWhens: Record<(typeof allMoments)[number], Value> = {
  ever: { kind: "ever" },
  last: { kind: "last", length: { amount: 30, unit: "days" } },
  ago: { kind: "ago", atLeast: { amount: 30, unit: "days" }, lessThan: { amount: 90, unit: "days" } },
  dates: { kind: "dates" },
  since: { kind: "since", deed: { did: "viewed-product", where: {} } },
};

const freshDues: Record<string, Value> = {
  within: { kind: "within", length: { amount: 14, unit: "days" } },
  overdue: { kind: "overdue", atLeast: { amount: 7, unit: "days" }, lessThan: { amount: 90, unit: "days" } },
};

/** The same for when an order is expected. */
export function freshDue(kind: string): Value {
  return freshDues[kind] ?? freshDues["within"];
}

/** Another kind of *when*, ready to be asked. */
export function freshWhen(kind: string): Value {
  return freshWhens[kind as keyof typeof freshWhens] ?? freshWhens.ever;
}

/** The kinds of conditions, as they are offered. */
export const conditionGroups = [
  { name: "deeds", kinds: ["did", "left-behind", "orders", "order-date"] },
  { name: "visits", kinds: ["first-seen", "first-landing"] },
  { name: "person", kinds: ["email-consent", "has", "country", "language"] },
  { name: "standing", kinds: ["in-segment", "rfm", "rfm-group", "lifecycle"] },
  { name: "expected", kinds: ["chance-of-order", "expected-order", "predicted-spend"] },
] as const;
