// What the cart's Ajax calls do to its lines, and how Shopify refuses: pure rules, in Shopify's words.
import type { LineFacts } from "../shopify/cart-payload.ts";
import type { ProductFacts, VariantFacts } from "../shopify/product-payload.ts";

export type Refusal = { ok: false; status: number; body: { status: number | "bad_request"; message: string; description: string } };
export type Wanted = { variantId: number; quantity: number };
export type Change = { ok: true; wanted: Wanted[]; touched: number[]; short: Refusal | null } | Refusal;

type Lines = readonly Pick<LineFacts, "id" | "variantId" | "quantity">[];

export const lineKey = (line: Pick<LineFacts, "id" | "variantId">): string => `${line.variantId}:${line.id.toString(16).padStart(32, "0")}`;

const cartError = (status: number, description: string): Refusal => ({ ok: false, status, body: { status, message: "Cart Error", description } });
const badRequest = (message: string): Refusal => ({ ok: false, status: 400, body: { status: "bad_request", message, description: message } });

export function findVariant(products: readonly ProductFacts[], id: number): { product: ProductFacts; variant: VariantFacts } | undefined {
  for (const product of products) {
    const variant = product.variants.find((one) => one.id === id);
    if (variant) return { product, variant };
  }
  return undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** A whole number of pieces, as forms and scripts write it; absent = `otherwise`. */
function quantityOf(value: unknown, otherwise: number): number | null {
  if (value === undefined || value === "") return otherwise;
  const quantity = Number(value);
  return Number.isInteger(quantity) && quantity >= 0 ? quantity : null;
}

/** `/cart/add`: one `id`, or `items`. What there is too little of is added as far as it goes, and said. */
export function add(products: readonly ProductFacts[], lines: Lines, body: Record<string, unknown>): Change {
  const items = body["items"] === undefined ? (body["id"] === undefined ? null : [body]) : body["items"];
  if (!Array.isArray(items) || items.length === 0) return badRequest("Required parameter missing or invalid: items");
  const wanted = lines.map(({ variantId, quantity }) => ({ variantId, quantity }));
  const touched: number[] = [];
  let short: Refusal | null = null;
  for (const item of items as unknown[]) {
    if (!isRecord(item)) return badRequest("Required parameter missing or invalid: items");
    if (item["properties"] !== undefined || item["selling_plan"]) return badRequest("This world's carts know no line item properties and no selling plans");
    const variantId = Number(item["id"]);
    const found = findVariant(products, variantId);
    if (!found) return cartError(404, "Cannot find variant");
    const quantity = quantityOf(item["quantity"], 1);
    if (quantity === null || quantity === 0) return badRequest("Required parameter missing or invalid: quantity");
    const { stock } = found.variant;
    if (stock <= 0) return cartError(422, `The product '${nameOf(found)}' is already sold out.`);
    const line = wanted.find((one) => one.variantId === variantId);
    const has = line?.quantity ?? 0;
    if (has >= stock) return cartError(422, "The maximum quantity of this item is already in your cart.");
    const given = Math.min(quantity, stock - has);
    if (given < quantity) short = cartError(422, `Only ${given} ${given === 1 ? "item was" : "items were"} added to your cart due to availability.`);
    if (line) line.quantity += given;
    else wanted.unshift({ variantId, quantity: given }); // the newest stands first
    touched.push(variantId);
  }
  return { ok: true, wanted, touched, short };
}

/** `/cart/change`: one line, by `id` (a variant or a key) or by `line` (its place, from 1). */
export function change(products: readonly ProductFacts[], lines: Lines, body: Record<string, unknown>): Change {
  const { id, line: place } = body;
  if (id === undefined && place === undefined) return badRequest("Required parameter missing or invalid: id");
  const line = id === undefined ? lines[Number(place) - 1] : lines.find((one) => lineKey(one) === id || String(one.variantId) === String(id));
  if (!line) return badRequest("no valid id or line parameter");
  const quantity = quantityOf(body["quantity"], line.quantity);
  if (quantity === null) return badRequest("Required parameter missing or invalid: quantity");
  return set(products, lines, [{ variantId: line.variantId, quantity }]);
}

/** `/cart/update` of several lines: `updates` by variant or key, or as a list in the order of the lines. */
export function update(products: readonly ProductFacts[], lines: Lines, updates: unknown): Change {
  const entries: [string, unknown][] = Array.isArray(updates)
    ? updates.map((quantity: unknown, at) => [lines[at] ? lineKey(lines[at]) : "", quantity])
    : isRecord(updates)
      ? Object.entries(updates)
      : [];
  const targets: Wanted[] = [];
  for (const [key, value] of entries) {
    const line = lines.find((one) => lineKey(one) === key || String(one.variantId) === key);
    const variantId = line?.variantId ?? Number(key);
    if (!line && !findVariant(products, variantId)) return cartError(404, "Cannot find variant");
    const quantity = quantityOf(value, line?.quantity ?? 0);
    if (quantity === null) return badRequest("Required parameter missing or invalid: updates");
    targets.push({ variantId, quantity });
  }
  return set(products, lines, targets);
}

function set(products: readonly ProductFacts[], lines: Lines, targets: readonly Wanted[]): Change {
  const wanted = lines.map(({ variantId, quantity }) => ({ variantId, quantity }));
  let short: Refusal | null = null;
  for (const { variantId, quantity } of targets) {
    const stock = findVariant(products, variantId)?.variant.stock ?? 0;
    const given = Math.min(quantity, stock);
    // Less of what is sold out is always allowed.
    if (given < quantity && quantity > 0)
      short = cartError(422, `Only ${given} ${given === 1 ? "item was" : "items were"} added to your cart due to availability.`);
    const line = wanted.find((one) => one.variantId === variantId);
    if (line) line.quantity = given;
    else if (given > 0) wanted.unshift({ variantId, quantity: given });
  }
  return { ok: true, wanted: wanted.filter((line) => line.quantity > 0), touched: targets.map(({ variantId }) => variantId), short };
}

/** What went in and what went out between two states of a cart, each with its number of pieces. */
export function difference(before: readonly LineFacts[], after: readonly LineFacts[]): { added: LineFacts[]; removed: LineFacts[] } {
  const count = (lines: readonly LineFacts[], variantId: number) => lines.find((line) => line.variantId === variantId)?.quantity ?? 0;
  const more = (from: readonly LineFacts[], to: readonly LineFacts[]) =>
    to.flatMap((line) => {
      const quantity = line.quantity - count(from, line.variantId);
      return quantity > 0 ? [{ ...line, quantity }] : [];
    });
  return { added: more(before, after), removed: more(after, before) };
}

function nameOf({ product, variant }: { product: ProductFacts; variant: VariantFacts }): string {
  return variant.title === "Default Title" ? product.title : `${product.title} - ${variant.title}`;
}
