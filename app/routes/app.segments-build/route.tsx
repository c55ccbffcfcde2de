import { boundary } from "@shopify/shopify-app-remix/server";
import { json, type ActionFunctionArgs, type HeadersFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { requireShop } from "#app/shopify.server.ts";
import { Trouble } from "#app/components/trouble.tsx";
import { act } from "./act.server.ts";
import { Builder } from "./builder.tsx";
import { load } from "./load.server.ts";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  return json(await load(shop, params["segment"], new URL(request.url).searchParams.get("from"), new Date()));
}

export async function action({ request, params }: ActionFunctionArgs) {
  const { shop } = await requireShop(request);
  const reply = await act(shop, params["segment"] ?? null, await request.formData(), new Date());
  return json(reply, { status: reply.ok ? 200 : 422 });
}

export const headers: HeadersFunction = (given) => boundary.headers(given);
export { Trouble as ErrorBoundary };

/** Makes a segment, or changes one. */
export default function BuildScreen() {
  const data = useLoaderData<typeof loader>();
  // Another segment is another form: nothing of the one before is to stay in its fields.
  return <Builder key={`${data.key ?? ""} ${data.madeFrom ?? ""}`} data={data} />;
}
