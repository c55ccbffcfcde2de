// Home, collections, search, products, the contact form, the newsletter and the privacy policy.
import type { ProductFacts } from "../shopify/product-payload.ts";
import { collectionObject, everything, productObject } from "./objects.ts";
import { show } from "./show.ts";
import { collectionViewed, productViewed, searchSubmitted } from "./standard-events.ts";
import { eventShop, fields, landing, looksLikeEmail, text, type Visit } from "./visit.ts";

const perPage = 12;

const sorts: Record<string, { label: string; compare: (a: ProductFacts, b: ProductFacts) => number }> = {
  manual: { label: "Featured", compare: () => 0 },
  "price-ascending": { label: "Price, low to high", compare: (a, b) => priceOf(a) - priceOf(b) },
  "price-descending": { label: "Price, high to low", compare: (a, b) => priceOf(b) - priceOf(a) },
  "title-ascending": { label: "Name, A to Z", compare: (a, b) => a.title.localeCompare(b.title, "en") },
};

const priceOf = (product: ProductFacts): number => Math.min(...product.variants.map((variant) => variant.priceMinor));

export async function notFound(visit: Visit): Promise<void> {
  await show(visit, "404", {}, { title: "Not found", status: 404 });
}

export async function home(visit: Visit): Promise<void> {
  const { shop, root } = visit;
  landing(visit);
  const featured = shop.products.slice(0, 8).map((product) => productObject(product, root));
  await show(visit, "index", { featured }, { title: "For a house by the sea" });
}

export async function collection(visit: Visit, handle: string): Promise<void> {
  const { shop, root, request } = visit;
  landing(visit);
  const found = handle === "all" ? everything(shop) : shop.collections.find((one) => one.handle === handle);
  if (!found) return notFound(visit);
  const asked = text(request.query["sort_by"]) ?? "manual";
  const sort = sorts[asked] ? asked : "manual";
  const products = found.productIds.flatMap((id) => shop.products.filter((product) => product.id === id)).sort(sorts[sort]?.compare);
  const pages = Math.max(1, Math.ceil(products.length / perPage));
  const page = Math.min(pages, Math.max(1, Math.trunc(Number(request.query["page"]) || 1)));
  const shown = products.slice((page - 1) * perPage, page * perPage);
  const at = (number: number) => `${root}collections/${handle}?sort_by=${sort}&page=${number}`;
  await show(
    visit,
    "collection",
    {
      collection: { ...collectionObject(shop, found, root), products: shown.map((product) => productObject(product, root)), sort_by: sort },
      sort_options: Object.entries(sorts).map(([value, { label }]) => ({ value, label })),
      paginate: {
        pages,
        current_page: page,
        previous_url: page > 1 ? at(page - 1) : null,
        next_url: page < pages ? at(page + 1) : null,
      },
    },
    {
      title: found.title,
      description: found.description,
      happenings: [collectionViewed(eventShop(shop), { id: found.id, title: found.title, products: shown })],
    },
  );
}

export async function product(visit: Visit, handle: string): Promise<void> {
  const { shop, root, request } = visit;
  landing(visit);
  const found = shop.products.find((one) => one.handle === handle);
  if (!found) return notFound(visit);
  const shownAs = productObject(found, root, Number(request.query["variant"]) || undefined);
  const variant = found.variants.find((one) => one.id === shownAs.selected_or_first_available_variant?.id) ?? found.variants[0];
  const within = shop.collections.filter((one) => one.productIds.includes(found.id));
  const related = shop.products.filter((one) => one.id !== found.id && within[0]?.productIds.includes(one.id)).slice(0, 4);
  await show(
    visit,
    "product",
    {
      product: shownAs,
      breadcrumb: within[0] ? collectionObject(shop, within[0], root) : null,
      related: related.map((one) => productObject(one, root)),
    },
    { title: found.title, description: found.description, happenings: variant ? [productViewed(eventShop(shop), found, variant)] : [] },
  );
}

export async function search(visit: Visit): Promise<void> {
  const { shop, root, request } = visit;
  landing(visit);
  const query = text(request.query["q"]) ?? "";
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = shop.products.filter((one) => {
    const inside = `${one.title} ${one.description} ${one.type} ${one.vendor}`.toLowerCase();
    return words.length > 0 && words.every((word) => inside.includes(word));
  });
  await show(
    visit,
    "search",
    { search_terms: query, search: { performed: words.length > 0, results_count: found.length, results: found.map((one) => productObject(one, root)) } },
    { title: query ? `Search: ${query}` : "Search", happenings: words.length > 0 ? [searchSubmitted(eventShop(shop), query, found)] : [] },
  );
}

export async function contact(visit: Visit, outcome: { posted: boolean; error: string | null }): Promise<void> {
  landing(visit);
  const said = fields(visit, "contact");
  const entry = { name: said["name"] ?? visit.customer?.firstName ?? "", email: said["email"] ?? visit.customer?.email ?? "", body: said["body"] ?? "" };
  await show(visit, "contact", { outcome, entry }, { title: "Write to us", status: outcome.error ? 422 : 200 });
}

/** `/contact` takes both forms, told apart by `form_type`: a letter to the shop, and the newsletter's sign-up. */
export async function postContact(visit: Visit): Promise<void> {
  const { shop, world, response, request, root } = visit;
  const { form_type } = request.body as { form_type?: string };
  const { email, body, name = "" } = fields(visit, "contact");
  if (form_type === "customer") {
    const good = email !== undefined && looksLikeEmail(email);
    if (good) await world.store.customers.agree(shop, await world.store.customers.remember(shop, { email }));
    return response.redirect(303, `${root}?newsletter=${good ? "thanks" : "refused"}#newsletter`);
  }
  if (form_type !== "contact") throw new Error(`There is no form '${form_type ?? ""}' to contact`);
  if (email === undefined || !looksLikeEmail(email)) return contact(visit, { posted: false, error: "Please enter a valid email address." });
  if (body === undefined) return contact(visit, { posted: false, error: "Please write us something." });
  (shop.letters ??= []).push({ name, email, body: body.slice(0, 5000), writtenAt: world.now() });
  return response.redirect(303, `${root}contact?posted=true#contact_form`);
}

export async function policy(visit: Visit): Promise<void> {
  await show(visit, "policy", {}, { title: "Privacy policy" });
}
