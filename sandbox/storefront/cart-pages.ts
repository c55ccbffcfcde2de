// The cart as a page and as Shopify's Ajax API, and the links that fill one: permalinks and discount links.
import type { Cart } from "../shopify/shop-state.ts";
import { add, change, difference, findVariant, type Change, type Refusal, update } from "./cart-change.ts";
import { cartJson, itemJson, type CartView } from "./cart-json.ts";
import { show } from "./show.ts";
import { addedToCart, cartViewed, removedFromCart } from "./standard-events.ts";
import { eventShop, happened, landing, pairs, remember, rememberCart, text, type Visit } from "./visit.ts";

type At = (method: "get" | "post", path: string, run: (visit: Visit) => Promise<void> | void) => void;

const viewOf = ({ shop, root, request }: Visit): CartView => {
  const origin = `${request.protocol}://${request.get("host") ?? ""}`;
  return { shop, root, pictureUrl: (handle) => `${origin}/shop/pictures/${handle}.svg` };
};

/** The pages and calls of the cart; `at` mounts one under `/shop/<name>`. */
export function cartPages(at: At): void {
  at("get", "/cart.js", (visit) => answer(visit, cartJson(viewOf(visit), visit.cart)));
  at("post", "/cart/add.js", async (visit) => {
    const outcome = await addTo(visit);
    if (!outcome.ok) return refuse(visit, outcome);
    if (outcome.short) return refuse(visit, outcome.short);
    const lines = visit.cart?.lines.filter((line) => outcome.touched.includes(line.variantId)) ?? [];
    const items = lines.map((line) => itemJson(viewOf(visit), line));
    // One thing comes back as itself, several as a list: as Shopify does.
    return answer(visit, (visit.request.body as { items?: unknown }).items === undefined ? items[0] : { items });
  });
  at("post", "/cart/change.js", async (visit) => {
    const outcome = await apply(visit, change(visit.shop.products, visit.cart?.lines ?? [], visit.request.body as Record<string, unknown>));
    return outcome.ok && !outcome.short ? answer(visit, cartJson(viewOf(visit), visit.cart)) : refuse(visit, outcome.ok ? outcome.short : outcome);
  });
  at("post", "/cart/update.js", async (visit) => {
    const outcome = await updateCart(visit);
    return outcome.ok && !outcome.short ? answer(visit, cartJson(viewOf(visit), visit.cart)) : refuse(visit, outcome.ok ? outcome.short : outcome);
  });
  at("post", "/cart/clear.js", async (visit) => {
    await apply(visit, { ok: true, wanted: [], touched: [], short: null });
    return answer(visit, cartJson(viewOf(visit), visit.cart));
  });

  at("get", "/cart", async (visit) => {
    landing(visit);
    await showCart(visit, null);
  });
  at("post", "/cart/add", async (visit) => {
    const outcome = await addTo(visit);
    if (!outcome.ok || outcome.short) return showCart(visit, outcome.ok ? outcome.short : outcome);
    return visit.response.redirect(303, `${visit.root}cart`);
  });
  at("get", "/cart/change", async (visit) => {
    const { line, id, quantity } = visit.request.query;
    await apply(visit, change(visit.shop.products, visit.cart?.lines ?? [], { line, id, quantity }));
    return visit.response.redirect(303, `${visit.root}cart`);
  });
  // The cart's own form: quantities and a note; its second button goes on to the checkout.
  at("post", "/cart", async (visit) => {
    const outcome = await updateCart(visit);
    if (!outcome.ok || outcome.short) return showCart(visit, outcome.ok ? outcome.short : outcome);
    return visit.response.redirect(303, `${visit.root}${"checkout" in (visit.request.body as object) ? "checkout" : "cart"}`);
  });

  // Cart permalinks: /cart/<variant>:<quantity>,…?discount=CODE&attributes[x]=y&checkout[email]=…
  at("get", "/cart/:items", async (visit) => {
    const { shop, world, request, response, root } = visit;
    const wanted = (request.params["items"] ?? "").split(",").map((item) => {
      const [variant = "", quantity = "1"] = item.split(":");
      return { variantId: Number(variant), quantity: Number(quantity) };
    });
    const cart = await world.store.createCart(shop, wanted, landing(visit), pairs(request.query["attributes"]));
    rememberCart(visit, cart);
    const checkout = await world.store.startCheckout(shop, cart);
    const email = pairs(request.query["checkout"]).find((entry) => entry.name === "email")?.value;
    const code = text(request.query["discount"]);
    if (email || code) await world.store.fillCheckout(shop, checkout, { ...(email && { email }), ...(code && { code }) });
    response.redirect(302, `${root}checkouts/cn/${checkout.token}`);
  });
  at("get", "/discount/:code", (visit) => {
    const { request, response, root } = visit;
    remember(visit, "discount", request.params["code"] ?? "");
    const target = text(request.query["redirect"]) ?? "/";
    response.redirect(302, target.startsWith("/") && !target.startsWith("//") ? `${root}${target.slice(1)}` : root);
  });
}

function answer({ response }: Visit, body: unknown): void {
  response.set("Cache-Control", "no-store").json(body);
}

function refuse({ response }: Visit, refusal: Refusal | null): void {
  if (refusal) response.status(refusal.status).json(refusal.body);
}

async function addTo(visit: Visit): Promise<Change> {
  const { shop, request } = visit;
  return apply(visit, add(shop.products, visit.cart?.lines ?? [], request.body as Record<string, unknown>));
}

async function updateCart(visit: Visit): Promise<Change> {
  const body = (visit.request.body ?? {}) as Record<string, unknown>;
  const outcome = await apply(visit, update(visit.shop.products, visit.cart?.lines ?? [], body["updates"]));
  if (!outcome.ok || !visit.cart) return outcome;
  const note = typeof body["note"] === "string" ? body["note"].slice(0, 5000) : undefined;
  const given = pairs(body["attributes"]);
  const attributes = [...visit.cart.attributes.filter(({ name }) => !given.some((one) => one.name === name)), ...given];
  const noteIsNews = note !== undefined && note !== (visit.cart.note ?? "");
  if (noteIsNews || given.length > 0) await visit.world.store.setNote(visit.shop, visit.cart, { ...(noteIsNews && { note }), attributes });
  return outcome;
}

/** Carries out what the rules allow; the pixel hears what went in and out. */
async function apply(visit: Visit, outcome: Change): Promise<Change> {
  if (!outcome.ok) return outcome;
  const { shop, world } = visit;
  const before = visit.cart?.lines ?? [];
  if (visit.cart) await world.store.setLines(shop, visit.cart, outcome.wanted);
  else if (outcome.wanted.length > 0) rememberCart(visit, await world.store.createCart(shop, outcome.wanted, landing(visit)));
  const cart: Cart | null = visit.cart;
  if (!cart) return outcome;
  const { added, removed } = difference(before, cart.lines);
  const events = eventShop(shop);
  happened(visit, cart.token, ...removed.map((line) => removedFromCart(events, line)), ...added.map((line) => addedToCart(events, line)));
  return outcome;
}

async function showCart(visit: Visit, refusal: Refusal | null): Promise<void> {
  const { shop, cart } = visit;
  const viewed = cart && cart.lines.length > 0 ? [cartViewed(eventShop(shop), cart)] : [];
  const stock = Object.fromEntries((cart?.lines ?? []).map((line) => [line.variantId, findVariant(shop.products, line.variantId)?.variant.stock ?? 0]));
  await show(
    visit,
    "cart",
    { cart_error: refusal?.body.description ?? null, stock },
    { title: "Your cart", happenings: viewed, status: refusal?.status ?? 200 },
  );
}
