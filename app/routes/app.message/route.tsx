import { boundary } from "@shopify/shopify-app-remix/server";
import { json, type HeadersFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { Badge, BlockStack, Card, InlineStack, Link, Page, Tabs, Text } from "@shopify/polaris";
import { useState } from "react";
import { MailText, MailView } from "#app/components/mail-view.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { Trouble } from "#app/components/trouble.tsx";
import { reasonWords, stepName, words } from "#app/components/words.ts";
import { keptMessage } from "#app/dashboard/order-path.server.ts";
import { requireShop } from "#app/shopify.server.ts";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  const message = await keptMessage(shop, params.messageId ?? "");
  if (message === null) throw json(null, { status: 404 });
  const { searchParams } = new URL(request.url);
  return json({ message, order: searchParams.get("order"), person: searchParams.get("person") });
}

export const headers: HeadersFunction = (given) => boundary.headers(given);
export { Trouble as ErrorBoundary };

const say = words.message;
const tabs = [
  { id: "html", content: say.html, panelID: "mail-panel" },
  { id: "text", content: say.text, panelID: "mail-panel" },
];

/** A mail as it went out. */
export default function MessageScreen() {
  const { message, order, person } = useLoaderData<typeof loader>();
  const format = useFormat();
  const [tab, setTab] = useState(0);
  const back =
    order !== null
      ? { content: words.home.orders.order, url: `/app/orders/${encodeURIComponent(order)}` }
      : person !== null
        ? { content: words.nav.people, url: `/app/people/${encodeURIComponent(person)}` }
        : { content: words.nav.home, url: "/app" };
  return (
    <Page title={`${say.title}: ${stepName(message.stepKey)}`} titleMetadata={<Badge>{say.state[message.state] ?? message.state}</Badge>} backAction={back}>
      <TitleBar title={say.title} />
      <BlockStack gap="400">
        <Card>
          <BlockStack gap="100">
            {message.subject === null ? null : (
              <Text as="h2" variant="headingMd">
                {message.subject}
              </Text>
            )}
            <InlineStack gap="400">
              <Link url={`/app/people/${message.profileId}`}>{say.person}</Link>
              {message.toAddress === null ? null : (
                <Text as="p" tone="subdued">
                  {say.to} {message.toAddress}
                </Text>
              )}
              <Text as="p" tone="subdued">
                {format.dateTime(message.sentAt ?? message.createdAt)}
              </Text>
            </InlineStack>
            {message.basis === null ? null : (
              <Text as="p" tone="subdued">
                {words.order.moment.basis(message.basis)}
              </Text>
            )}
            {message.reason === null ? null : <Text as="p">{reasonWords(message.reason)}</Text>}
          </BlockStack>
        </Card>
        <Card>
          {message.html === null ? (
            <Text as="p">{say.gone}</Text>
          ) : (
            <Tabs tabs={tabs} selected={tab} onSelect={setTab}>
              {tab === 0 ? <MailView title={say.title} html={message.html} width="full" /> : <MailText text={message.text ?? ""} />}
            </Tabs>
          )}
        </Card>
      </BlockStack>
    </Page>
  );
}
