import { Banner, BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";
import { useState } from "react";
import { Confirm } from "#app/components/confirm.tsx";
import { errorOf } from "#app/components/reply.ts";
import { useFormat } from "#app/components/shop-context.tsx";
import { useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import type { PersonData } from "./data.ts";

const say = words.profile;

/** Who was found to be her, why, and the way back. */
export function MergesCard({ merges }: { merges: PersonData["merges"] }) {
  const format = useFormat();
  const { send, busy, reply } = useIntent();
  const [asking, setAsking] = useState<string | null>(null);
  const problem = errorOf(reply, "form");
  if (merges.length === 0) return null;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {say.merges}
        </Text>
        {problem === undefined ? null : (
          <Banner tone="warning">
            <p>{problem}</p>
          </Banner>
        )}
        {merges.map((one) => (
          <InlineStack key={one.id} align="space-between" blockAlign="start" gap="300" wrap={false}>
            <BlockStack>
              <Text as="p" breakWord>
                {say.mergeOf(one.loser, one.survivor)}
              </Text>
              <Text as="p" variant="bodySm" tone="subdued">
                {say.mergeWhy(format.dateTime(one.at), say.sure[one.sure], say.why[one.level] ?? one.level)}
                {one.undoneAt === null ? "" : ` ${say.undone(format.dateTime(one.undoneAt), one.byHand)}`}
                {one.level === "merged" ? ` ${say.shopifyMerge}` : ""}
              </Text>
            </BlockStack>
            {one.mayUndo ? (
              <Button onClick={() => setAsking(one.id)} accessibilityLabel={say.undoFor(one.loser)}>
                {say.undo}
              </Button>
            ) : null}
          </InlineStack>
        ))}
      </BlockStack>
      <Confirm
        id="take-back"
        open={asking !== null}
        title={say.undoTitle}
        confirm={say.undo}
        busy={busy}
        onClose={() => setAsking(null)}
        onConfirm={() => {
          if (asking !== null) send("take-back", { merge: asking });
          setAsking(null);
        }}
      >
        {say.undoBody}
      </Confirm>
    </Card>
  );
}
