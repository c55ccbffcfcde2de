import { Badge, BlockStack, Button, Card, InlineError, InlineStack, SkeletonBodyText, Text, type BadgeProps } from "@shopify/polaris";
import type { ReactNode } from "react";
import { errorOf } from "#app/components/reply.ts";
import { useFormat } from "#app/components/shop-context.tsx";
import { useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import type { Embed } from "#app/dashboard/setup.ts";
import type { useTracking } from "./use-tracking.ts";

const say = words.tracking;

type Props = { tracking: ReturnType<typeof useTracking>["tracking"]; embed: Embed; embedUrl: string };

/** Whether what shoppers do reaches us: the pixel and the theme's embed, as they are now. */
export function TrackingCard({ tracking, embed, embedUrl }: Props) {
  const format = useFormat();
  const { send, busy, reply } = useIntent("/app/tracking");
  const problem = errorOf(reply, "pixel");
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {say.title}
        </Text>
        {tracking === null ? (
          <SkeletonBodyText lines={3} />
        ) : (
          <>
            <Row title={say.pixel} state={say.pixelState[tracking.pixel]} tone={tracking.pixel === "connected" ? "success" : "attention"}>
              <Text as="p" tone="subdued">
                {tracking.pixel === "connected"
                  ? tracking.heardAt === null
                    ? say.neverHeard
                    : say.heard(format.dateTime(tracking.heardAt))
                  : say.pixelProblem[tracking.pixel]}
              </Text>
              {tracking.pixel === "off" ? (
                <Button loading={busy} onClick={() => send("connect")}>
                  {say.connectPixel}
                </Button>
              ) : null}
              {problem === undefined ? null : <InlineError message={problem} fieldID="pixel" />}
              {tracking.refusals.length === 0 ? null : (
                <Text as="p" tone="subdued">
                  {say.refused(tracking.refusals.map((one) => `${format.number(one.count)} ${say.refusal[one.reason] ?? one.reason}`).join(", "))}
                </Text>
              )}
            </Row>
            <WebhooksRow webhooks={tracking.webhooks} />
            <Row
              title={say.embed}
              state={say.embedState[embed]}
              {...(embed === "asking" ? {} : { tone: embed === "on" ? ("success" as const) : ("attention" as const) })}
            >
              <Text as="p" tone="subdued">
                {say.embedHelp[embed]}
              </Text>
              {embed === "on" || embed === "asking" ? null : (
                <Button url={embedUrl} target="_top">
                  {say.openEditor}
                </Button>
              )}
            </Row>
          </>
        )}
      </BlockStack>
    </Card>
  );
}

type Webhooks = NonNullable<Props["tracking"]>["webhooks"];

/** Whether webhooks arrive, as far as a comparison can tell. */
function WebhooksRow({ webhooks: { state, missedAt, missed, problem } }: { webhooks: Webhooks }) {
  const format = useFormat();
  const data = words.settings.data;
  return (
    <Row title={data.webhooks} state={data.webhookState[state]} {...(state === "unknown" ? {} : { tone: state === "arriving" ? "success" : "attention" })}>
      <Text as="p" tone="subdued">
        {state === "lost" && missedAt !== null && missed !== null
          ? data.webhookHelp.lost(format.dateTime(missedAt), missed)
          : state === "failing"
            ? (data.compareProblem[problem ?? ""] ?? data.compareProblem["refused"])
            : data.webhookHelp[state === "arriving" ? "arriving" : "unknown"]}
      </Text>
    </Row>
  );
}

function Row({ title, state, tone, children }: { title: string; state: string; tone?: NonNullable<BadgeProps["tone"]>; children: ReactNode }) {
  return (
    <BlockStack gap="100" inlineAlign="start">
      <InlineStack gap="200" blockAlign="center">
        <Text as="h3" variant="headingSm">
          {title}
        </Text>
        <Badge {...(tone === undefined ? {} : { tone })}>{state}</Badge>
      </InlineStack>
      {children}
    </BlockStack>
  );
}
