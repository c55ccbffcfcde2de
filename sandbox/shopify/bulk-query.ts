// What Shopify takes as a bulk query, and how its answer is written: one object a line.
import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  getNamedType,
  getNullableType,
  type GraphQLSchema,
  isListType,
  Kind,
  parse,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";

const mostConnections = 5;
const deepest = 2;
const page = 250;

type Row = Record<string, unknown>;

const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value);
const isConnection = (schema: GraphQLSchema, parent: string, field: FieldNode): boolean => {
  const type = schema.getType(parent);
  if (!type || !("getFields" in type)) return false;
  const found = type.getFields()[field.name.value];
  return found !== undefined && getNamedType(found.type).name.endsWith("Connection");
};

/** Why Shopify would refuse a query that runs as a bulk operation, or null. */
export function bulkProblem(schema: GraphQLSchema, document: DocumentNode): string | null {
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined || document.definitions.length !== 1 || String(operation.operation) !== "query")
    return "Bulk queries must consist of one query operation.";
  const [root, ...more] = operation.selectionSet.selections;
  if (root?.kind !== Kind.FIELD || more.length > 0) return "Bulk queries must have a single top-level field.";
  if (root.name.value === "node" || root.name.value === "nodes") return "Bulk queries cannot use the top-level field 'node' or 'nodes'.";
  let connections = 0;
  let problem: string | null = null;
  const stack: ("connection" | "list" | "other")[] = [];
  const info = new TypeInfo(schema);
  visit(
    document as ASTNode,
    visitWithTypeInfo(info, {
      Field: {
        enter(node) {
          const parent = info.getParentType()?.name ?? "";
          const inside = parent.endsWith("Connection");
          if (isConnection(schema, parent, node)) {
            connections += 1;
            if (stack.includes("list")) problem ??= "Queries that contain a connection field within a list field are not currently supported.";
            if (stack.filter((one) => one === "connection").length >= deepest)
              problem ??= `Bulk queries cannot contain connections with a nesting depth greater than ${deepest}.`;
            const selected = node.selectionSet?.selections.flatMap((one) => (one.kind === Kind.FIELD ? [one.name.value] : [])) ?? [];
            if (!selected.includes("edges") && !selected.includes("nodes")) problem ??= `The '${node.name.value}' connection must select 'edges' or 'nodes'.`;
            stack.push("connection");
          } else {
            const type = info.getType();
            stack.push(!inside && type && isListType(getNullableType(type)) ? "list" : "other");
          }
        },
        leave() {
          stack.pop();
        },
      },
      SelectionSet(node) {
        const type = info.getParentType();
        const fields = node.selections.flatMap((one) => (one.kind === Kind.FIELD ? [one] : []));
        const nested = type !== null && type !== undefined && type.name !== "QueryRoot" && fields.some((one) => isConnection(schema, type.name, one));
        if (nested && !fields.some((one) => one.name.value === "id" && one.alias === undefined))
          problem ??= "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type.";
      },
    }),
  );
  if (connections === 0) return "Bulk queries must contain at least one connection.";
  if (connections > mostConnections) return `Bulk queries cannot contain more than ${mostConnections} connections.`;
  return problem;
}

/** The query for one page of the root: what a bulk query leaves out is filled in. */
export function pageOf(schema: GraphQLSchema, query: string, after: string | null): string {
  const info = new TypeInfo(schema);
  const document = parse(query);
  const paged = visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        const parent = info.getParentType()?.name ?? "";
        if (!isConnection(schema, parent, node)) return undefined;
        const root = parent === "QueryRoot";
        const given = (node.arguments ?? []).filter((one) => !["first", "last", "after", "before"].includes(one.name.value));
        const value = (text: string) => ({ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: text } }) as const;
        return {
          ...node,
          arguments: [
            ...given,
            { ...value("first"), value: { kind: Kind.INT, value: String(page) } },
            ...(root && after !== null ? [{ ...value("after"), value: { kind: Kind.STRING, value: after } }] : []),
          ],
          ...(root && node.selectionSet ? { selectionSet: { ...node.selectionSet, selections: [...node.selectionSet.selections, ...pageInfo] } } : {}),
        } as FieldNode;
      },
    }),
  );
  return print(paged);
}

const field = (name: string, inner?: FieldNode[]) =>
  ({ kind: Kind.FIELD, name: { kind: Kind.NAME, value: name }, ...(inner && { selectionSet: { kind: Kind.SELECTION_SET, selections: inner } }) }) as FieldNode;
const pageInfo = [field("pageInfo", [field("hasNextPage"), field("endCursor")])];

/** The nodes of a page, and where the next one begins. */
export function nodesOf(data: Row): { nodes: Row[]; next: string | null } {
  const root = Object.values(data)[0] as { edges?: { node: Row }[]; nodes?: Row[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
  return { nodes: root.nodes ?? (root.edges ?? []).map((one) => one.node), next: root.pageInfo.hasNextPage ? root.pageInfo.endCursor : null };
}

/** The lines of some nodes. Grouped, what belongs to an object follows it; otherwise it may stand anywhere behind it. */
export function linesFor(nodes: Row[], grouped: boolean): string[] {
  const roots: string[] = [];
  const behind: string[] = [];
  for (const node of nodes) {
    const children: Row[] = [];
    roots.push(JSON.stringify(withoutConnections(node, children)));
    const lines = children.map((child) => JSON.stringify(child));
    (grouped ? roots : behind).push(...lines);
  }
  return [...roots, ...behind];
}

function withoutConnections(node: Row, children: Row[]): Row {
  return Object.fromEntries(
    Object.entries(node).filter(([, value]) => {
      if (!isRow(value) || !(Array.isArray(value["edges"]) || Array.isArray(value["nodes"]))) return true;
      const below = (value["nodes"] ?? (value["edges"] as { node: Row }[]).map((one) => one.node)) as Row[];
      for (const child of below) {
        const nested: Row[] = [];
        const plain = withoutConnections(child, nested);
        children.push({ ...plain, __parentId: node["id"] }, ...nested);
      }
      return false;
    }),
  );
}
