import { BlockStack, Button, Card, Text } from "@shopify/polaris";
import { useState } from "react";
import { Confirm } from "#app/components/confirm.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";

const say = words.settings;

/** One click, and one question, from silence on every channel. */
export function PauseCard({ pausedAt }: { pausedAt: string | null }) {
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  const { send, busy } = useIntent();
  return (
    <Card>
      <BlockStack gap="300" inlineAlign="start">
        {pausedAt === null ? (
          <Button tone="critical" loading={busy} onClick={() => setAsking(true)}>
            {say.pause}
          </Button>
        ) : (
          <>
            <Text as="p">{say.pausedSince(format.dateTime(pausedAt))}</Text>
            <Button variant="primary" loading={busy} onClick={() => send("resume")}>
              {say.resume}
            </Button>
          </>
        )}
      </BlockStack>
      <Confirm
        id="pause"
        open={asking}
        title={say.pauseConfirmTitle}
        confirm={say.pause}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          send("pause");
          setAsking(false);
        }}
      >
        {say.pauseConfirm}
      </Confirm>
    </Card>
  );
}
