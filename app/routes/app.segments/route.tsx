import { boundary } from "@shopify/shopify-app-remix/server";
import { json, type HeadersFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { BlockStack, Box, Card, Page, Text, TextField } from "@shopify/polaris";
import { useState } from "react";
import { Trouble } from "#app/components/trouble.tsx";
import { useLookAgain } from "#app/components/use-look-again.ts";
import { words } from "#app/components/words.ts";
import { requireShop } from "#app/shopify.server.ts";
import { load } from "./load.server.ts";
import { SegmentsTable } from "./segments-table.tsx";
import { TemplatesCard } from "./templates-card.tsx";

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  return json(await load(shop, new Date()));
}

export const headers: HeadersFunction = (given) => boundary.headers(given);
export { Trouble as ErrorBoundary };

const say = words.segments;

/** Every segment, hers first, and what to begin with. */
export default function SegmentsScreen() {
  const { lines, templates, today } = useLoaderData<typeof loader>();
  useLookAgain(lines.some((one) => one.filling !== null));
  const [text, setText] = useState("");
  const sought = text.trim().toLowerCase();
  const fits = ({ name }: { name: string }) => name.toLowerCase().includes(sought);
  const own = lines.filter((one) => one.own);
  const found = lines.filter(fits);
  const offered = templates.filter(fits);
  const nothing = found.length === 0 && offered.length === 0;
  return (
    <Page title={say.title} subtitle={say.intro} primaryAction={{ content: say.make, url: "/app/segments/build" }}>
      <TitleBar title={say.title} />
      <BlockStack gap="400">
        <Box paddingInline={{ xs: "400", sm: "0" }}>
          <TextField label={say.search} type="search" value={text} onChange={setText} autoComplete="off" clearButton onClearButtonClick={() => setText("")} />
          <div role="status">
            {nothing ? (
              <Text as="p" tone="subdued">
                {say.nothingFound(text.trim())}
              </Text>
            ) : null}
          </div>
        </Box>
        {sought === "" || found.some((one) => one.own) ? (
          <Card padding="0">
            <Head title={say.own} />
            {own.length === 0 ? (
              <Box padding="400" paddingBlockStart="0">
                <Text as="p" tone="subdued">
                  {say.ownEmpty}
                </Text>
              </Box>
            ) : (
              <SegmentsTable lines={found.filter((one) => one.own)} today={today} />
            )}
          </Card>
        ) : null}
        {found.some((one) => !one.own) ? (
          <Card padding="0">
            <Head title={say.standard} />
            <SegmentsTable lines={found.filter((one) => !one.own)} today={today} />
          </Card>
        ) : null}
        {offered.length === 0 ? null : <TemplatesCard templates={offered} />}
      </BlockStack>
    </Page>
  );
}

function Head({ title }: { title: string }) {
  return (
    <Box padding="400" paddingBlockEnd={{ xs: "100", md: "400" }}>
      <Text as="h2" variant="headingMd">
        {title}
      </Text>
    </Box>
  );
}
