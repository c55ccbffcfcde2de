// Shopify's own Admin GraphQL schema of 2026-10, and the access scopes each part of it asks for.
import { gunzip } from "node:zlib";
import { promisify } from "node:util";
import {
  buildClientSchema,
  type DocumentNode,
  getNamedType,
  type GraphQLSchema,
  type IntrospectionQuery,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";
import { packageFile } from "../cache/package-file.ts";
import { hardenScalars } from "./scalars.ts";

export const adminVersion = "2026-10";

const file = {
  package: "@shopify/dev-mcp@1.16.0",
  path: "dist/data/admin_2026-10.json.gz",
  sha256: "f3b522f264556925eada700e795e4a002a9cba83444ebcc6c0d724254a0c6593",
};

type ScopeItem = {
  type: "type" | "field";
  typeName: string;
  fieldName?: string;
  requiredAccess: string;
  offlineScopes: string[];
};

/** What a type or field asks for: of every group at least one scope. `text` is Shopify's own sentence. */
export type Requirement = { text: string; groups: string[][] };

type Official = { schema: GraphQLSchema; requirements: Map<string, Requirement> };

let official: Promise<Official> | undefined;

async function load(): Promise<Official> {
  const json = JSON.parse((await promisify(gunzip)(await packageFile(file))).toString("utf8")) as {
    data: IntrospectionQuery;
    offline_scopes: { items: ScopeItem[] };
  };
  const requirements = new Map<string, Requirement>();
  for (const item of json.offline_scopes.items) {
    if (item.offlineScopes.length === 0) continue;
    const key = item.type === "type" ? item.typeName : `${item.typeName}.${item.fieldName ?? ""}`;
    requirements.set(key, { text: item.requiredAccess, groups: groupsOf(item) });
  }
  return { schema: hardenScalars(buildClientSchema(json.data)), requirements };
}

// The file lists the scopes flat; only the sentence beside them says which ones may stand for each other.
function groupsOf(item: ScopeItem): string[][] {
  const groups = item.requiredAccess
    .split(/as well as|Also:|\bboth\b/)
    .map((part) => item.offlineScopes.filter((scope) => part.includes(`\`${scope}\``)))
    .filter((group) => group.length > 0);
  return groups.length > 0 ? groups : [item.offlineScopes];
}

function once(): Promise<Official> {
  official ??= load().catch((error: unknown) => {
    official = undefined;
    throw error;
  });
  return official;
}

/** The schema, built once per process. Throws when it can neither be found in the cache nor obtained through npm. */
export async function officialSchema(): Promise<GraphQLSchema> {
  return (await once()).schema;
}

/** What a type (`"Order"`) or a field (`"Mutation.discountCodeBasicCreate"`) asks for, if anything. */
export async function scopeRequirements(): Promise<ReadonlyMap<string, Requirement>> {
  return (await once()).requirements;
}

/** Every group of scopes an operation needs one of, without repetition; `write_x` also grants `read_x`. */
export async function requiredScopes(operation: string | DocumentNode): Promise<string[][]> {
  const { schema, requirements } = await once();
  const found = new Map<string, string[]>();
  const info = new TypeInfo(schema);
  const note = (key: string) => {
    for (const group of requirements.get(key)?.groups ?? []) found.set(group.join(), group);
  };
  visit(
    typeof operation === "string" ? parse(operation) : operation,
    visitWithTypeInfo(info, {
      Field(node) {
        const parent = info.getParentType();
        const type = info.getType();
        if (parent) note(`${parent.name}.${node.name.value}`);
        if (type) note(getNamedType(type).name);
      },
    }),
  );
  return [...found.values()];
}

/** Whether granted scopes satisfy every group. */
export function satisfies(granted: readonly string[], groups: readonly string[][]): boolean {
  const all = new Set(granted);
  for (const scope of granted) if (scope.startsWith("write_")) all.add(scope.replace("write_", "read_"));
  return groups.every((group) => group.some((scope) => all.has(scope)));
}
