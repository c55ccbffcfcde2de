import { boundary } from "@shopify/shopify-app-remix/server";
import { json, type HeadersFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { Badge, BlockStack, Card, InlineStack, Layout, Page, Text } from "@shopify/polaris";
import { useFormat } from "#app/components/shop-context.tsx";
import { Timeline } from "#app/components/timeline.tsx";
import { Trouble } from "#app/components/trouble.tsx";
import { stepName, words } from "#app/components/words.ts";
import { orderPath } from "#app/dashboard/order-path.server.ts";
import { requireShop } from "#app/shopify.server.ts";
import type { PathData } from "./data.ts";
import { FactsCard, WhoCard } from "./facts-cards.tsx";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  const path = await orderPath(shop, params.orderId ?? "");
  if (path === null) throw json(null, { status: 404 });
  return json(path);
}

export const headers: HeadersFunction = (given) => boundary.headers(given);
export { Trouble as ErrorBoundary };

export default function OrderScreen() {
  const path = useLoaderData<typeof loader>();
  const { order } = path;
  const badges = (
    <InlineStack gap="100">
      {order.test ? <Badge tone="info">{words.order.test}</Badge> : null}
      {order.cancelledAt === null ? null : <Badge tone="warning">{words.order.cancelled}</Badge>}
    </InlineStack>
  );
  return (
    <Page title={order.name} titleMetadata={badges} backAction={{ content: words.order.back, url: "/app" }}>
      <TitleBar title={order.name} />
      <Layout>
        <Layout.Section>
          <BlockStack gap="400">
            <CreditCard path={path} />
            <Timeline title={words.order.timeline} moments={path.moments} currency={order.currency} from={`order=${encodeURIComponent(order.id)}`} />
          </BlockStack>
        </Layout.Section>
        <Layout.Section variant="oneThird">
          <BlockStack gap="400">
            <FactsCard order={order} />
            <WhoCard profile={path.profile} />
            <ArmCard arm={path.arm} />
          </BlockStack>
        </Layout.Section>
      </Layout>
    </Page>
  );
}

/** What the order is credited to, and why. */
function CreditCard({ path: { credit } }: { path: PathData }) {
  const format = useFormat();
  const say = words.order;
  return (
    <Card>
      <BlockStack gap="200">
        <InlineStack gap="200" blockAlign="center">
          <Text as="h2" variant="headingMd">
            {say.creditTitle}
          </Text>
          {credit?.recovered ? <Badge tone="success">{words.home.orders.recovered}</Badge> : null}
        </InlineStack>
        {credit === null ? (
          <Text as="p">{say.noCredit}</Text>
        ) : (
          <>
            <Text as="p">
              {credit.by === "code" ? say.creditBy.code() : say.creditBy.click(format.dateTime(credit.touchedAt))}{" "}
              {credit.stepKey === null ? "" : say.creditStep(stepName(credit.stepKey))}
            </Text>
            <Text as="p">{credit.recovered ? say.recovered : (say.notRecovered[credit.flowKey] ?? "")}</Text>
          </>
        )}
      </BlockStack>
    </Card>
  );
}

/** Which side of the comparison its person is on. */
function ArmCard({ arm }: { arm: PathData["arm"] }) {
  const say = words.order;
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {say.armTitle}
        </Text>
        <Text as="p">{arm === null ? say.noArm : arm.arm === "treated" ? say.arm.treated : say.arm[`holdout-${arm.where}`]}</Text>
        {arm?.contaminated ? <Text as="p">{say.contaminated}</Text> : null}
      </BlockStack>
    </Card>
  );
}
