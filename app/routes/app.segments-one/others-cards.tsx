import { BlockStack, Card, Link, Text } from "@shopify/polaris";
import { PlainTable } from "#app/components/plain-table.tsx";
import { usedByAddress, usedByWords } from "#app/components/segment-use.ts";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import type { SegmentData } from "./data.ts";

const say = words.segment;

/** Who of this one is in others as well, the largest overlap first. */
export function OverlapCard({ overlap, size }: { overlap: SegmentData["overlap"]; size: number }) {
  const format = useFormat();
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {say.overlapTitle}
        </Text>
        {overlap.length === 0 ? (
          <Text as="p" tone="subdued">
            {say.overlapEmpty}
          </Text>
        ) : (
          <PlainTable
            caption={say.overlapTitle}
            columns={[{ label: say.overlapOther }, { label: say.overlapBoth, numeric: true }, { label: say.overlapShare, numeric: true }]}
            rows={overlap.map((one) => [
              <Link key={one.key} url={`/app/segments/${one.key}`} removeUnderline>
                {one.name}
              </Link>,
              format.number(one.both),
              size === 0 ? "" : format.percent(Math.min(1, one.both / size)),
            ])}
          />
        )}
      </BlockStack>
    </Card>
  );
}

/** What would notice if it changed. */
export function UsesCard({ uses }: { uses: SegmentData["uses"] }) {
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {say.usedTitle}
        </Text>
        {uses.length === 0 ? (
          <Text as="p" tone="subdued">
            {say.usedNone}
          </Text>
        ) : (
          <BlockStack gap="150">
            {uses.map((use) => (
              <Link key={`${use.kind} ${use.key}`} url={usedByAddress(use)} removeUnderline>
                {usedByWords(use)}
              </Link>
            ))}
          </BlockStack>
        )}
      </BlockStack>
    </Card>
  );
}
