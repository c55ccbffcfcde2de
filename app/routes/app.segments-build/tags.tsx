import { InlineStack, Tag } from "@shopify/polaris";

type Props = { chosen: string[]; nameOf?: (value: string) => string; onRemove: (value: string) => void };

/** What was chosen, each a tag that can be taken away. */
export function Tags({ chosen, nameOf = (one) => one, onRemove }: Props) {
  if (chosen.length === 0) return null;
  return (
    <InlineStack gap="150" align="start">
      {chosen.map((one) => (
        <Tag key={one} onRemove={() => onRemove(one)} accessibilityLabel={nameOf(one)}>
          {nameOf(one)}
        </Tag>
      ))}
    </InlineStack>
  );
}
