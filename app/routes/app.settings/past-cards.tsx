import { Badge, BlockStack, Button, Card, InlineStack, ProgressBar, Text } from "@shopify/polaris";
import { useFormat } from "#app/components/shop-context.tsx";
import { useIntent } from "#app/components/use-form.ts";
import { useLookAgain } from "#app/components/use-look-again.ts";
import { words } from "#app/components/words.ts";
import type { SettingsData } from "./data.ts";

const say = words.settings.data;

/** When the shop was last compared with Shopify, and what no webhook had told. */
export function CompareCard({ comparison }: { comparison: SettingsData["comparison"] }) {
  const format = useFormat();
  const { send, busy } = useIntent();
  const comparing = comparison?.comparing === true && comparison.problem === null;
  useLookAgain(comparing);
  const { finishedAt, lastFound, missedAt, missed, problem } = comparison ?? {};
  const something = Object.keys(lastFound ?? {}).some((kind) => kind !== "unreadable");
  return (
    <Card>
      <BlockStack gap="300" inlineAlign="start">
        <BlockStack gap="100">
          {finishedAt ? (
            <Text as="p">
              {say.compared(format.dateTime(finishedAt))} {something && lastFound ? say.found(lastFound) : say.nothingMissing}
            </Text>
          ) : (
            <Text as="p">{say.neverCompared}</Text>
          )}
          {lastFound?.unreadable ? <Text as="p">{say.unreadable(lastFound.unreadable)}</Text> : null}
          {missedAt && missed && missedAt !== finishedAt ? (
            <Text as="p" tone="subdued">
              {say.lastMissed(format.dateTime(missedAt), missed)}
            </Text>
          ) : null}
          {problem ? (
            <Text as="p" tone="caution">
              {say.compareProblem[problem] ?? say.compareProblem["later"]}
            </Text>
          ) : null}
          <Text as="p" tone="subdued">
            {say.webhooksUnlisted}
          </Text>
        </BlockStack>
        <Button loading={busy || comparing} disabled={comparison === null} onClick={() => send("compare")}>
          {say.compareNow}
        </Button>
      </BlockStack>
    </Card>
  );
}

/** What was there before us, and how far it has been read. */
export function PastCard({ files }: { files: SettingsData["past"] }) {
  const { send, busy } = useIntent();
  const underWay = files.some((file) => file.state !== "done" && file.state !== "failed");
  // Right after an installation there is nothing yet: it is about to begin.
  useLookAgain(underWay || files.length === 0);
  return (
    <Card>
      {files.length === 0 ? (
        <Text as="p" tone="subdued">
          {say.pastNone}
        </Text>
      ) : (
        <BlockStack gap="400">
          {files.map((file) => (
            <FileRow key={file.kind} file={file} />
          ))}
          {underWay ? null : (
            <InlineStack>
              <Button loading={busy} onClick={() => send("read-past")}>
                {say.readAgain}
              </Button>
            </InlineStack>
          )}
        </BlockStack>
      )}
    </Card>
  );
}

function FileRow({ file }: { file: SettingsData["past"][number] }) {
  const format = useFormat();
  const { kind, state, objects, linesDone, linesRefused, finishedAt, problem } = file;
  const percent = Math.floor((linesDone / Math.max(1, objects)) * 100);
  const name = say.kinds[kind] ?? kind;
  const tone = state === "done" ? { tone: "success" as const } : state === "failed" ? { tone: "critical" as const } : {};
  return (
    <BlockStack gap="100">
      <InlineStack gap="200" blockAlign="center">
        <Text as="h3" variant="headingSm">
          {name}
        </Text>
        <Badge {...tone}>{say.states[state] ?? state}</Badge>
      </InlineStack>
      {state === "reading" && objects > 0 ? <ProgressBar progress={percent} size="small" ariaLabelledBy={`past-${kind}`} /> : null}
      <Text as="p" tone="subdued" id={`past-${kind}`}>
        {state === "making" && objects > 0 ? say.preparing(format.number(objects)) : null}
        {state === "reading" ? say.reading(percent) : null}
        {state === "done" && finishedAt !== null
          ? linesDone === 0
            ? say.nothingThere(format.dateTime(finishedAt))
            : say.read(format.number(objects), format.dateTime(finishedAt))
          : null}
      </Text>
      {linesRefused > 0 ? <Text as="p">{say.refusedLines(linesRefused)}</Text> : null}
      {problem === null ? null : (
        <Text as="p" tone="caution">
          {say.pastProblem[problem] ?? say.pastFailed}
        </Text>
      )}
    </BlockStack>
  );
}
