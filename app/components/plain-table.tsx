import { Text } from "@shopify/polaris";
import type { ReactNode } from "react";

type Props = { caption: string; columns: { label: string; numeric?: boolean; long?: boolean }[]; rows: ReactNode[][] };

/** A small table that wraps instead of scrolling sideways; `long` columns break inside of words. */
export function PlainTable({ caption, columns, rows }: Props) {
  const cell = (index: number) => ({
    textAlign: columns[index]?.numeric === true ? ("end" as const) : ("start" as const),
    padding: "8px 12px 8px 0",
    borderBottom: "1px solid #ebebeb",
    verticalAlign: "top" as const,
    overflowWrap: columns[index]?.long === true ? ("anywhere" as const) : ("break-word" as const),
  });
  return (
    <table style={{ width: "100%", borderCollapse: "collapse" }}>
      <caption style={{ position: "absolute", width: 1, height: 1, overflow: "hidden", clipPath: "inset(50%)" }}>{caption}</caption>
      <thead>
        <tr>
          {columns.map((column, index) => (
            <th key={column.label} scope="col" style={cell(index)}>
              <Text as="span" tone="subdued" variant="bodySm">
                {column.label}
              </Text>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, line) => (
          <tr key={line}>
            {row.map((shown, index) => (
              <td key={index} style={cell(index)}>
                <Text as="span" numeric={columns[index]?.numeric === true}>
                  {shown}
                </Text>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
