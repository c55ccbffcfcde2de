import { BlockStack, Button, Card, InlineStack, SkeletonBodyText, Text } from "@shopify/polaris";
import { Suspense, useEffect, useState, type ReactNode } from "react";
import { words } from "./words.ts";

type Props = {
  title: string;
  /** Of which time these are. */
  note?: string;
  /** What is said instead while there is nothing to draw; null where there is. */
  empty: string | null;
  height: number;
  /** Drawn in the browser alone: it measures its own width. */
  chart: ReactNode;
  /** The same figures for whoever would rather read. */
  table: ReactNode;
};

/** Figures over time, drawn or as a table. */
export function ChartCard({ title, note, empty, height, chart, table }: Props) {
  const [asTable, setAsTable] = useState(false);
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  const waiting = (
    <div style={{ minHeight: height }}>
      <SkeletonBodyText lines={Math.round(height / 32)} />
    </div>
  );
  const drawn = mounted ? <Suspense fallback={waiting}>{chart}</Suspense> : waiting;
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="start" gap="200">
          <BlockStack gap="050">
            <Text as="h2" variant="headingMd">
              {title}
            </Text>
            {note === undefined || empty !== null ? null : (
              <Text as="p" tone="subdued">
                {note}
              </Text>
            )}
          </BlockStack>
          {empty === null ? (
            <Button variant="plain" onClick={() => setAsTable(!asTable)}>
              {asTable ? words.action.showChart : words.action.showTable}
            </Button>
          ) : null}
        </InlineStack>
        {empty === null ? (
          asTable ? (
            table
          ) : (
            drawn
          )
        ) : (
          <Text as="p" tone="subdued">
            {empty}
          </Text>
        )}
      </BlockStack>
    </Card>
  );
}
