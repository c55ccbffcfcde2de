import { json, redirect, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { PublicPage, publicStyle } from "#app/components/public-page.tsx";
import { words } from "#app/components/words.ts";
import { finish } from "./finish.server.ts";

export const links = () => [publicStyle];

/** Where Meta sends the merchant back to, outside of the admin's frame. */
export async function loader({ request }: LoaderFunctionArgs) {
  const finished = await finish(new URL(request.url).searchParams, new Date());
  if (finished.kind === "back") throw redirect(finished.to, { headers: { "Referrer-Policy": "no-referrer", "Cache-Control": "no-store" } });
  return json({ page: finished.page }, { status: finished.status, headers: { "Cache-Control": "no-store" } });
}

export default function ConnectMeta() {
  const { page } = useLoaderData<typeof loader>();
  return (
    <PublicPage title={page === "bad" ? words.connect.badTitle : words.connect.failedTitle}>
      <p>{page === "bad" ? words.connect.badBody : words.connect.failedBody}</p>
    </PublicPage>
  );
}
