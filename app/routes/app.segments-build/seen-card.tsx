import { Banner, BlockStack, Card, Divider, InlineStack, Link, Spinner, Text } from "@shopify/polaris";
import { Said } from "#app/components/said.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { whoever, words } from "#app/components/words.ts";
import type { Draft } from "#app/segments/draft.ts";
import { AskForm } from "./ask-form.tsx";
import type { LookData } from "./data.ts";

const say = words.builder;
type Seen = NonNullable<LookData["seen"]>;
type Counted = Extract<Seen, { kind: "counted" }>;

/** How many fit the rule as it stands, some of them with why, and what the platforms could match. */
export function SeenCard({ root, look, waiting, current }: { root: Draft; look: LookData | null; waiting: boolean; current: boolean }) {
  const format = useFormat();
  const seen = look?.seen ?? null;
  const broken = look !== null && look.problems.length > 0;
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="center">
          <Text as="h2" variant="headingMd">
            {say.peopleTitle}
          </Text>
          {/* A spinner is two things to the row: the wheel, and what is read out. */}
          <div>{waiting ? <Spinner size="small" accessibilityLabel={say.counting} /> : null}</div>
        </InlineStack>
        {/* Stays in its place, so that a screen reader hears what changes in it. */}
        <div role="status" aria-busy={waiting}>
          <BlockStack gap="200">
            {look?.said === null || look === null ? null : (
              <Text as="p">
                <Said text={look.said} />
              </Text>
            )}
            {seen?.kind === "counted" ? (
              <Text as="p" variant="headingLg" tone={current ? "base" : "subdued"} numeric>
                {say.count(format.number(seen.count), format.number(seen.of))}
              </Text>
            ) : null}
            {look === null && !waiting ? (
              <Text as="p" tone="subdued">
                {say.nothingYet}
              </Text>
            ) : null}
            {broken ? (
              <Text as="p" tone="subdued">
                {say.broken}
              </Text>
            ) : null}
            {seen?.kind === "too-slow" ? <Text as="p">{say.tooSlow}</Text> : null}
            {seen?.kind === "cannot" ? <Text as="p">{say.cannotCount}</Text> : null}
          </BlockStack>
        </div>
        {/* Each stands at its place in the rule, too, which may be out of sight. */}
        {look !== null && look.warnings.length > 0 ? (
          <Banner tone="warning" title={say.oddTitle}>
            {[...new Set(look.warnings.map((one) => one.message))].map((message) => (
              <p key={message}>
                <Said text={message} />
              </p>
            ))}
          </Banner>
        ) : null}
        {look !== null && look.slow.length > 0 ? (
          <Text as="p" variant="bodySm" tone="subdued">
            <Text as="span" fontWeight="semibold">
              {say.slowTitle}
            </Text>
            {`. ${[say.slow, ...new Set(look.slow.map((one) => one.message))].join(" ")}`}
          </Text>
        ) : null}
        {look !== null && look.unfit.length > 0 ? (
          <Banner tone="warning" title={say.unfitTitle}>
            <p>{[...new Set(look.unfit.map((one) => one.message))].join(" ")}</p>
          </Banner>
        ) : null}
        {seen?.kind === "counted" ? <CountedView seen={seen} /> : null}
        {seen === null ? null : (
          <>
            <Divider />
            <AskForm root={root} />
          </>
        )}
      </BlockStack>
    </Card>
  );
}

function CountedView({ seen }: { seen: Counted }) {
  const format = useFormat();
  return (
    <>
      <Text as="p">{say.reachable(format.number(seen.reachable))}</Text>
      {seen.platforms.length === 0 ? null : (
        <>
          <Divider />
          <BlockStack gap="200">
            <Text as="h3" variant="headingSm">
              {say.adsTitle}
            </Text>
            {seen.platforms.map((one) => (
              <InlineStack key={one.label} align="space-between" gap="200">
                <Text as="span">{one.label}</Text>
                <Text as="span" numeric tone={one.people < one.minimum ? "caution" : "base"}>
                  {[say.adsCount(one.people, one.exact), ...(one.people < one.minimum ? [say.adsSmall(format.number(one.minimum))] : [])].join(", ")}
                </Text>
              </InlineStack>
            ))}
            <Text as="p" variant="bodySm" tone="subdued">
              {say.adsHelp}
            </Text>
          </BlockStack>
        </>
      )}
      <Divider />
      <Some title={say.inTitle} people={seen.inside} empty={say.nobody} />
      {seen.outside.length > 0 || (seen.count === seen.of && seen.of > 0) ? <Some title={say.outTitle} people={seen.outside} empty={say.everybody} /> : null}
    </>
  );
}

function Some({ title, people, empty }: { title: string; people: Counted["inside"]; empty: string }) {
  return (
    <BlockStack gap="200">
      <Text as="h3" variant="headingSm">
        {title}
      </Text>
      {people.length === 0 ? (
        <Text as="p" tone="subdued">
          {empty}
        </Text>
      ) : null}
      {people.map((one) => (
        <BlockStack key={one.id} gap="050">
          <Link url={`/app/people/${one.id}`} removeUnderline>
            {whoever(one)}
          </Link>
          <Text as="p" variant="bodySm" tone="subdued">
            <Said text={one.why} />
          </Text>
        </BlockStack>
      ))}
    </BlockStack>
  );
}
