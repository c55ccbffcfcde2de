// A schema read from introspection lets any text pass as any scalar; Shopify does not.
import { GraphQLError, type GraphQLScalarType, type GraphQLSchema, isScalarType, Kind } from "graphql";

const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

const rules: Record<string, (text: string) => boolean> = {
  DateTime: (text) => dateTime.test(text) && !Number.isNaN(Date.parse(text)),
  Date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text),
  Decimal: (text) => /^-?\d+(\.\d+)?$/.test(text),
  Money: (text) => /^-?\d+(\.\d+)?$/.test(text),
  UnsignedInt64: (text) => /^\d+$/.test(text),
  URL: (text) => URL.canParse(text),
};

/** Gives the custom scalars of a client schema the checks they have at Shopify. */
export function hardenScalars(schema: GraphQLSchema): GraphQLSchema {
  for (const [name, accepts] of Object.entries(rules)) {
    const type = schema.getType(name);
    if (isScalarType(type)) harden(type, accepts);
  }
  return schema;
}

function harden(type: GraphQLScalarType, accepts: (text: string) => boolean): void {
  const numeric = ["Decimal", "Money", "UnsignedInt64"].includes(type.name);
  const check = (value: unknown): string => {
    const text = numeric && typeof value === "number" ? String(value) : value;
    if (typeof text !== "string" || !accepts(text)) {
      throw new GraphQLError(`invalid ${type.name} '${String(value)}'`);
    }
    return text;
  };
  type.parseValue = check;
  type.parseLiteral = (node) => {
    if (node.kind === Kind.STRING) return check(node.value);
    if (numeric && (node.kind === Kind.INT || node.kind === Kind.FLOAT)) return check(node.value);
    throw new GraphQLError(`invalid value for ${type.name}`, { nodes: node });
  };
}
