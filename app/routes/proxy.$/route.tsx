import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { authenticate } from "#app/shopify.server.ts";

/**
 * What the storefront reaches under `/apps/comeback`: Shopify signs each request, and one that is not signed, or is stale, is answered with 400.
 * No page is offered there yet, so every genuine request finds nothing.
 */
export async function loader({ request }: LoaderFunctionArgs) {
  await authenticate.public.appProxy(request);
  return json({ error: "There is no such page." }, { status: 404 });
}
