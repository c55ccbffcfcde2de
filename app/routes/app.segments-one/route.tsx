import { boundary } from "@shopify/shopify-app-remix/server";
import { json, type ActionFunctionArgs, type HeadersFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useNavigate } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { Badge, Banner, BlockStack, Card, InlineGrid, InlineStack, List, Page, ProgressBar, Text } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { Confirm } from "#app/components/confirm.tsx";
import { barLabel } from "#app/components/format.ts";
import { Figure } from "#app/components/figure.tsx";
import { errorOf } from "#app/components/reply.ts";
import { Said } from "#app/components/said.tsx";
import { usedByWords } from "#app/components/segment-use.ts";
import { useFormat } from "#app/components/shop-context.tsx";
import { Trouble } from "#app/components/trouble.tsx";
import { useIntent } from "#app/components/use-form.ts";
import { useLookAgain } from "#app/components/use-look-again.ts";
import { words } from "#app/components/words.ts";
import { requireShop } from "#app/shopify.server.ts";
import { act } from "./act.server.ts";
import type { OneAnswer, SegmentData } from "./data.ts";
import { GrowthCard } from "./growth-card.tsx";
import { load } from "./load.server.ts";
import { OverlapCard, UsesCard } from "./others-cards.tsx";
import { PastCard, PeopleCard } from "./people-cards.tsx";
import { ShareCard } from "./share-card.tsx";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  return json(await load(shop, params["segment"] ?? "", new Date()));
}

export async function action({ request, params }: ActionFunctionArgs) {
  const { shop } = await requireShop(request);
  const reply = await act(shop, params["segment"] ?? "", await request.formData(), new Date());
  return json(reply, { status: reply.ok ? 200 : 422 });
}

export const headers: HeadersFunction = (given) => boundary.headers(given);
export { Trouble as ErrorBoundary };

const say = words.segment;

/** One segment: what it asks, who is in it, how it came to that, and what hangs on it. */
export default function SegmentScreen() {
  const data = useLoaderData<typeof loader>();
  const [asking, setAsking] = useState(false);
  const { send, busy, reply } = useIntent();
  const format = useFormat();
  useLookAgain(data.filling !== null || (data.slow !== null && data.slow.countedAt === null && data.slow.failed === null));
  const navigate = useNavigate();
  const answer = answerOf(reply);
  const gone = answer?.gone === true;
  useEffect(() => {
    if (gone) void navigate("/app/segments");
  }, [gone, navigate]);
  const copy = { content: data.own ? say.duplicate : say.copy, url: `/app/segments/build?from=${data.key}` };
  const actions = data.own
    ? {
        primaryAction: { content: say.edit, url: `/app/segments/build/${data.key}` },
        secondaryActions: [copy, { content: say.remove, destructive: true, onAction: () => setAsking(true) }],
      }
    : { primaryAction: copy };
  return (
    <Page
      title={data.name}
      {...(data.template === null ? {} : { subtitle: data.template })}
      backAction={{ content: say.back, url: "/app/segments" }}
      titleMetadata={
        <InlineStack gap="100">
          <Badge>{data.own ? say.own : say.standard}</Badge>
          {data.slow === null ? null : <Badge>{words.segments.slow}</Badge>}
        </InlineStack>
      }
      {...actions}
    >
      <TitleBar title={data.name} />
      <BlockStack gap="400">
        {answer?.ok === false ? <Refused answer={answer} /> : null}
        {data.filling === null ? null : (
          <Banner tone="info">
            <BlockStack gap="200">
              <p id="segment-filling">
                {(data.filling.everybodyIn ? say.everybodyIn : say.filling)(format.number(data.filling.done), format.number(data.filling.of))}
              </p>
              <ProgressBar
                size="small"
                ariaLabelledBy="segment-filling"
                progress={data.filling.of === 0 ? 0 : Math.round((100 * data.filling.done) / data.filling.of)}
              />
            </BlockStack>
          </Banner>
        )}
        {data.slow === null || data.slow.failed === null ? null : (
          <Banner tone="warning" title={say.slowTitle}>
            <SlowWords slow={data.slow} />
          </Banner>
        )}
        <SummaryCard data={data} />
        <GrowthCard days={data.days} since={data.since} today={data.today} />
        <PeopleCard data={data} />
        <PastCard today={data.today} />
        <InlineGrid columns={{ xs: 1, md: 2 }} gap="400" alignItems="start">
          <OverlapCard overlap={data.overlap} size={data.size} />
          <UsesCard uses={data.uses} />
        </InlineGrid>
        <ShareCard name={data.name} json={data.json} shopify={data.shopify} />
      </BlockStack>
      <Confirm
        id="segment-delete"
        open={asking}
        title={say.removeTitle(data.name)}
        confirm={say.remove}
        busy={busy}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          send("delete");
          setAsking(false);
        }}
      >
        {say.removeBody}
      </Confirm>
    </Page>
  );
}

/** What every form gets back, with what this one gets besides. */
function answerOf(reply: unknown): OneAnswer | undefined {
  return reply as OneAnswer | undefined;
}

function Refused({ answer }: { answer: OneAnswer }) {
  const problem = errorOf(answer, "form");
  if (problem === undefined) return null;
  const used = answer.used ?? [];
  return (
    <Banner tone="critical" {...(used.length === 0 ? {} : { title: say.inUseTitle })}>
      <p>{problem}</p>
      {used.length === 0 ? null : (
        <List>
          {used.map((use) => (
            <List.Item key={`${use.kind} ${use.key}`}>{usedByWords(use)}</List.Item>
          ))}
        </List>
      )}
    </Banner>
  );
}

/** How a slow segment is kept, and how its last count went. */
function SlowWords({ slow }: { slow: NonNullable<SegmentData["slow"]> }) {
  const format = useFormat();
  const counted = slow.countedAt === null ? say.slowFirst : say.slowCounted(format.dateTime(slow.countedAt));
  return <p>{[say.slow, counted, ...(slow.failed === null ? [] : [say.slowFailed[slow.failed]])].join(" ")}</p>;
}

/** What a figure means, and who is left out of it. */
const withoutEdits = (explain: string, left: (count: number) => string, count: number) => (count === 0 ? explain : `${explain} ${left(count)}`);

function SummaryCard({ data }: { data: SegmentData }) {
  const format = useFormat();
  const lately = data.since === null ? say.inDays(data.days.length) : data.since === data.today ? say.today : say.since(barLabel(data.since, "day"));
  const sum = (of: "entered" | "left" | "editedIn" | "editedOut") => data.days.reduce((total, one) => total + one[of], 0);
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            {say.ruleTitle}
          </Text>
          <Text as="p">
            <Said text={data.said} />
          </Text>
        </BlockStack>
        <InlineGrid columns={{ xs: 1, md: 3 }} gap="400">
          <Figure label={say.size} value={format.number(data.size)} explain={data.slow === null ? say.sizeExplain : say.slowSizeExplain} />
          <Figure
            label={say.entered(lately)}
            value={format.number(sum("entered"))}
            explain={withoutEdits(say.enteredExplain, say.notEntered, sum("editedIn"))}
          />
          <Figure label={say.left(lately)} value={format.number(sum("left"))} explain={withoutEdits(say.leftExplain, say.notLeft, sum("editedOut"))} />
        </InlineGrid>
        {data.slow === null || data.slow.failed !== null ? null : (
          <Text as="span" tone="subdued">
            <SlowWords slow={data.slow} />
          </Text>
        )}
      </BlockStack>
    </Card>
  );
}
