import { boundary } from "@shopify/shopify-app-remix/server";
import { json, type ActionFunctionArgs, type HeadersFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { BlockStack, InlineGrid, Page, Text } from "@shopify/polaris";
import { Trouble } from "#app/components/trouble.tsx";
import { words } from "#app/components/words.ts";
import { requireShop } from "#app/shopify.server.ts";
import { act } from "./act.server.ts";
import { RevenueChartCard } from "./revenue-chart-card.tsx";
import { load } from "./load.server.ts";
import { MessagesCard } from "./messages-card.tsx";
import { AttributedCard, RecoveredCard, RevenueCard } from "./money-cards.tsx";
import { OrdersCard } from "./orders-card.tsx";
import { PeriodPicker } from "./period-picker.tsx";
import { ProvenCard } from "./proven-card.tsx";
import { SetupGuide } from "./setup-guide.tsx";
import { EmptyCard } from "./empty-card.tsx";
import { HelpFooter } from "./help-footer.tsx";
import { TrackingCard } from "./tracking-card.tsx";
import { useTracking } from "./use-tracking.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  return json(await load(shop, new URL(request.url).searchParams, new Date()));
}

export async function action({ request }: ActionFunctionArgs) {
  const { shop } = await requireShop(request);
  const reply = await act(shop, await request.formData(), new Date());
  return json(reply, { status: reply.ok ? 200 : 422 });
}

export const headers: HeadersFunction = (given) => boundary.headers(given);
export { Trouble as ErrorBoundary };

export default function Home() {
  const { key, figures, setup, embedUrl, storefrontUrl } = useLoaderData<typeof loader>();
  const { tracking, embed } = useTracking();
  // What was asked just now is newer than what the page came with.
  const facts =
    tracking === null || tracking.pixel === "unknown" ? setup : { ...setup, pixel: tracking.pixel === "connected", counted: tracking.segments.length > 0 };
  return (
    <Page>
      <TitleBar title={words.home.title} />
      <BlockStack gap="400">
        <Text as="h1" variant="headingLg" visuallyHidden>
          {words.home.title}
        </Text>
        <SetupGuide facts={facts} embed={embed} embedUrl={embedUrl} storefrontUrl={storefrontUrl} counted={tracking?.segments ?? []} />
        {figures.anythingYet ? (
          <>
            <PeriodPicker current={key} />
            <ProvenCard period={figures.period} allTime={figures.allTime} isAllTime={key === "all"} />
            <InlineGrid columns={{ xs: 1, md: 2 }} gap="400">
              <AttributedCard credited={figures.credited} />
              <RecoveredCard credited={figures.credited} />
            </InlineGrid>
            <RevenueCard revenue={figures.revenue} />
            <RevenueChartCard chart={figures.chart} />
            <MessagesCard messages={figures.messages} skips={figures.skips} />
            <OrdersCard orders={figures.orders} />
          </>
        ) : (
          <EmptyCard storefrontUrl={storefrontUrl} />
        )}
        <TrackingCard tracking={tracking} embed={embed} embedUrl={embedUrl} />
        <HelpFooter />
      </BlockStack>
    </Page>
  );
}
