import { useNavigate } from "@remix-run/react";
import { BlockStack, Box, IndexTable, InlineStack, Pagination, Text, useBreakpoints } from "@shopify/polaris";
import { PersonLink } from "#app/components/person-link.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { whoever, words } from "#app/components/words.ts";
import type { PeopleData } from "./data.ts";

const say = words.peopleList;
const named = 2;

type Line = PeopleData["lines"][number];

function segmentsOf({ segments }: Line): string {
  const rest = segments.length - named;
  return [segments.slice(0, named).join(", "), ...(rest > 0 ? [say.more(rest)] : [])].join(" ");
}

/** People, one a line; each opens all that is known of her. `empty`: what to say where a question found nobody. */
export function PeopleTable({ page: { lines, newer, older }, segment, empty }: { page: PeopleData; segment: string | null; empty: string | null }) {
  const { mdDown } = useBreakpoints();
  const navigate = useNavigate();
  const turn = (where: Record<string, string>) =>
    navigate(`/app/people?${new URLSearchParams({ ...(segment === null ? {} : { segment }), ...where }).toString()}`);
  if (lines.length === 0) {
    return (
      <Box padding="400" paddingBlockStart="0">
        <BlockStack gap="200">
          {empty === null ? (
            <Text as="h2" variant="headingMd">
              {say.emptyTitle}
            </Text>
          ) : null}
          <Text as="p" tone="subdued">
            {empty ?? say.emptyBody}
          </Text>
        </BlockStack>
      </Box>
    );
  }
  return (
    <BlockStack>
      <IndexTable
        selectable={false}
        condensed={mdDown}
        itemCount={lines.length}
        resourceName={{ singular: "person", plural: "people" }}
        headings={[
          { title: say.columns.person },
          { title: say.columns.email },
          { title: say.columns.orders, alignment: "end" },
          { title: say.columns.segments },
          { title: say.columns.since },
        ]}
      >
        {lines.map((line, index) => (
          <IndexTable.Row key={line.id} id={line.id} position={index}>
            {mdDown ? <Narrow line={line} /> : <Cells line={line} />}
          </IndexTable.Row>
        ))}
      </IndexTable>
      {newer === null && older === null ? null : (
        <Box padding="300">
          <InlineStack align="center">
            <Pagination
              hasPrevious={newer !== null}
              onPrevious={() => turn({ newer: newer ?? "" })}
              hasNext={older !== null}
              onNext={() => turn({ older: older ?? "" })}
              accessibilityLabels={{ previous: say.newer, next: say.older }}
            />
          </InlineStack>
        </Box>
      )}
    </BlockStack>
  );
}

function Cells({ line }: { line: Line }) {
  const format = useFormat();
  return (
    <>
      <IndexTable.Cell>
        <PersonLink one={line} />
      </IndexTable.Cell>
      <IndexTable.Cell>{line.email ?? ""}</IndexTable.Cell>
      <IndexTable.Cell>
        <Text as="span" alignment="end" numeric>
          {format.number(line.orders)}
        </Text>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <div style={{ whiteSpace: "normal" }}>{segmentsOf(line)}</div>
      </IndexTable.Cell>
      <IndexTable.Cell>{format.date(line.firstSeenAt)}</IndexTable.Cell>
    </>
  );
}

/** On a narrow screen all of it below each other, and nothing is cut off. */
function Narrow({ line }: { line: Line }) {
  const format = useFormat();
  const said = [say.ordersOf(line.orders), say.since(format.date(line.firstSeenAt)), segmentsOf(line)];
  return (
    <Box paddingInline="400" paddingBlock="300">
      <BlockStack gap="100">
        <PersonLink one={line} />
        {line.email === null || line.email === whoever(line) ? null : (
          <Text as="p" breakWord>
            {line.email}
          </Text>
        )}
        <Text as="p" tone="subdued" variant="bodySm">
          {said.filter((one) => one !== "").join(" · ")}
        </Text>
      </BlockStack>
    </Box>
  );
}
