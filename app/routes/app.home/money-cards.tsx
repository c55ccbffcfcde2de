import { BlockStack, Card, InlineGrid, Text } from "@shopify/polaris";
import { Figure } from "#app/components/figure.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import type { Figures } from "./data.ts";

function Amount({ title, minor, orders, explain }: { title: string; minor: number; orders: number; explain: string }) {
  const format = useFormat();
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        <Text as="p" variant="headingXl" numeric>
          {format.money(minor)}
        </Text>
        <Text as="p">{words.home.attributed.orders(orders)}</Text>
        <Text as="p" variant="bodySm" tone="subdued">
          {explain}
        </Text>
      </BlockStack>
    </Card>
  );
}

/** The last human click, or a code of ours, within 5 days. */
export function AttributedCard({ credited }: { credited: Figures["credited"] }) {
  return <Amount title={words.home.attributed.title} minor={credited.minor} orders={credited.orders} explain={words.home.attributed.explain} />;
}

/** Of it, the very carts that were left. */
export function RecoveredCard({ credited }: { credited: Figures["credited"] }) {
  return <Amount title={words.home.recovered.title} minor={credited.recoveredMinor} orders={credited.recoveredOrders} explain={words.home.recovered.explain} />;
}

/** What the shop sold in all, so that no figure above stands without its measure. */
export function RevenueCard({ revenue }: { revenue: Figures["revenue"] }) {
  const format = useFormat();
  const say = words.home.revenue;
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {say.title}
        </Text>
        <InlineGrid columns={{ xs: 1, sm: 2, md: 3 }} gap="400">
          <Figure label={say.gross} value={format.money(revenue.grossMinor)} explain={say.grossExplain} />
          <Figure
            label={say.refunds}
            value={format.money(revenue.refundsMinor)}
            explain={
              revenue.unmatchedRefunds === 0
                ? say.refundsExplain
                : `${say.refundsExplain} ${say.unmatched(revenue.unmatchedRefunds, format.money(revenue.unmatchedRefundsMinor))}`
            }
          />
          <Figure label={say.net} value={format.money(revenue.netMinor)} explain={say.netExplain} />
          <Figure label={say.orders} value={format.number(revenue.orders)} explain={say.ordersExplain} />
          <Figure label={say.customers} value={format.number(revenue.customers)} explain={say.customersExplain} />
        </InlineGrid>
      </BlockStack>
    </Card>
  );
}
