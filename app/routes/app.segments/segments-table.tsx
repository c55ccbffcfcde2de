import { Badge, BlockStack, Box, IndexTable, InlineStack, Link, Text, useBreakpoints } from "@shopify/polaris";
import { usedByWords } from "#app/components/segment-use.ts";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import { changeLine, changeWords } from "./change-words.ts";
import type { SegmentsData } from "./data.ts";

const say = words.segments;

type Line = SegmentsData["lines"][number];

/** The same in each table of the screen, so that their columns lie below each other. */
const widths = { name: "min(29rem, 37vw)", size: "7rem", change: "7rem", used: "min(14rem, 20vw)" };
/** Figures end where what uses them begins: the two are kept apart. */
const apart = "2rem";

/** Segments, one a line. On a narrow screen a line says it all below each other. */
export function SegmentsTable({ lines, today }: Pick<SegmentsData, "lines" | "today">) {
  const { mdDown } = useBreakpoints();
  return (
    <IndexTable
      selectable={false}
      condensed={mdDown}
      itemCount={lines.length}
      resourceName={{ singular: "segment", plural: "segments" }}
      headings={[
        { title: say.columns.name },
        { title: say.columns.size, alignment: "end" },
        { title: say.columns.change, alignment: "end" },
        { id: "used", title: <div style={{ paddingInlineStart: apart }}>{say.columns.used}</div> },
      ]}
    >
      {lines.map((line, index) => (
        <IndexTable.Row key={line.key} id={line.key} position={index}>
          {mdDown ? <Narrow line={line} today={today} /> : <Cells line={line} today={today} />}
        </IndexTable.Row>
      ))}
    </IndexTable>
  );
}

function Cells({ line, today }: { line: Line; today: string }) {
  const format = useFormat();
  return (
    <>
      <IndexTable.Cell>
        <div style={{ whiteSpace: "normal", width: widths.name, minWidth: "100%" }}>
          <Name line={line} />
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <div style={{ width: widths.size, marginInlineStart: "auto" }}>
          <InlineStack align="end" gap="200" blockAlign="center">
            <States line={line} />
            <Text as="span" numeric>
              {format.number(line.size)}
            </Text>
          </InlineStack>
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <div style={{ width: widths.change, marginInlineStart: "auto" }}>
          {changeWords(line, today, format).map((text, nth) => (
            <Text as="p" key={text} alignment="end" numeric tone="subdued" variant={nth === 0 ? "bodyMd" : "bodySm"}>
              {text}
            </Text>
          ))}
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <div style={{ whiteSpace: "normal", width: widths.used, paddingInlineStart: apart }}>
          {line.uses.length === 0 ? (
            <Text as="span" tone="subdued" variant="bodySm">
              {say.unused}
            </Text>
          ) : (
            <Uses line={line} />
          )}
        </div>
      </IndexTable.Cell>
    </>
  );
}

function Narrow({ line, today }: { line: Line; today: string }) {
  const format = useFormat();
  return (
    <Box paddingInline="400" paddingBlock="300">
      <BlockStack gap="100">
        <Name line={line} />
        <InlineStack gap="200" blockAlign="center">
          <Text as="span" numeric>
            {words.people(line.size)}
          </Text>
          <Text as="span" numeric tone="subdued">
            {changeLine(line, today, format)}
          </Text>
          <States line={line} />
        </InlineStack>
        <Uses line={line} />
      </BlockStack>
    </Box>
  );
}

function Name({ line }: { line: Line }) {
  const format = useFormat();
  return (
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
  );
}

/** How far its number can be relied on. */
function States({ line }: { line: Line }) {
  return (
    <>
      {line.slow === null ? null : <Badge tone={line.slow.failed === null ? "info" : "warning"}>{say.slow}</Badge>}
      {line.filling === null || line.filling.everybodyIn ? null : <Badge tone="info">{say.filling}</Badge>}
    </>
  );
}

function Uses({ line }: { line: Line }) {
  return line.uses.map((use) => (
    <Text as="p" key={`${use.kind} ${use.key}`} variant="bodySm">
      {usedByWords(use)}
    </Text>
  ));
}
