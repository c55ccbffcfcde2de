import { Badge, BlockStack, Box, Card, IndexTable, InlineStack, Link, Text } from "@shopify/polaris";
import { useFormat } from "#app/components/shop-context.tsx";
import { personName, reasonWords, stepName, words } from "#app/components/words.ts";
import type { FlowData } from "./data.ts";

const say = words.flow;
type Run = FlowData["board"]["runs"][number];
type Reason = FlowData["board"]["reasons"][number];

/** How many stand where, and why the others got nothing. */
export function ReasonsCard({ reasons }: { reasons: Reason[] }) {
  const format = useFormat();
  if (reasons.length === 0) return null;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {say.reasonsTitle}
        </Text>
        <Box maxWidth="36rem">
          <BlockStack gap="150">
            {reasons.map((one) => (
              <InlineStack key={`${one.state} ${one.arm} ${one.reason}`} align="space-between" gap="400" wrap={false}>
                <InlineStack align="start" gap="200" blockAlign="center">
                  <State state={one.state} arm={one.arm} />
                  <Text as="span">{one.reason === null ? reasonWords("not due") : reasonWords(one.reason)}</Text>
                </InlineStack>
                <Text as="span" numeric>
                  {format.number(one.people)}
                </Text>
              </InlineStack>
            ))}
          </BlockStack>
        </Box>
      </BlockStack>
    </Card>
  );
}

function State({ state, arm }: { state: string; arm: string }) {
  if (arm === "holdout") return <Badge tone="info">{say.arm.holdout}</Badge>;
  return <Badge {...(state === "active" ? { tone: "attention" as const } : {})}>{say.runState[state] ?? state}</Badge>;
}

/** The latest people, each with where she stands, why, and what comes next. */
export function RunsCard({ flow, runs, liveSteps }: { flow: FlowData["key"]; runs: Run[]; liveSteps: string[] }) {
  const format = useFormat();
  const next = (run: Run) => (run.state === "active" ? stepName(liveSteps[run.stepIndex] ?? "") : "");
  return (
    <Card padding="0">
      <Box padding="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            {say.runsTitle}
          </Text>
          <Text as="p" tone="subdued">
            {runs.length === 0 ? say.each[flow].runsEmpty : say.lastRuns(runs.length)}
          </Text>
        </BlockStack>
      </Box>
      {runs.length === 0 ? null : (
        <IndexTable
          selectable={false}
          itemCount={runs.length}
          resourceName={{ singular: "run", plural: "runs" }}
          headings={[
            { title: say.person },
            { title: say.state },
            { title: say.reason },
            { title: say.sent, alignment: "end" },
            { title: say.next },
            { title: say.when },
            { title: say.each[flow].started },
          ]}
        >
          {runs.map((run, index) => (
            <IndexTable.Row key={run.id} id={run.id} position={index}>
              <IndexTable.Cell>
                <Link url={`/app/people/${run.profileId}`} dataPrimaryLink removeUnderline>
                  <Text as="span" fontWeight="semibold">
                    {personName(run)}
                  </Text>
                </Link>
              </IndexTable.Cell>
              <IndexTable.Cell>
                <State state={run.state} arm={run.arm} />
              </IndexTable.Cell>
              <IndexTable.Cell>{run.state === "active" && run.reason === null ? reasonWords("not due") : reasonWords(run.reason)}</IndexTable.Cell>
              <IndexTable.Cell>
                <Text as="span" alignment="end" numeric>
                  {format.number(run.sent)}
                </Text>
              </IndexTable.Cell>
              <IndexTable.Cell>{next(run)}</IndexTable.Cell>
              <IndexTable.Cell>{run.dueAt === null ? "" : format.dateTime(run.dueAt)}</IndexTable.Cell>
              <IndexTable.Cell>{format.dateTime(run.startedAt)}</IndexTable.Cell>
            </IndexTable.Row>
          ))}
        </IndexTable>
      )}
    </Card>
  );
}
