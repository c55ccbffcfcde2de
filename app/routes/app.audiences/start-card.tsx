import { BlockStack, Button, Card, ChoiceList, InlineError, Text } from "@shopify/polaris";
import { useState } from "react";
import { errorOf } from "#app/components/reply.ts";
import { useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import type { PlatformData } from "./data.ts";

const say = words.audiences;

/** The segments that have no audience yet, each with its rule and how many people it holds now. */
export function StartCard({ platform }: { platform: PlatformData }) {
  const { segments } = platform;
  const { send, busy, reply } = useIntent();
  const [chosen, setChosen] = useState<string | null>(null);
  const current = segments.find((one) => one.key === chosen) ?? segments[0];
  const error = errorOf(reply, "segment") ?? errorOf(reply, "form");
  return (
    <Card>
      <BlockStack gap="300" inlineAlign="start">
        <Text as="h2" variant="headingMd">
          {say.segmentsTitle(say.platforms[platform.id].label)}
        </Text>
        {current === undefined ? (
          <Text as="p" tone="subdued">
            {say.allStarted}
          </Text>
        ) : (
          <>
            <Text as="p" tone="subdued">
              {say.segmentHelp}
            </Text>
            <ChoiceList
              title={say.segmentLabel}
              name={`segment-${platform.id}`}
              selected={[current.key]}
              onChange={([key]) => setChosen(key ?? null)}
              choices={segments.map((one) => ({ value: one.key, label: `${one.name}: ${say.size(one.size)}`, helpText: say.rule(one.rule) }))}
            />
            {error === undefined ? null : <InlineError message={error} fieldID={`segment-${platform.id}`} />}
            <Button variant="primary" loading={busy} onClick={() => send("start", { platform: platform.id, segment: current.key })}>
              {say.start}
            </Button>
          </>
        )}
      </BlockStack>
    </Card>
  );
}
