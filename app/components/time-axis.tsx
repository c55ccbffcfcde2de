import { useCallback } from "react";
import { usePlotArea, XAxis } from "recharts";
import type { Bucket } from "../dashboard/period.ts";
import { evenLabels, roomOf } from "./even-labels.ts";

type Props = { labels: string[]; bucket: Bucket };

/** What the bars of a chart are called, each being a row with a `label`: as many of them as there is room for. */
export function TimeAxis({ labels, bucket }: Props) {
  const width = usePlotArea()?.width ?? 0;
  const [count, room] = [labels.length, roomOf(labels)];
  // The axis is made anew with each new function.
  const shown = useCallback(
    (label: string, place: number) => (evenLabels(count, width, room, bucket).includes(place) ? label : ""),
    [count, width, room, bucket],
  );
  return (
    <XAxis dataKey="label" interval={0} tickFormatter={shown} tick={{ fontSize: 12, fill: "#616161" }} tickLine={false} axisLine={{ stroke: "#d4d4d4" }} />
  );
}

/** Around a chart with such an axis. On the right is room for half of the last name: it stands below the middle of its bar. */
export const chartMargin = { top: 8, right: 24, bottom: 0, left: 8 };
