import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { dataRequestFile } from "#app/shops/settings.server.ts";
import { requireShop } from "#app/shopify.server.ts";

/** The file that answers one person's data request, for the merchant to hand over. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  const file = await dataRequestFile(shop, new URL(request.url).searchParams.get("id") ?? "");
  if (file === null) return json(null, { status: 404 });
  return new Response(file, {
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Disposition": 'attachment; filename="data-request.json"',
      "Cache-Control": "no-store",
    },
  });
}
