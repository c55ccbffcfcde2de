import { Badge, Banner, BlockStack, Card, InlineStack, Link, ProgressBar, Text } from "@shopify/polaris";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import type { Figures } from "./data.ts";
import { IntervalPlot } from "./interval-plot.tsx";

type Measured = Figures["period"];
const say = words.home.proven;

/** The headline: what came back because of us, with the doubt that is in it, or what is still missing to say. */
export function ProvenCard({ period, allTime, isAllTime }: { period: Measured; allTime: Measured; isAllTime: boolean }) {
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {say.title}
        </Text>
        <Result measured={period} />
        {!isAllTime && period.lift.kind === "not-enough" ? <OverAllTime allTime={allTime} /> : null}
        <Text as="p" variant="bodySm" tone="subdued">
          {say.explain}
        </Text>
      </BlockStack>
    </Card>
  );
}

function Result({ measured: { lift, treated, holdout } }: { measured: Measured }) {
  const format = useFormat();
  if (lift.kind === "broken") {
    return (
      <Banner tone="warning" title={say.broken}>
        <p>{lift.why}</p>
      </Banner>
    );
  }
  if (lift.kind === "not-enough") {
    const share = Math.min(100, Math.round((lift.have.holdout / lift.needHoldout) * 100));
    return (
      <BlockStack gap="200">
        <Text as="p" variant="headingXl">
          {say.notEnough}
        </Text>
        <ProgressBar progress={share} size="small" tone="primary" ariaLabelledBy="proven-so-far" />
        <Text as="p" id="proven-so-far">
          {say.notEnoughBody(lift.have.holdout, lift.needHoldout)} {lift.have.holdout >= lift.needHoldout ? say.few : ""}{" "}
          {lift.daysLeft === null ? say.noPace : say.daysLeft(lift.daysLeft)}
        </Text>
      </BlockStack>
    );
  }
  const [low, point, high] = [format.about(lift.lowMinor), format.about(lift.incrementalMinor), format.about(lift.highMinor)];
  return (
    <BlockStack gap="200">
      <InlineStack gap="300" blockAlign="center">
        <Text as="p" variant="heading2xl" numeric>
          {point}
        </Text>
        <Badge tone={lift.proven ? "success" : "attention"}>{lift.proven ? say.proven : say.notProven}</Badge>
      </InlineStack>
      <IntervalPlot
        low={lift.lowMinor}
        point={lift.incrementalMinor}
        high={lift.highMinor}
        label={say.plotLabel(low, point, high)}
        lowText={low}
        highText={high}
      />
      <Text as="p">
        {say.interval(low, high)}. {lift.proven ? say.provenNote : say.unproven} {say.groups(treated.people, holdout.people)}
      </Text>
    </BlockStack>
  );
}

/** A short period seldom holds enough people; all of it together may. */
function OverAllTime({ allTime }: { allTime: Measured }) {
  const format = useFormat();
  if (allTime.lift.kind !== "measured") return null;
  return (
    <Text as="p">
      {say.allTime(format.about(allTime.lift.incrementalMinor))} <Link url="/app?period=all">{say.allTimeLink}</Link>
    </Text>
  );
}
