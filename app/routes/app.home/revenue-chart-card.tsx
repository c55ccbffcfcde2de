import { lazy } from "react";
import { ChartCard } from "#app/components/chart-card.tsx";
import { barLabel } from "#app/components/format.ts";
import { PlainTable } from "#app/components/plain-table.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import type { Figures } from "./data.ts";

const RevenueChart = lazy(() => import("./revenue-chart.tsx"));
const say = words.home.chart;
const height = 260;

/** Revenue over time, as bars or as the same figures in a table. */
export function RevenueChartCard({ chart: { bucket, bars } }: { chart: Figures["chart"] }) {
  const format = useFormat();
  return (
    <ChartCard
      title={say.title[bucket]}
      empty={bars.some((bar) => bar.grossMinor !== 0) ? null : say.empty}
      height={height}
      chart={<RevenueChart bars={bars} bucket={bucket} height={height} formats={format} />}
      table={
        <PlainTable
          caption={say.title[bucket]}
          columns={[{ label: say.period[bucket] }, { label: say.gross, numeric: true }, { label: say.attributed, numeric: true }]}
          rows={[...bars].reverse().map((bar) => [barLabel(bar.start, bucket), format.money(bar.grossMinor), format.money(bar.attributedMinor)])}
        />
      }
    />
  );
}
