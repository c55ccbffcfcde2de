import { BlockStack, Text } from "@shopify/polaris";
import type { ReactNode } from "react";

type Props = { label: string; value: ReactNode; explain?: ReactNode; size?: "headingLg" | "headingXl" | "heading2xl" };

/** A number with its name above and, in small print, what it means. */
export function Figure({ label, value, explain, size = "headingLg" }: Props) {
  return (
    <BlockStack gap="100">
      <Text as="h3" variant="bodyMd" fontWeight="medium">
        {label}
      </Text>
      <Text as="p" variant={size} numeric>
        {value}
      </Text>
      {explain === undefined ? null : (
        <Text as="p" variant="bodySm" tone="subdued">
          {explain}
        </Text>
      )}
    </BlockStack>
  );
}
