import { boundary } from "@shopify/shopify-app-remix/server";
import { AppProvider } from "@shopify/shopify-app-remix/react";
import { json, type HeadersFunction, type LinksFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { isRouteErrorResponse, Link, Outlet, useLoaderData, useLocation, useNavigation, useRouteError } from "@remix-run/react";
import { NavMenu, useAppBridge } from "@shopify/app-bridge-react";
import polarisStyles from "@shopify/polaris/build/esm/styles.css?url";
import { useEffect, useState } from "react";
import { ShopProvider } from "#app/components/shop-context.tsx";
import { Waiting } from "#app/components/waiting.tsx";
import { words } from "#app/components/words.ts";
import { env } from "#app/env.server.ts";
import { requireShop } from "#app/shopify.server.ts";
import { PausedBanner } from "./paused-banner.tsx";

export const links: LinksFunction = () => [{ rel: "stylesheet", href: polarisStyles }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  return json({ apiKey: env().SHOPIFY_API_KEY, currency: shop.currency, timezone: shop.timezone, paused: shop.pausedAt !== null });
}

export const headers: HeadersFunction = (given) => boundary.headers(given);

/** True once a navigation to another screen takes long enough to be noticed. */
function useSlowNavigation(): boolean {
  const navigation = useNavigation();
  const { pathname } = useLocation();
  const [slow, setSlow] = useState(false);
  const leaving = navigation.state === "loading" && navigation.location.pathname !== pathname;
  useEffect(() => {
    if (!leaving) {
      setSlow(false);
      return;
    }
    const timer = setTimeout(() => setSlow(true), 300);
    return () => clearTimeout(timer);
  }, [leaving]);
  return leaving && slow;
}

/** The admin's own loading bar follows every navigation and every form. */
function LoadingBar() {
  const shopify = useAppBridge();
  const busy = useNavigation().state !== "idle";
  useEffect(() => {
    shopify.loading(busy);
  }, [busy, shopify]);
  return null;
}

export default function App() {
  const { apiKey, currency, timezone, paused } = useLoaderData<typeof loader>();
  const slow = useSlowNavigation();
  return (
    // The script of App Bridge stands in the head of the document, see root.tsx.
    <AppProvider isEmbeddedApp={false} apiKey={apiKey}>
      <NavMenu>
        <Link to="/app" rel="home">
          {words.nav.home}
        </Link>
        <Link to="/app/flows">{words.nav.flows}</Link>
        <Link to="/app/segments">{words.nav.segments}</Link>
        <Link to="/app/people">{words.nav.people}</Link>
        <Link to="/app/audiences">{words.nav.audiences}</Link>
        <Link to="/app/settings">{words.nav.settings}</Link>
      </NavMenu>
      <LoadingBar />
      <ShopProvider shop={{ currency, timezone }}>
        <main>
          {paused ? <PausedBanner /> : null}
          {slow ? <Waiting /> : <Outlet />}
        </main>
      </ShopProvider>
    </AppProvider>
  );
}

/** Answers of Shopify's library (a way out of the frame, a new session) are drawn by the library; all else in words. */
export function ErrorBoundary() {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status !== 404) return boundary.error(error);
  return (
    <main style={{ padding: "2rem", font: "15px/1.5 system-ui, sans-serif" }}>
      <h1>{words.trouble.title}</h1>
      <p>{words.trouble.body}</p>
    </main>
  );
}
