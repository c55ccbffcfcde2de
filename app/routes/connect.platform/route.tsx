import { json, redirect, type LoaderFunctionArgs } from "@remix-run/node";
import { PublicPage, publicStyle } from "#app/components/public-page.tsx";
import { words } from "#app/components/words.ts";
import { carryBack } from "./carry-back.server.ts";

export const links = () => [publicStyle];

/** Where an ad platform sends the merchant back to, outside of the admin's frame. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const returned = await carryBack(params.platform ?? "", new URL(request.url).searchParams, new Date());
  if (returned.kind === "back") throw redirect(returned.to, { headers: { "Referrer-Policy": "no-referrer", "Cache-Control": "no-store" } });
  return json(null, { status: returned.status, headers: { "Cache-Control": "no-store" } });
}

export default function ConnectPlatform() {
  return (
    <PublicPage title={words.connect.badTitle}>
      <p>{words.connect.badBody}</p>
    </PublicPage>
  );
}
