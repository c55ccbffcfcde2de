import type { MetaFunction } from "@remix-run/node";
import { isRouteErrorResponse, Links, Meta, Outlet, Scripts, useLocation, useRouteError, useRouteLoaderData } from "@remix-run/react";
import type { ReactNode } from "react";
import { PublicPage } from "./components/public-page.tsx";
import { words } from "./components/words.ts";
import { env } from "./env.server.ts";

export const meta: MetaFunction = () => [{ title: words.product }];

export function loader() {
  return { apiKey: env().SHOPIFY_API_KEY };
}

const appBridge = "https://cdn.shopify.com/shopifycloud/app-bridge.js";

/** The document. App Bridge is its first script, on embedded screens alone. No scroll restoration: its storage throws in the admin's cross-site frame. */
export function Layout({ children }: { children: ReactNode }) {
  const data = useRouteLoaderData<typeof loader>("root");
  const embedded = /^\/app(\/|$)/.test(useLocation().pathname);
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        {embedded ? <link rel="preconnect" href="https://cdn.shopify.com/" /> : null}
        {embedded ? <link rel="stylesheet" href="https://cdn.shopify.com/static/fonts/inter/v4/styles.css" /> : null}
        <Meta />
        <Links />
        {embedded && data ? <script src={appBridge} data-api-key={data.apiKey} /> : null}
      </head>
      <body>
        {children}
        <Scripts />
      </body>
    </html>
  );
}

export default function Root() {
  return <Outlet />;
}

/** The last net: whatever no screen caught. */
export function ErrorBoundary() {
  const error = useRouteError();
  const missing = isRouteErrorResponse(error) && error.status === 404;
  return (
    <PublicPage title={missing ? words.trouble.missingTitle : words.trouble.title}>
      <link rel="stylesheet" href="/site.css" />
      <p>{missing ? words.trouble.missingBody : words.trouble.body}</p>
    </PublicPage>
  );
}
