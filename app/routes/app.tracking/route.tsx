// What the home screen asks for once it is shown: how the shop's tracking stands, for which Shopify itself is asked.
import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import type { Reply } from "#app/components/reply.ts";
import { words } from "#app/components/words.ts";
import { tracking } from "#app/dashboard/tracking.server.ts";
import { requireShop } from "#app/shopify.server.ts";
import { ensurePixel } from "#app/shops/pixel.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  return json(await tracking(shop, new Date()));
}

export async function action({ request }: ActionFunctionArgs) {
  const { shop } = await requireShop(request);
  const state = await ensurePixel(shop, new Date());
  const reply: Reply = state === "connected" ? { ok: true, done: "pixel-connected" } : { ok: false, errors: { pixel: words.tracking.pixelProblem[state] } };
  return json(reply, { status: reply.ok ? 200 : 422 });
}
