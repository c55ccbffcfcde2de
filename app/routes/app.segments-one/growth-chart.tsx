import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, YAxis } from "recharts";
import { barLabel, type Formats } from "#app/components/format.ts";
import { chartMargin, TimeAxis } from "#app/components/time-axis.tsx";
import { words } from "#app/components/words.ts";
import type { SegmentData } from "./data.ts";

type Props = { days: SegmentData["days"]; height: number; formats: Formats };

/** A bar for each day: how many were in it when the day ended. Loaded only when it is looked at. */
export default function GrowthChart({ days, height, formats }: Props) {
  const say = words.segment;
  const rows = days.map((one) => ({ label: barLabel(one.day, "day"), [say.dayEnd]: one.size }));
  return (
    <div role="img" aria-label={say.growthLabel}>
      <ResponsiveContainer width="100%" height={height}>
        <BarChart data={rows} margin={chartMargin} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="#ebebeb" />
          <TimeAxis labels={rows.map((row) => row.label)} bucket="day" />
          <YAxis
            allowDecimals={false}
            tickFormatter={(count: number) => formats.number(count)}
            tick={{ fontSize: 12, fill: "#616161" }}
            tickLine={false}
            axisLine={false}
            width={56}
          />
          <Tooltip
            formatter={(count) => formats.number(Number(count))}
            cursor={{ fill: "#f1f1f1" }}
            contentStyle={{ borderRadius: 8, border: "1px solid #e3e3e3", fontSize: 13 }}
          />
          <Bar dataKey={say.dayEnd} fill="#0c7c59" radius={[3, 3, 0, 0]} maxBarSize={64} isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}
