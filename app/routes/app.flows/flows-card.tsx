import { Badge, BlockStack, Box, Card, IndexTable, Link, Text } from "@shopify/polaris";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import type { FlowLine } from "#app/dashboard/flow-list.server.ts";

const say = words.flows;

/** One line for each flow; its name opens it. */
export function FlowsCard({ flows }: { flows: FlowLine[] }) {
  const format = useFormat();
  return (
    <Card padding="0">
      <IndexTable
        selectable={false}
        itemCount={flows.length}
        resourceName={{ singular: "flow", plural: "flows" }}
        headings={[
          { title: say.flow },
          { title: say.state },
          { title: say.waiting, alignment: "end" },
          { title: say.sent, alignment: "end" },
          { title: say.attributed, alignment: "end" },
        ]}
      >
        {flows.map((one, index) => (
          <IndexTable.Row key={one.key} id={one.key} position={index}>
            <IndexTable.Cell>
              {/* A cell does not wrap by itself. */}
              <div style={{ whiteSpace: "normal", maxWidth: "26rem" }}>
                <BlockStack gap="050">
                  <Link url={`/app/flows/${one.key}`} dataPrimaryLink removeUnderline>
                    <Text as="span" fontWeight="semibold">
                      {words.flow.each[one.key].name}
                    </Text>
                  </Link>
                  <Text as="span" tone="subdued">
                    {say.starts(words.flow.each[one.key].starts)}
                  </Text>
                </BlockStack>
              </div>
            </IndexTable.Cell>
            <IndexTable.Cell>
              <Badge {...(one.on ? { tone: "success" as const } : {})}>{one.on ? words.flow.on : words.flow.off}</Badge>
            </IndexTable.Cell>
            <IndexTable.Cell>
              <Text as="span" alignment="end" numeric>
                {format.number(one.waiting)}
              </Text>
            </IndexTable.Cell>
            <IndexTable.Cell>
              <Text as="span" alignment="end" numeric>
                {format.number(one.sent)}
              </Text>
            </IndexTable.Cell>
            <IndexTable.Cell>
              <Text as="span" alignment="end" numeric>
                {format.money(one.minor)}
              </Text>
              <Text as="span" alignment="end" tone="subdued" variant="bodySm">
                {say.orders(one.orders)}
              </Text>
            </IndexTable.Cell>
          </IndexTable.Row>
        ))}
      </IndexTable>
      <Box padding="300" borderBlockStartWidth="025" borderColor="border-secondary">
        <Text as="p" tone="subdued" variant="bodySm">
          {say.attributedHelp}
        </Text>
      </Box>
    </Card>
  );
}
