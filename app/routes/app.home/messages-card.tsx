import { BlockStack, Box, Card, Divider, InlineGrid, InlineStack, Text } from "@shopify/polaris";
import { Figure } from "#app/components/figure.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { reasonWords, words } from "#app/components/words.ts";
import type { Figures } from "./data.ts";

type Props = { messages: Figures["messages"]; skips: Figures["skips"] };

/** What was sent and clicked, and why the rest was not. */
export function MessagesCard({ messages, skips }: Props) {
  const format = useFormat();
  const say = words.home.messages;
  const share = messages.sent === 0 ? "" : ` (${format.percent(messages.clicked / messages.sent)})`;
  const notes = [messages.failed > 0 ? say.failed(messages.failed) : null, messages.unknown > 0 ? say.unknown(messages.unknown) : null].filter(
    (note) => note !== null,
  );
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {say.title}
        </Text>
        <InlineGrid columns={{ xs: 1, sm: 3 }} gap="400">
          <Figure label={say.sent} value={format.number(messages.sent)} explain={[say.sentExplain, ...notes].join(" ")} />
          <Figure label={say.clicked} value={`${format.number(messages.clicked)}${share}`} explain={say.clickedExplain} />
          <Figure label={say.unsubscribed} value={format.number(messages.unsubscribed)} explain={say.unsubscribedExplain} />
        </InlineGrid>
        <Divider />
        <BlockStack gap="200">
          <Text as="h3" variant="headingSm">
            {say.skipsTitle}
          </Text>
          {skips.length === 0 ? (
            <Text as="p" tone="subdued">
              {say.skipsEmpty}
            </Text>
          ) : (
            <Box maxWidth="32rem">
              <BlockStack gap="100">
                {merged(skips).map(([reason, people]) => (
                  <InlineStack key={reason} align="space-between" gap="400" wrap={false}>
                    <Text as="span">{reason}</Text>
                    <Text as="span" numeric>
                      {format.number(people)}
                    </Text>
                  </InlineStack>
                ))}
              </BlockStack>
            </Box>
          )}
        </BlockStack>
      </BlockStack>
    </Card>
  );
}

/** Reasons that read the same are one line. */
function merged(skips: Props["skips"]): [string, number][] {
  const lines = new Map<string, number>();
  for (const { reason, people } of skips) lines.set(reasonWords(reason), (lines.get(reasonWords(reason)) ?? 0) + people);
  return [...lines].sort((a, b) => b[1] - a[1]);
}
