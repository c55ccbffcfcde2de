// Runs operations on the official schema: validation and refusals in Shopify's words, nulls only where a value is null.
import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  getNamedType,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type OperationDefinitionNode,
  parse,
  validate,
  Kind,
} from "graphql";
import { type Requirement, satisfies } from "./official-schema.ts";
import type { ShopState } from "./shop-state.ts";

export type ApiContext = {
  shop: ShopState;
  now: Date;
  worldUrl: string;
  granted: readonly string[];
  requirements: ReadonlyMap<string, Requirement>;
  /** Fields as `Customer.email` that the app is not approved for. */
  unapproved: ReadonlySet<string>;
};

export type Resolver = (args: Record<string, unknown>, context: ApiContext) => unknown;
export type Roots = { QueryRoot: Record<string, Resolver>; Mutation: Record<string, Resolver> };

export type Prepared = { document: DocumentNode; operation: OperationDefinitionNode };

/** Parses and validates; the errors are as Shopify would answer them. */
export function prepare(schema: GraphQLSchema, query: string, operationName: string | null): Prepared | { errors: object[] } {
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    return { errors: [error instanceof GraphQLError ? plain(error) : { message: String(error) }] };
  }
  const errors = validate(schema, document);
  if (errors.length > 0) return { errors: errors.map(asShopifySays) };
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const operation = operationName ? operations.find((one) => one.name?.value === operationName) : operations[0];
  if (!operation || (!operationName && operations.length > 1)) {
    return { errors: [{ message: operationName ? `No operation named "${operationName}"` : "An operation name is required" }] };
  }
  return { document, operation };
}

/** Runs a prepared operation. */
export async function run(
  schema: GraphQLSchema,
  prepared: Prepared,
  variables: Record<string, unknown>,
  roots: Roots,
  context: ApiContext,
): Promise<ExecutionResult> {
  return execute({
    schema,
    document: prepared.document,
    operationName: prepared.operation.name?.value,
    variableValues: variables,
    contextValue: context,
    fieldResolver: resolver(roots),
    typeResolver: (value: unknown) => (isRecord(value) && typeof value["__typename"] === "string" ? value["__typename"] : undefined),
  });
}

function resolver(roots: Roots): GraphQLFieldResolver<unknown, ApiContext> {
  return (source, args: Record<string, unknown>, context, info) => {
    const parent = info.parentType.name;
    checkAccess(context, `${parent}.${info.fieldName}`, getNamedType(info.returnType).name, info.fieldName);
    if (context.unapproved.has(`${parent}.${info.fieldName}`)) {
      throw new GraphQLError(
        `This app is not approved to access the ${parent} object. See https://partners.shopify.com/1/apps/1/customer_data for more details.`,
      );
    }
    if (parent === "QueryRoot" || parent === "Mutation") {
      const root = roots[parent][info.fieldName];
      if (root) return root(args, context);
    } else if (isRecord(source) && info.fieldName in source) {
      const value = source[info.fieldName];
      return typeof value === "function" ? (value as (given: Record<string, unknown>) => unknown)(args) : value;
    }
    throw new GraphQLError(`The Shopify stand-in does not implement ${parent}.${info.fieldName}`, {
      extensions: { code: "NOT_IMPLEMENTED_BY_STAND_IN" },
    });
  };
}

function checkAccess(context: ApiContext, field: string, type: string, name: string): void {
  const node = type.replace(/Connection$/, "");
  for (const key of [field, type, node]) {
    const requirement = context.requirements.get(key);
    if (!requirement || satisfies(context.granted, requirement.groups)) continue;
    throw new GraphQLError(`Access denied for ${name} field. Required access: ${requirement.text}`, {
      extensions: {
        code: "ACCESS_DENIED",
        documentation: "https://shopify.dev/api/usage/access-scopes",
        requiredAccess: requirement.text,
      },
    });
  }
}

function asShopifySays(error: GraphQLError): object {
  const unknownField = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message);
  if (!unknownField) return { ...plain(error), extensions: { code: "invalid", ...error.extensions } };
  const [, fieldName, typeName] = unknownField;
  return {
    message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
    locations: error.locations,
    extensions: { code: "undefinedField", typeName, fieldName },
  };
}

function plain(error: GraphQLError): { message: string; locations: GraphQLError["locations"] } {
  return { message: error.message, locations: error.locations };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
