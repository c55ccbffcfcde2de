import { BlockStack, Button, Card, InlineStack, SkeletonBodyText, Text } from "@shopify/polaris";
import { lazy, Suspense, useEffect, useState } from "react";
import { barLabel } from "#app/components/format.ts";
import { PlainTable } from "#app/components/plain-table.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import type { Figures } from "./data.ts";

const RevenueChart = lazy(() => import("./revenue-chart.tsx"));
const say = words.home.chart;
const height = 260;

/** Revenue over time, as bars or as the same figures in a table. */
export function ChartCard({ chart: { bucket, bars } }: { chart: Figures["chart"] }) {
  const format = useFormat();
  const [asTable, setAsTable] = useState(false);
  // The chart measures its own width, so there is nothing to draw on the server.
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  const sold = bars.some((bar) => bar.grossMinor !== 0);
  const waiting = (
    <div style={{ minHeight: height }}>
      <SkeletonBodyText lines={8} />
    </div>
  );
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center">
          <Text as="h2" variant="headingMd">
            {say.title[bucket]}
          </Text>
          {sold ? (
            <Button variant="plain" onClick={() => setAsTable(!asTable)}>
              {asTable ? words.action.showChart : words.action.showTable}
            </Button>
          ) : null}
        </InlineStack>
        {!sold ? (
          <Text as="p" tone="subdued">
            {say.empty}
          </Text>
        ) : asTable ? (
          <PlainTable
            caption={say.title[bucket]}
            columns={[{ label: say.period[bucket] }, { label: say.gross, numeric: true }, { label: say.attributed, numeric: true }]}
            rows={[...bars].reverse().map((bar) => [barLabel(bar.start, bucket), format.money(bar.grossMinor), format.money(bar.attributedMinor)])}
          />
        ) : mounted ? (
          <Suspense fallback={waiting}>
            <RevenueChart bars={bars} bucket={bucket} height={height} formats={format} />
          </Suspense>
        ) : (
          waiting
        )}
      </BlockStack>
    </Card>
  );
}
