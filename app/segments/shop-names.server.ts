import { collectionNames } from "../products/collections.server.ts";
import { findProducts } from "../products/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { conditionsOf, type Condition, type Node, type Where } from "./rule.ts";

/** What a shop calls the products and collections that some rules name, by Shopify's number; those that it has no name for are not there. */
export type ShopNames = { products: Record<string, string>; collections: Record<string, string> };

function wheresOf(condition: Condition): Where[] {
  const own = "where" in condition ? [condition.where] : [];
  return "when" in condition && condition.when.kind === "since" ? [...own, condition.when.deed.where] : own;
}

export async function shopNames(shop: Pick<Shop, "id">, rules: Node[]): Promise<ShopNames> {
  const wheres = rules.flatMap((rule) => conditionsOf(rule)).flatMap(({ condition }) => wheresOf(condition));
  const products = await findProducts(shop.id, [...new Set(wheres.flatMap((where) => where.products ?? []))]);
  const ids = [...new Set(wheres.flatMap((where) => where.collections ?? []))];
  const collections = await collectionNames(shop.id, ids);
  return {
    products: Object.fromEntries([...products].flatMap(([id, { title }]) => (title === null ? [] : [[id, title] as const]))),
    collections: Object.fromEntries(collections.map(({ id, title }) => [id, title])),
  };
}
