import { boundary } from "@shopify/shopify-app-remix/server";
import { json, type HeadersFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Page } from "@shopify/polaris";
import { Trouble } from "#app/components/trouble.tsx";
import { words } from "#app/components/words.ts";
import { flowList } from "#app/dashboard/flow-list.server.ts";
import { requireShop } from "#app/shopify.server.ts";
import { FlowsCard } from "./flows-card.tsx";

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  return json(await flowList(shop, new Date()));
}

export const headers: HeadersFunction = (given) => boundary.headers(given);
export { Trouble as ErrorBoundary };

const say = words.flows;

/** All flows, each with how it does. */
export default function FlowsScreen() {
  const flows = useLoaderData<typeof loader>();
  return (
    <Page title={say.title} subtitle={say.intro}>
      <TitleBar title={say.title} />
      <BlockStack gap="400">
        {flows.some((one) => one.on) ? null : (
          <Banner tone="info" title={say.allOffTitle}>
            <p>{say.allOffBody}</p>
          </Banner>
        )}
        <FlowsCard flows={flows} />
      </BlockStack>
    </Page>
  );
}
