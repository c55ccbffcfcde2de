// What an operation costs, and the bucket it is paid from. Approximates Shopify's published rules: scalars 0, objects 1,
// connections 2 and every asked-for item, mutations 10; a standard shop has 2000 points and regains 100 a second.
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

export const maximumQueryCost = 1000;
const mutationCost = 10;
const defaultPage = 50;

type Variables = Readonly<Record<string, unknown>>;

/** The requested cost of an operation, before it runs. */
export function requestedCost(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): number {
  const mutation = String(operation.operation) === "mutation";
  const root = mutation ? schema.getMutationType() : schema.getQueryType();
  if (!root) return 0;
  const inner = selectionCost(schema, document, operation.selectionSet, root, variables);
  return mutation ? Math.max(mutationCost, inner) : inner;
}

function selectionCost(schema: GraphQLSchema, document: DocumentNode, selections: SelectionSetNode, type: GraphQLOutputType, variables: Variables): number {
  const named = getNamedType(type);
  let cost = 0;
  for (const selection of selections.selections) {
    if (selection.kind === Kind.FIELD) {
      cost += fieldCost(schema, document, selection, named, variables);
      continue;
    }
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection
        : document.definitions.find((one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value);
    if (fragment?.kind !== Kind.INLINE_FRAGMENT && fragment?.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const on = fragment.typeCondition ? schema.getType(fragment.typeCondition.name.value) : named;
    if (on && isCompositeType(on)) cost += selectionCost(schema, document, fragment.selectionSet, on, variables);
  }
  return cost;
}

function fieldCost(schema: GraphQLSchema, document: DocumentNode, node: FieldNode, parent: GraphQLOutputType, variables: Variables): number {
  if (!("getFields" in parent) || !node.selectionSet) return 0;
  const field = parent.getFields()[node.name.value];
  if (!field) return 0;
  const inner = selectionCost(schema, document, node.selectionSet, field.type, variables);
  const name = getNamedType(field.type).name;
  if (name.endsWith("Connection")) return 2 + pageSize(node, variables) * Math.max(1, inner);
  if (name === "PageInfo" || name.endsWith("Edge")) return inner;
  return 1 + inner;
}

function pageSize(node: FieldNode, variables: Variables): number {
  for (const argument of node.arguments ?? []) {
    if (argument.name.value !== "first" && argument.name.value !== "last") continue;
    if (argument.value.kind === Kind.INT) return Number(argument.value.value);
    if (argument.value.kind === Kind.VARIABLE) {
      const given = variables[argument.value.name.value];
      if (typeof given === "number") return given;
    }
  }
  return defaultPage;
}

/** How many objects an answer holds: what was really read. */
export function actualCost(data: unknown): number {
  if (Array.isArray(data)) return data.reduce<number>((sum, item) => sum + actualCost(item), 0);
  if (data === null || typeof data !== "object") return 0;
  return 1 + Object.values(data).reduce<number>((sum, item) => sum + actualCost(item), 0);
}

export type Bucket = ReturnType<typeof leakyBucket>;

/** Points of one app in one shop; they come back with the time of the world. */
export function leakyBucket(now: () => Date, maximumAvailable = 2000, restoreRate = 100) {
  let available = maximumAvailable;
  let at = now().getTime();
  const refill = (): void => {
    const time = now().getTime();
    available = Math.min(maximumAvailable, available + (Math.max(0, time - at) / 1000) * restoreRate);
    at = time;
  };
  return {
    /** Whether the points are there; takes them when they are. */
    take: (points: number): boolean => {
      refill();
      if (points > available) return false;
      available -= points;
      return true;
    },
    giveBack: (points: number): void => {
      available = Math.min(maximumAvailable, available + points);
    },
    drain: (): void => {
      refill();
      available = 0;
    },
    status: () => {
      refill();
      return { maximumAvailable, currentlyAvailable: Math.floor(available), restoreRate };
    },
  };
}
