import { boundary } from "@shopify/shopify-app-remix/server";
import { json, type ActionFunctionArgs, type HeadersFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useLocation } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { Badge, Banner, BlockStack, Box, Page, Text } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { Confirm } from "#app/components/confirm.tsx";
import { errorOf } from "#app/components/reply.ts";
import { Trouble } from "#app/components/trouble.tsx";
import { useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import { requireShop } from "#app/shopify.server.ts";
import { act } from "./act.server.ts";
import { HoldoutCard } from "./holdout-card.tsx";
import { keyFrom, load } from "./load.server.ts";
import { BeforeCard } from "./before-card.tsx";
import { ReasonsCard, RunsCard } from "./runs-card.tsx";
import { StepsCard } from "./steps-card.tsx";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  return json(await load(shop, keyFrom(params.flow), new Date()));
}

export async function action({ request, params }: ActionFunctionArgs) {
  const { shop } = await requireShop(request);
  const reply = await act(shop, keyFrom(params.flow), await request.formData(), new Date());
  return json(reply, { status: reply.ok ? 200 : 422 });
}

export const headers: HeadersFunction = (given) => boundary.headers(given);
export { Trouble as ErrorBoundary };

const say = words.flow;

export default function FlowScreen() {
  const data = useLoaderData<typeof loader>();
  const each = say.each[data.key];
  const [asking, setAsking] = useState(false);
  const { send, busy, reply, intent } = useIntent();
  const problem = errorOf(reply, "form");
  const { hash } = useLocation();
  useEffect(() => {
    if (hash !== "") document.getElementById(hash.slice(1))?.scrollIntoView({ block: "center" });
  }, [hash]);
  const actions = data.on
    ? { secondaryActions: [{ content: say.switchOff, destructive: true, onAction: () => setAsking(true) }] }
    : { primaryAction: { content: say.switchOn, disabled: data.missing.length > 0, loading: busy && intent === "enable", onAction: () => send("enable") } };
  return (
    <Page
      title={each.name}
      subtitle={each.intro}
      backAction={{ content: say.back, url: "/app/flows" }}
      titleMetadata={<Badge {...(data.on ? { tone: "success" as const } : {})}>{data.on ? say.on : say.off}</Badge>}
      {...actions}
    >
      <TitleBar title={each.name} />
      <BlockStack gap="400">
        {problem === undefined ? null : (
          <Banner tone="critical">
            <p>{problem}</p>
          </Banner>
        )}
        {data.on ? null : <BeforeCard data={data} />}
        <Box paddingInline={{ xs: "400", sm: "0" }}>
          <Text as="h2" variant="headingLg">
            {say.stepsTitle}
          </Text>
        </Box>
        <StepsCard flow={data.key} steps={data.steps} />
        <HoldoutCard flow={data.key} holdoutPercent={data.holdoutPercent} measured={data.board.measured} />
        <ReasonsCard reasons={data.board.reasons} />
        <RunsCard flow={data.key} runs={data.board.runs} liveSteps={data.liveSteps} />
      </BlockStack>
      <Confirm
        id="switch-off"
        open={asking}
        title={say.offTitle}
        confirm={say.switchOff}
        busy={busy}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          send("disable");
          setAsking(false);
        }}
      >
        {say.offBody(data.active)}
      </Confirm>
    </Page>
  );
}
