import { BlockStack, InlineStack, Text } from "@shopify/polaris";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import { horizons } from "#app/predictions/model.ts";
import type { PersonData } from "./data.ts";
import { Titled } from "./standing-cards.tsx";

const say = words.profile;

function Line({ name, value, more }: { name: string; value: string; more?: string }) {
  return (
    <BlockStack>
      <InlineStack align="space-between" gap="200">
        <Text as="span" tone="subdued">
          {name}
        </Text>
        <Text as="span">{value}</Text>
      </InlineStack>
      {more === undefined ? null : (
        <Text as="p" variant="bodySm" tone="subdued">
          {more}
        </Text>
      )}
    </BlockStack>
  );
}

type Lacking = NonNullable<PersonData["expected"]>["lacking"][30];

/** The first thing that is missing: one after the other is enough to read. */
function missing(lack: Lacking): string | undefined {
  if (lack === undefined) return undefined;
  const { orders, repeats, days } = say.lacking;
  return lack.orders > 0 ? orders(lack.orders) : lack.repeats > 0 ? repeats(lack.repeats) : days(lack.days);
}

/** What a customer is expected to do next, each with its range; or what is missing before that can be said. */
export function ExpectedCard({ expected, now }: { expected: PersonData["expected"]; now: string }) {
  const format = useFormat();
  if (expected === null) return null;
  const { chance, nextOrder, spend, usualGap, lacking, learnedFrom } = expected;
  if (learnedFrom === null) return <Titled title={say.expected} empty={say.notLearned} />;
  // What is too little for a month is too little for everything.
  const nothing = missing(lacking[30]);
  if (nothing !== undefined) return <Titled title={say.expected} empty={nothing} />;
  return (
    <Titled title={say.expected} empty={null}>
      <Text as="h3" variant="headingSm">
        {say.chance.title}
      </Text>
      {horizons.map((days) => {
        const one = chance[days];
        return one === null ? (
          <Line key={days} name={say.chance.within(days)} value={say.lacking.unknown} more={missing(lacking[days])} />
        ) : (
          <Line key={days} name={say.chance.within(days)} value={say.chanceOf(one.percent, one.low, one.high)} />
        );
      })}
      {nextOrder === null ? null : (
        <Line
          name={say.nextOrder}
          value={(nextOrder.at < now ? say.nextPassed : say.nextExpected)(format.date(nextOrder.at))}
          more={say.nextRange(format.date(nextOrder.from), format.date(nextOrder.until))}
        />
      )}
      {spend === null ? null : (
        <Line name={say.expectedSpend} value={format.about(spend.minor)} more={say.spendRange(format.about(spend.low), format.about(spend.high))} />
      )}
      {usualGap === null ? null : <Line name={say.usualGap} value={say.days(usualGap)} />}
      <Text as="p" variant="bodySm" tone="subdued">
        {say.expectedFrom(format.number(learnedFrom.orders), format.number(learnedFrom.customers))}
      </Text>
    </Titled>
  );
}
