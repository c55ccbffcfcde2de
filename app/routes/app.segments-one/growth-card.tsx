import { lazy } from "react";
import { ChartCard } from "#app/components/chart-card.tsx";
import { barLabel } from "#app/components/format.ts";
import { PlainTable } from "#app/components/plain-table.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import type { SegmentData } from "./data.ts";

const GrowthChart = lazy(() => import("./growth-chart.tsx"));
const say = words.segment;
const height = 220;

/** How many were in it at the end of each day, as bars or as the same figures in a table. Days before it began are there for the eye alone. */
export function GrowthCard({ days, since, today }: Pick<SegmentData, "days" | "since" | "today">) {
  const format = useFormat();
  const edited = days.some((one) => one.editedIn + one.editedOut > 0);
  const moved = days.some((one) => one.entered > 0 || one.left > 0 || one.size > 0);
  return (
    <ChartCard
      title={say.growth}
      note={since === null ? say.growthDays(days.length) : say.growthSince(format.day(since))}
      empty={moved ? null : since === null ? say.growthNobody(days.length) : since === today ? say.growthEmpty : say.growthNobodySince(format.day(since))}
      height={height}
      chart={<GrowthChart days={days} height={height} formats={format} />}
      table={
        <PlainTable
          caption={say.growth}
          columns={[
            { label: say.day },
            { label: say.dayEnd, numeric: true },
            { label: say.dayEntered, numeric: true },
            { label: say.dayLeft, numeric: true },
            ...(edited ? [{ label: say.dayEdited, numeric: true }] : []),
          ]}
          rows={days
            .filter((one) => since === null || one.day >= since)
            .reverse()
            .map((one) => [
              barLabel(one.day, "day"),
              format.number(one.size),
              format.number(one.entered),
              format.number(one.left),
              ...(edited
                ? [one.editedIn + one.editedOut === 0 ? format.number(0) : say.edited(format.number(one.editedIn), format.number(one.editedOut))]
                : []),
            ])}
        />
      }
    />
  );
}
