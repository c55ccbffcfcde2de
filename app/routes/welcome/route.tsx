import { redirect, type LoaderFunctionArgs } from "@remix-run/node";
import { Form } from "@remix-run/react";
import { PublicPage, publicStyle } from "#app/components/public-page.tsx";
import { words } from "#app/components/words.ts";

export const links = () => [publicStyle];

/** Shopify opens the app at its root, naming the shop: then this page is only passed through. */
export function loader({ request }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  if (searchParams.has("shop")) throw redirect(`/app?${searchParams.toString()}`);
  return null;
}

export default function Welcome() {
  return (
    <PublicPage title={words.site.title}>
      <p>{words.site.intro}</p>
      <p>{words.site.open}</p>
      <Form method="post" action="/auth/login">
        <label htmlFor="shop">{words.site.shopLabel}</label>
        <input id="shop" name="shop" required aria-describedby="shop-help" />
        <small id="shop-help">{words.site.shopHelp}</small>
        <br />
        <button type="submit">{words.site.submit}</button>
      </Form>
    </PublicPage>
  );
}
