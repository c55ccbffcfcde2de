import { BlockStack, Box, Button, Card, List, Text } from "@shopify/polaris";
import { words } from "#app/components/words.ts";

/** For a shop of which nothing is known yet: what will stand here, and when. */
export function EmptyCard({ storefrontUrl }: { storefrontUrl: string }) {
  return (
    <Card>
      <Box paddingBlock="600">
        <BlockStack gap="200" inlineAlign="center">
          <svg width="120" height="64" viewBox="0 0 120 64" aria-hidden="true">
            {[14, 22, 18, 30, 26, 40, 52].map((height, index) => (
              <rect key={index} x={8 + index * 15} y={58 - height} width="10" height={height} rx="2" fill={index === 6 ? "#0c7c59" : "#d4d4d4"} />
            ))}
          </svg>
          <Text as="h2" variant="headingMd" alignment="center">
            {words.home.emptyTitle}
          </Text>
          <Box maxWidth="32rem">
            <Text as="p" tone="subdued" alignment="center">
              {words.home.emptyBody}
            </Text>
          </Box>
          <List type="number">
            {words.home.emptySteps.map((step) => (
              <List.Item key={step}>{step}</List.Item>
            ))}
          </List>
          <Button url={storefrontUrl} target="_blank">
            {words.home.emptyButton}
          </Button>
        </BlockStack>
      </Box>
    </Card>
  );
}
