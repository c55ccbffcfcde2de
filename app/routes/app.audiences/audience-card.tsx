import { Badge, Banner, BlockStack, Button, ButtonGroup, Card, InlineGrid, InlineStack, Text } from "@shopify/polaris";
import { useState } from "react";
import { Confirm } from "#app/components/confirm.tsx";
import { Figure } from "#app/components/figure.tsx";
import type { Formats } from "#app/components/format.ts";
import { errorOf } from "#app/components/reply.ts";
import { useFormat } from "#app/components/shop-context.tsx";
import { useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import type { AudienceData, PlatformData } from "./data.ts";
import { Receipts } from "./receipts.tsx";

const say = words.audiences;
const tones = { live: "success", paused: "attention", stopped: "warning" } as const;

/** What the platform says of its size: below a thousand it gives no more than that. */
function sizeWords({ sizeLower, sizeUpper }: AudienceData, format: Formats): string {
  if (sizeLower === null || sizeUpper === null || sizeLower < 0) return say.platformUnknown;
  return sizeLower === sizeUpper ? say.platformSmall(format.number(sizeUpper)) : say.platformRange(format.number(sizeLower), format.number(sizeUpper));
}

/** One audience: who should be in it, whom the platform holds, and how it is doing. */
export function AudienceCard({ audience, platform }: { audience: AudienceData; platform: PlatformData }) {
  const { label, sizeExplain } = say.platforms[platform.id];
  const format = useFormat();
  const { members, state } = audience;
  const { send, busy, intent, reply } = useIntent();
  const [asking, setAsking] = useState(false);
  const problem = errorOf(reply, "form");
  const empty = state === "stopped" && members.held + members.adding + members.removing === 0;
  const size = sizeWords(audience, format);
  const lastChange = audience.receipts[0]?.at ?? audience.syncedAt;
  const act = (what: string) => send(what, { id: audience.id });
  const button = (what: "pause" | "resume" | "retry", label: string) => (
    <Button loading={busy && intent === what} onClick={() => act(what)}>
      {label}
    </Button>
  );
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="start" gap="300">
          <BlockStack gap="100">
            <InlineStack align="start" gap="200" blockAlign="center">
              <Text as="h2" variant="headingMd">
                {audience.name}
              </Text>
              <Badge tone={tones[state as keyof typeof tones]}>{empty ? say.emptied : (say.states[state] ?? state)}</Badge>
            </InlineStack>
            <Text as="p" tone="subdued">
              {audience.rule === null ? say.segmentGone : say.rule(audience.rule)}
            </Text>
          </BlockStack>
          <div role="group" aria-label={`${say.actions}: ${audience.name}`}>
            <ButtonGroup>
              {state === "live" ? button("pause", say.pause) : button("resume", say.resume)}
              {state === "stopped" ? null : (
                <Button tone="critical" onClick={() => setAsking(true)}>
                  {say.stop}
                </Button>
              )}
            </ButtonGroup>
          </div>
        </InlineStack>
        {problem === undefined ? null : (
          <Banner tone="critical">
            <p>{problem}</p>
          </Banner>
        )}
        {audience.problem === null ? null : (
          <Banner
            tone="critical"
            title={say.problem(label)}
            action={{ content: say.tryAgain, loading: busy && intent === "retry", onAction: () => act("retry") }}
          >
            <p>
              {audience.problem} {audience.retryAt === null ? "" : say.waitsUntil(format.dateTime(audience.retryAt))}
            </p>
          </Banner>
        )}
        <InlineGrid columns={{ xs: 2, sm: 3, md: 6 }} gap="400">
          <Figure label={say.inSegment} value={format.number(audience.inSegment)} explain={say.inSegmentExplain} />
          <Figure label={say.eligible} value={state === "live" ? format.number(members.held + members.adding) : say.notNow} explain={say.eligibleExplain} />
          <Figure label={say.held(label)} value={format.number(members.held)} explain={say.heldExplain} />
          <Figure label={say.adding} value={format.number(members.adding)} />
          <Figure label={say.removing} value={format.number(members.removing)} />
          <Figure label={say.platform(label)} value={size} explain={sizeExplain} />
        </InlineGrid>
        {state === "live" && members.held + members.adding < platform.minimum ? (
          <Text as="p">{say.tooSmall(label, members.held, platform.minimum)}</Text>
        ) : null}
        <Text as="p" tone="subdued">
          {lastChange === null ? say.neverSynced : say.synced(format.dateTime(lastChange))}
        </Text>
        <Receipts receipts={audience.receipts} name={audience.name} platform={label} />
      </BlockStack>
      <Confirm
        id={`stop-${audience.id}`}
        open={asking}
        title={say.stopTitle}
        confirm={say.stop}
        busy={busy}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          act("stop");
          setAsking(false);
        }}
      >
        {say.stopBody(label)}
      </Confirm>
    </Card>
  );
}
