import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, YAxis } from "recharts";
import { barLabel, type Formats } from "#app/components/format.ts";
import { chartMargin, TimeAxis } from "#app/components/time-axis.tsx";
import { words } from "#app/components/words.ts";
import type { Figures } from "./data.ts";

type Props = { bars: Figures["chart"]["bars"]; bucket: Figures["chart"]["bucket"]; height: number; formats: Formats };

/** Two bars per period, side by side: they are two figures, not parts of one. Loaded only when it is looked at. */
export default function RevenueChart({ bars, bucket, height, formats }: Props) {
  const say = words.home.chart;
  const rows = bars.map((bar) => ({ label: barLabel(bar.start, bucket), [say.gross]: bar.grossMinor, [say.attributed]: bar.attributedMinor }));
  return (
    <div role="img" aria-label={say.label}>
      <ResponsiveContainer width="100%" height={height}>
        <BarChart data={rows} margin={chartMargin} accessibilityLayer={false} barGap={1}>
          <CartesianGrid vertical={false} stroke="#ebebeb" />
          <TimeAxis labels={rows.map((row) => row.label)} bucket={bucket} />
          <YAxis
            tickFormatter={(minor: number) => formats.about(minor)}
            tick={{ fontSize: 12, fill: "#616161" }}
            tickLine={false}
            axisLine={false}
            width={76}
          />
          <Tooltip
            formatter={(minor) => formats.money(Number(minor))}
            cursor={{ fill: "#f1f1f1" }}
            contentStyle={{ borderRadius: 8, border: "1px solid #e3e3e3", fontSize: 13 }}
          />
          <Legend iconType="circle" wrapperStyle={{ fontSize: 13 }} formatter={(name: string) => <span style={{ color: "#303030" }}>{name}</span>} />
          <Bar dataKey={say.gross} fill="#94b8d8" radius={[3, 3, 0, 0]} isAnimationActive={false} />
          <Bar dataKey={say.attributed} fill="#0c7c59" radius={[3, 3, 0, 0]} isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}
