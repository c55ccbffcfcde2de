import { LoginErrorType } from "@shopify/shopify-app-remix/server";
import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { PublicPage, publicStyle } from "#app/components/public-page.tsx";
import { words } from "#app/components/words.ts";
import { login } from "#app/shopify.server.ts";

export const links = () => [publicStyle];

type Problem = keyof typeof words.site.problem | null;

/** The library's own check of a domain; it throws the redirect to Shopify where the domain is one. */
async function tryLogin(request: Request): Promise<Problem> {
  const { shop } = await login(request);
  if (shop === LoginErrorType.MissingShop) return "missing";
  return shop === LoginErrorType.InvalidShop ? "invalid" : null;
}

export async function loader({ request }: LoaderFunctionArgs) {
  return json({ problem: await tryLogin(request) });
}

export async function action({ request }: ActionFunctionArgs) {
  return json({ problem: await tryLogin(request) });
}

export default function Login() {
  const loaded = useLoaderData<typeof loader>();
  const { problem } = useActionData<typeof action>() ?? loaded;
  return (
    <PublicPage title={words.site.title}>
      <p>{words.site.open}</p>
      <Form method="post">
        <label htmlFor="shop">{words.site.shopLabel}</label>
        <input id="shop" name="shop" autoComplete="on" required aria-describedby="shop-help" aria-invalid={problem !== null} />
        {problem === null ? null : (
          <p className="error" role="alert">
            {words.site.problem[problem]}
          </p>
        )}
        <small id="shop-help">{words.site.shopHelp}</small>
        <br />
        <button type="submit">{words.site.submit}</button>
      </Form>
    </PublicPage>
  );
}
