import { useFetcher, useLocation } from "@remix-run/react";
import { BlockStack, Box, Button, Card, Form, IndexTable, InlineStack, Link, Text, TextField, useBreakpoints } from "@shopify/polaris";
import { useState } from "react";
import { PersonLink } from "#app/components/person-link.tsx";
import { reasonLines } from "#app/components/reason-words.ts";
import { errorOf } from "#app/components/reply.ts";
import { Said } from "#app/components/said.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { whoever, words } from "#app/components/words.ts";
import type { OneAnswer, SegmentData } from "./data.ts";

const say = words.segment;

/** The latest to come, since when, and what made them fit. */
export function PeopleCard({ data }: { data: SegmentData }) {
  const format = useFormat();
  const { mdDown } = useBreakpoints();
  const { people, size } = data;
  return (
    <Card padding="0">
      <Box padding="400">
        <InlineStack align="space-between" blockAlign="center" gap="300">
          <BlockStack gap="050">
            <Text as="h2" variant="headingMd">
              {say.peopleTitle}
            </Text>
            <Text as="p" tone="subdued">
              {people.length === 0 ? say.peopleEmpty : say.peopleSome(people.length, format.number(size))}
            </Text>
          </BlockStack>
          {people.length === 0 ? null : <Button url={`/app/people?segment=${data.key}`}>{say.peopleAll}</Button>}
        </InlineStack>
      </Box>
      {people.length === 0 ? null : (
        <IndexTable
          selectable={false}
          condensed={mdDown}
          itemCount={people.length}
          resourceName={{ singular: "person", plural: "people" }}
          headings={[{ title: words.peopleList.columns.person }, { title: say.sinceTitle }, { title: say.because }]}
        >
          {people.map((one, index) => (
            <IndexTable.Row key={one.id} id={one.id} position={index}>
              {mdDown ? <Narrow one={one} slow={data.slow !== null} /> : <Cells one={one} slow={data.slow !== null} />}
            </IndexTable.Row>
          ))}
        </IndexTable>
      )}
    </Card>
  );
}

type Line = { one: SegmentData["people"][number]; slow: boolean };

function Cells({ one, slow }: Line) {
  const format = useFormat();
  return (
    <>
      <IndexTable.Cell>
        <PersonLink one={one} />
      </IndexTable.Cell>
      <IndexTable.Cell>{format.dateTime(one.enteredAt)}</IndexTable.Cell>
      <IndexTable.Cell>
        <div style={{ whiteSpace: "normal", maxWidth: "40rem" }}>
          <Because one={one} slow={slow} />
        </div>
      </IndexTable.Cell>
    </>
  );
}

/** On a narrow screen all of it below each other: reasons are sentences, and take the whole width. */
function Narrow({ one, slow }: Line) {
  const format = useFormat();
  return (
    <Box paddingInline="400" paddingBlock="300">
      <BlockStack gap="100">
        <InlineStack align="space-between" blockAlign="baseline" gap="200" wrap={false}>
          <PersonLink one={one} />
          <Text as="span" tone="subdued" variant="bodySm" alignment="end">
            {say.since(format.dateTime(one.enteredAt))}
          </Text>
        </InlineStack>
        <Because one={one} slow={slow} />
      </BlockStack>
    </Box>
  );
}

function Because({ one, slow }: Line) {
  return slow ? <AskWhy id={one.id} name={whoever(one)} /> : <Reasons of={one.why} />;
}

function Reasons({ of }: { of: SegmentData["people"][number]["why"] }) {
  const format = useFormat();
  return reasonLines(of, format).map((line) => (
    <p key={line}>
      <Said text={line} />
    </p>
  ));
}

/** What made somebody fit a slow rule: it takes the log of events, so it is looked up for one who is asked about. */
function AskWhy({ id, name }: { id: string; name: string }) {
  const fetcher = useFetcher<OneAnswer>();
  const { pathname } = useLocation();
  return (
    // A click on the row opens the person.
    <div role="presentation" onClick={(event) => event.stopPropagation()}>
      <div role="status">
        {fetcher.data === undefined ? (
          <Button
            variant="plain"
            accessibilityLabel={say.askOf(name)}
            loading={fetcher.state !== "idle"}
            onClick={() => fetcher.submit({ intent: "why", person: id }, { method: "post", action: pathname })}
          >
            {say.ask}
          </Button>
        ) : (
          <WhySaid why={fetcher.data.why ?? null} />
        )}
      </div>
    </div>
  );
}

function WhySaid({ why }: { why: NonNullable<OneAnswer["why"]> | null }) {
  if (why === null) return say.askTooSlow;
  return why.member ? <Reasons of={why.reasons} /> : say.askGone;
}

/** Who was in it when a day ended. */
export function PastCard({ today }: { today: string }) {
  const fetcher = useFetcher<OneAnswer>();
  const { pathname } = useLocation();
  const format = useFormat();
  const [day, setDay] = useState(today);
  const past = fetcher.data?.past;
  return (
    <Card>
      <BlockStack gap="300">
        <BlockStack gap="050">
          <Text as="h2" variant="headingMd">
            {say.pastTitle}
          </Text>
          <Text as="p" tone="subdued">
            {say.pastHelp}
          </Text>
        </BlockStack>
        <Form noValidate onSubmit={() => fetcher.submit({ intent: "past", day }, { method: "post", action: pathname })}>
          <InlineStack gap="200" blockAlign="start" align="start">
            <TextField
              label={say.pastDay}
              type="date"
              value={day}
              onChange={setDay}
              max={today}
              error={errorOf(fetcher.data, "day")}
              autoComplete="off"
              connectedRight={
                <Button submit loading={fetcher.state !== "idle"}>
                  {say.pastShow}
                </Button>
              }
            />
          </InlineStack>
        </Form>
        <div role="status">
          {past === undefined ? null : (
            <BlockStack gap="150">
              <Text as="p" fontWeight="semibold">
                {say.pastCount(past.count, format.day(past.day))}
              </Text>
              {past.people.length < past.count ? <Text as="p">{say.pastFirst(past.people.length)}</Text> : null}
              <InlineStack gap="200" align="start">
                {past.people.map((one) => (
                  <Link key={one.id} url={`/app/people/${one.id}`}>
                    {whoever(one)}
                  </Link>
                ))}
              </InlineStack>
            </BlockStack>
          )}
        </div>
      </BlockStack>
    </Card>
  );
}
