import { Badge, BlockStack, IndexTable, InlineStack, Link, Text } from "@shopify/polaris";
import { usedByWords } from "#app/components/segment-use.ts";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import { changeWords } from "./change-words.ts";
import type { SegmentsData } from "./data.ts";

const say = words.segments;

/** Segments, one a line. */
export function SegmentsTable({ lines, today }: Pick<SegmentsData, "lines" | "today">) {
  const format = useFormat();
  return (
    <IndexTable
      selectable={false}
      itemCount={lines.length}
      resourceName={{ singular: "segment", plural: "segments" }}
      headings={[
        { title: say.columns.name },
        { title: say.columns.size, alignment: "end" },
        { title: say.columns.change, alignment: "end" },
        { title: say.columns.used },
      ]}
    >
      {lines.map((line, index) => (
        <IndexTable.Row key={line.key} id={line.key} position={index}>
          <IndexTable.Cell>
            <div style={{ whiteSpace: "normal", maxWidth: "30rem" }}>
              <BlockStack gap="050">
                <Link url={`/app/segments/${line.key}`} dataPrimaryLink removeUnderline>
                  <Text as="span" fontWeight="semibold">
                    {line.name}
                  </Text>
                </Link>
                {line.slow === null ? null : (
                  <Text as="span" tone={line.slow.failed === null ? "subdued" : "caution"} variant="bodySm">
                    {[
                      line.slow.countedAt === null ? say.slowFirst : say.slowCounted(format.dateTime(line.slow.countedAt)),
                      ...(line.slow.failed === null ? [] : [say.slowFailed]),
                    ].join(" ")}
                  </Text>
                )}
                {line.template === null ? null : (
                  <Text as="span" tone="subdued" variant="bodySm">
                    {line.template}
                  </Text>
                )}
              </BlockStack>
            </div>
          </IndexTable.Cell>
          <IndexTable.Cell>
            <InlineStack align="end" gap="200" blockAlign="center">
              {line.slow === null ? null : <Badge tone={line.slow.failed === null ? "info" : "warning"}>{say.slow}</Badge>}
              {line.filling === null || line.filling.everybodyIn ? null : <Badge tone="info">{say.filling}</Badge>}
              <Text as="span" numeric>
                {format.number(line.size)}
              </Text>
            </InlineStack>
          </IndexTable.Cell>
          <IndexTable.Cell>
            {changeWords(line, today, format).map((text, nth) => (
              <Text as="p" key={text} alignment="end" numeric tone="subdued" variant={nth === 0 ? "bodyMd" : "bodySm"}>
                {text}
              </Text>
            ))}
          </IndexTable.Cell>
          <IndexTable.Cell>
            <div style={{ whiteSpace: "normal", maxWidth: "16rem" }}>
              {line.uses.length === 0 ? (
                <Text as="span" tone="subdued" variant="bodySm">
                  {say.unused}
                </Text>
              ) : (
                line.uses.map((use) => (
                  <Text as="p" key={`${use.kind} ${use.key}`} variant="bodySm">
                    {usedByWords(use)}
                  </Text>
                ))
              )}
            </div>
          </IndexTable.Cell>
        </IndexTable.Row>
      ))}
    </IndexTable>
  );
}
