import { BlockStack, Button, Card, InlineStack, SkeletonBodyText, Text } from "@shopify/polaris";
import { lazy, Suspense, useEffect, useState } from "react";
import { barLabel } from "#app/components/format.ts";
import { PlainTable } from "#app/components/plain-table.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import type { SegmentData } from "./data.ts";

const GrowthChart = lazy(() => import("./growth-chart.tsx"));
const say = words.segment;
const height = 220;

/** How many were in it at the end of each day, as a line or as the same figures in a table. */
export function GrowthCard({ days }: { days: SegmentData["days"] }) {
  const format = useFormat();
  const [asTable, setAsTable] = useState(false);
  // The chart measures its own width, so there is nothing to draw on the server.
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  const moved = days.some((one) => one.entered > 0 || one.left > 0 || one.size > 0);
  const waiting = (
    <div style={{ minHeight: height }}>
      <SkeletonBodyText lines={6} />
    </div>
  );
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center">
          <Text as="h2" variant="headingMd">
            {say.growth}
          </Text>
          {moved ? (
            <Button variant="plain" onClick={() => setAsTable(!asTable)}>
              {asTable ? words.action.showChart : words.action.showTable}
            </Button>
          ) : null}
        </InlineStack>
        {!moved ? (
          <Text as="p" tone="subdued">
            {say.growthEmpty}
          </Text>
        ) : asTable ? (
          <PlainTable
            caption={say.growth}
            columns={[
              { label: say.day },
              { label: say.dayEnd, numeric: true },
              { label: say.dayEntered, numeric: true },
              { label: say.dayLeft, numeric: true },
            ]}
            rows={[...days].reverse().map((one) => [barLabel(one.day, "day"), format.number(one.size), format.number(one.entered), format.number(one.left)])}
          />
        ) : mounted ? (
          <Suspense fallback={waiting}>
            <GrowthChart days={days} height={height} formats={format} />
          </Suspense>
        ) : (
          waiting
        )}
      </BlockStack>
    </Card>
  );
}
