import { Badge, BlockStack, Card, InlineStack, Text } from "@shopify/polaris";
import type { ReactNode } from "react";
import { useFormat } from "#app/components/shop-context.tsx";
import { flowName, words } from "#app/components/words.ts";
import type { PersonData } from "./data.ts";

const say = words.profile;

/** A card with a title, and what stands in it; `empty`: what to say instead. */
export function Titled({ title, empty, children }: { title: string; empty: string | null; children?: ReactNode }) {
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        {empty === null ? (
          children
        ) : (
          <Text as="p" tone="subdued">
            {empty}
          </Text>
        )}
      </BlockStack>
    </Card>
  );
}

type Permission = PersonData["consent"]["mail"];

function May({ permission, yes, no }: { permission: Permission; yes: string; no: string }) {
  const why = permission.allowed ? permission.because : (say.refused[permission.reason] ?? permission.reason);
  return (
    <BlockStack>
      <InlineStack gap="200" blockAlign="center">
        <Text as="span" fontWeight="medium">
          {permission.allowed ? yes : no}
        </Text>
      </InlineStack>
      <Text as="p" variant="bodySm" tone="subdued">
        {say.because(permission.rule, why)}
      </Text>
    </BlockStack>
  );
}

/** Each channel: whether, and by which rule. */
export function ConsentCard({ consent }: { consent: PersonData["consent"] }) {
  return (
    <Titled title={say.consent} empty={null}>
      <May permission={consent.mail} yes={say.mayMail.yes} no={say.mayMail.no} />
      <May permission={consent.cart} yes={say.mayMail.cart} no={say.mayMail.noCart} />
      <May permission={consent.ads} yes={say.mayMail.ads} no={say.mayMail.noAds} />
      <Text as="p">{say.sms[consent.sms] ?? say.sms["none"]}</Text>
    </Titled>
  );
}

/** The segments she is in, since when and by which rule. */
export function SegmentsCard({ segments }: { segments: PersonData["segments"] }) {
  const format = useFormat();
  return (
    <Titled title={say.segments} empty={segments.length === 0 ? say.noSegments : null}>
      {segments.map((one) => (
        <BlockStack key={one.key}>
          <Text as="p" fontWeight="medium">
            {one.name}
          </Text>
          <Text as="p" variant="bodySm" tone="subdued">
            {say.sinceRule(format.dateTime(one.since), one.rule)}
          </Text>
        </BlockStack>
      ))}
    </Titled>
  );
}

/** Which side of each comparison she is on. */
export function ArmsCard({ arms }: { arms: PersonData["arms"] }) {
  return (
    <Titled title={say.arms} empty={arms.length === 0 ? say.noArms : null}>
      {arms.map((one) => (
        <BlockStack key={one.flowKey ?? ""}>
          <Text as="p">
            {one.flowKey === null ? say.globalArm : flowName(one.flowKey)}: {say.arm[one.arm] ?? one.arm}
          </Text>
          {one.contaminated ? (
            <Text as="p" variant="bodySm" tone="subdued">
              {words.order.contaminated}
            </Text>
          ) : null}
        </BlockStack>
      ))}
    </Titled>
  );
}

/** The ad audiences that hold her. */
export function AudiencesCard({ audiences }: { audiences: PersonData["audiences"] }) {
  const label = (connector: string) => (words.audiences.platforms as Record<string, { label: string }>)[connector]?.label ?? connector;
  return (
    <Titled title={say.audiences} empty={audiences.length === 0 ? say.noAudiences : null}>
      {audiences.map((one) => (
        <InlineStack key={`${one.connector} ${one.segment}`} gap="200">
          <Text as="span">
            {label(one.connector)}: {one.segment}
          </Text>
          <Badge>{say.audienceState[one.state] ?? one.state}</Badge>
        </InlineStack>
      ))}
    </Titled>
  );
}

/** The few moments that her browsers told of. */
export function VisitCard({ visit }: { visit: PersonData["visit"] }) {
  const format = useFormat();
  const moments = Object.entries(visit ?? {}).filter((one): one is [keyof typeof say.visit, string] => one[1] !== null);
  return (
    <Titled title={say.visits} empty={moments.length === 0 ? say.noVisits : null}>
      {moments.map(([name, at]) => (
        <InlineStack key={name} align="space-between" gap="200">
          <Text as="span" tone="subdued">
            {say.visit[name]}
          </Text>
          <Text as="span">{format.dateTime(at)}</Text>
        </InlineStack>
      ))}
    </Titled>
  );
}
