import { BlockStack, Card, InlineStack, Link, Text } from "@shopify/polaris";
import type { ReactNode } from "react";
import { useFormat } from "#app/components/shop-context.tsx";
import { personName, words } from "#app/components/words.ts";
import type { PathData } from "./data.ts";

const say = words.order;

function Lines({ title, lines, more }: { title: string; lines: [string, ReactNode][]; more?: ReactNode }) {
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        {lines.map(([label, value]) => (
          <InlineStack key={label} align="space-between" gap="200">
            <Text as="span" tone="subdued">
              {label}
            </Text>
            <Text as="span" breakWord>
              {value}
            </Text>
          </InlineStack>
        ))}
        {more}
      </BlockStack>
    </Card>
  );
}

/** The order itself, as Shopify told it. */
export function FactsCard({ order }: { order: PathData["order"] }) {
  const format = useFormat();
  const money = (minor: number) => format.moneyIn(minor, order.currency);
  return (
    <Lines
      title={say.facts}
      lines={[
        [say.placed, format.dateTime(order.placedAt)],
        [say.total, money(order.totalMinor)],
        ...(order.refundedMinor > 0 ? [[say.refunded, money(order.refundedMinor)] as [string, ReactNode]] : []),
        ...(order.discountMinor > 0 ? [[say.discount, money(order.discountMinor)] as [string, ReactNode]] : []),
        ...(order.discountCodes.length > 0 ? [[say.codes, order.discountCodes.join(", ")] as [string, ReactNode]] : []),
        [say.source, order.source],
      ]}
    />
  );
}

/** The person behind it, as far as we know her. */
export function WhoCard({ profile }: { profile: PathData["profile"] }) {
  const format = useFormat();
  if (profile === null || profile.redacted) {
    return (
      <Card>
        <BlockStack gap="200">
          <Text as="h2" variant="headingMd">
            {say.who}
          </Text>
          <Text as="p">{profile === null ? say.noPerson : words.person.forgotten}</Text>
        </BlockStack>
      </Card>
    );
  }
  const known: [string, ReactNode][] = [
    ...(profile.email === null ? [] : [[say.email, profile.email] as [string, ReactNode]]),
    ...(profile.phone === null ? [] : [[say.phone, profile.phone] as [string, ReactNode]]),
    ...(profile.country === null ? [] : [[say.country, profile.country] as [string, ReactNode]]),
    [say.since, format.date(profile.firstSeenAt)],
  ];
  return <Lines title={personName(profile)} lines={known} more={<Link url={`/app/people/${profile.id}`}>{say.seePerson}</Link>} />;
}
