import { boundary } from "@shopify/shopify-app-remix/server";
import { json, type ActionFunctionArgs, type HeadersFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useRevalidator } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Page, Text } from "@shopify/polaris";
import { useEffect } from "react";
import { Trouble } from "#app/components/trouble.tsx";
import { words } from "#app/components/words.ts";
import { requireShop } from "#app/shopify.server.ts";
import { act } from "./act.server.ts";
import { AudienceCard } from "./audience-card.tsx";
import { load } from "./load.server.ts";
import { MetaCard } from "./meta-card.tsx";
import { StartCard } from "./start-card.tsx";

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  return json(await load(shop, new URL(request.url).searchParams));
}

export async function action({ request }: ActionFunctionArgs) {
  const { shop } = await requireShop(request);
  const reply = await act(shop, await request.formData(), new Date());
  return json(reply, { status: reply.ok ? 200 : 422 });
}

export const headers: HeadersFunction = (given) => boundary.headers(given);
export { Trouble as ErrorBoundary };

/** While people are on their way to or from the platform the figures are read anew every few seconds. */
function useFollow(moving: boolean): void {
  const { revalidate } = useRevalidator();
  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(() => document.visibilityState === "visible" && revalidate(), 4_000);
    return () => clearInterval(timer);
  }, [moving, revalidate]);
}

export default function AudiencesScreen() {
  const data = useLoaderData<typeof loader>();
  useFollow(
    data.connection?.state === "connected" &&
      data.audiences.some(
        (one) => one.state !== "paused" && (one.members.adding + one.members.removing > 0 || (one.syncedAt === null && one.problem === null)),
      ),
  );
  return (
    <Page>
      <TitleBar title={words.audiences.title} />
      <BlockStack gap="400">
        <Text as="h1" variant="headingLg" visuallyHidden>
          {words.audiences.title}
        </Text>
        {data.denied && data.connection === null ? (
          <Banner tone="info">
            <p>{words.audiences.denied}</p>
          </Banner>
        ) : null}
        <MetaCard data={data} />
        {data.audiences.map((audience) => (
          <AudienceCard key={audience.id} audience={audience} minimum={data.minimum} />
        ))}
        {data.connection?.state === "connected" ? <StartCard segments={data.segments} /> : null}
      </BlockStack>
    </Page>
  );
}
