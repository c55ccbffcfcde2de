import { BlockStack, Button, Card, InlineGrid, InlineStack, Text } from "@shopify/polaris";
import { words } from "#app/components/words.ts";
import type { SegmentsData } from "./data.ts";

const say = words.segments;

/** What to begin with: standing by scores, stages of a customer's life, and what is expected of whom. */
export function TemplatesCard({ templates }: { templates: SegmentsData["templates"] }) {
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            {say.templates}
          </Text>
          <Text as="p" tone="subdued">
            {say.templatesIntro}
          </Text>
        </BlockStack>
        {(["groups", "stages", "expected"] as const).map((of) => {
          const mine = templates.filter((one) => one.of === of);
          return mine.length === 0 ? null : (
            <BlockStack key={of} gap="300">
              <Text as="h3" variant="headingSm">
                {say[of]}
              </Text>
              <InlineGrid columns={{ xs: 1, md: 2 }} gap="400">
                {mine.map((one) => (
                  <InlineStack key={one.key} align="space-between" blockAlign="start" gap="300" wrap={false}>
                    <BlockStack gap="050">
                      <Text as="p" fontWeight="semibold">
                        {one.name}
                      </Text>
                      <Text as="p" tone="subdued" variant="bodySm">
                        {one.template}
                      </Text>
                    </BlockStack>
                    <div style={{ flex: "none" }}>
                      <Button url={`/app/segments/build?from=${one.key}`} accessibilityLabel={say.copyOf(one.name)}>
                        {say.copy}
                      </Button>
                    </div>
                  </InlineStack>
                ))}
              </InlineGrid>
            </BlockStack>
          );
        })}
      </BlockStack>
    </Card>
  );
}
