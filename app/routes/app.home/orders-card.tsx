import { useSearchParams } from "@remix-run/react";
import { Badge, BlockStack, Box, Card, IndexTable, InlineStack, Link, Pagination, Text } from "@shopify/polaris";
import { useFormat } from "#app/components/shop-context.tsx";
import { personName, words } from "#app/components/words.ts";
import type { Figures } from "./data.ts";

const say = words.home.orders;

/** The orders behind the attributed figure, newest first; each opens its whole path. */
export function OrdersCard({ orders: { lines, page, more } }: { orders: Figures["orders"] }) {
  const format = useFormat();
  const [params, setParams] = useSearchParams();
  const turn = (to: number) => setParams({ period: params.get("period") ?? "30", page: String(to) }, { preventScrollReset: true });
  return (
    <Card padding="0">
      <Box padding="400">
        <Text as="h2" variant="headingMd">
          {say.title}
        </Text>
      </Box>
      {lines.length === 0 ? (
        <Box padding="400" paddingBlockStart="0">
          <Text as="p" tone="subdued">
            {say.empty}
          </Text>
        </Box>
      ) : (
        <BlockStack>
          <IndexTable
            selectable={false}
            itemCount={lines.length}
            resourceName={{ singular: "order", plural: "orders" }}
            headings={[
              { title: say.order },
              { title: say.person },
              { title: say.placed },
              { title: say.value, alignment: "end" },
              { title: say.credit },
              { title: say.recovered },
            ]}
          >
            {lines.map((line, index) => (
              <IndexTable.Row key={line.orderId} id={line.orderId} position={index}>
                <IndexTable.Cell>
                  <Link url={`/app/orders/${line.orderId}`} dataPrimaryLink removeUnderline>
                    <Text as="span" fontWeight="semibold">
                      {line.name}
                    </Text>
                  </Link>
                </IndexTable.Cell>
                <IndexTable.Cell>{personName(line)}</IndexTable.Cell>
                <IndexTable.Cell>{format.dateTime(line.placedAt)}</IndexTable.Cell>
                <IndexTable.Cell>
                  <Text as="span" alignment="end" numeric>
                    {format.money(line.netMinor)}
                  </Text>
                </IndexTable.Cell>
                <IndexTable.Cell>{line.by === "code" ? words.credit.code : words.credit.click}</IndexTable.Cell>
                <IndexTable.Cell>{line.recovered ? <Badge tone="success">{say.recovered}</Badge> : null}</IndexTable.Cell>
              </IndexTable.Row>
            ))}
          </IndexTable>
          {page > 1 || more ? (
            <Box padding="300">
              <InlineStack align="center">
                <Pagination
                  hasPrevious={page > 1}
                  onPrevious={() => turn(page - 1)}
                  hasNext={more}
                  onNext={() => turn(page + 1)}
                  accessibilityLabels={{ previous: say.previous, next: say.next }}
                />
              </InlineStack>
            </Box>
          ) : null}
        </BlockStack>
      )}
    </Card>
  );
}
