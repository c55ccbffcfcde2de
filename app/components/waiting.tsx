import { BlockStack, Card, InlineGrid, SkeletonBodyText, SkeletonDisplayText, SkeletonPage } from "@shopify/polaris";
import { words } from "./words.ts";

/** The shape of a screen that is still on its way. */
export function Waiting() {
  return (
    <div aria-busy="true" aria-label={words.action.loading} role="status">
      <SkeletonPage>
        <BlockStack gap="400">
          <Card>
            <BlockStack gap="400">
              <SkeletonDisplayText size="small" />
              <SkeletonBodyText lines={3} />
            </BlockStack>
          </Card>
          <InlineGrid columns={{ xs: 1, md: 2 }} gap="400">
            {[1, 2].map((one) => (
              <Card key={one}>
                <BlockStack gap="400">
                  <SkeletonDisplayText size="small" />
                  <SkeletonBodyText lines={5} />
                </BlockStack>
              </Card>
            ))}
          </InlineGrid>
        </BlockStack>
      </SkeletonPage>
    </div>
  );
}
