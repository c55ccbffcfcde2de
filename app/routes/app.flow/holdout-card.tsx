import { BlockStack, Card, Form, Text, TextField } from "@shopify/polaris";
import { DraftBar } from "#app/components/draft-bar.tsx";
import { errorOf } from "#app/components/reply.ts";
import { useDraft, useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import type { FlowData } from "./data.ts";

const say = words.flow;

/** How many people this flow leaves out, so that it can be measured. */
export function HoldoutCard({ flow, holdoutPercent }: { flow: FlowData["key"]; holdoutPercent: number }) {
  const { send, busy, reply } = useIntent();
  const { draft, set, dirty, discard } = useDraft({ holdoutPercent: String(holdoutPercent) });
  const save = () => send("holdout", draft);
  return (
    <Card>
      <Form noValidate onSubmit={save}>
        <BlockStack gap="300">
          <Text as="h2" variant="headingMd">
            {say.holdoutTitle}
          </Text>
          <TextField
            label={say.holdoutLabel}
            type="number"
            min={0}
            max={50}
            suffix="%"
            value={draft.holdoutPercent}
            onChange={(text) => set("holdoutPercent", text)}
            helpText={say.holdoutHelp(say.each[flow].holdoutWho)}
            error={errorOf(reply, "holdoutPercent")}
            autoComplete="off"
          />
        </BlockStack>
      </Form>
      <DraftBar id="flow-holdout" dirty={dirty} saving={busy} onSave={save} onDiscard={discard} />
    </Card>
  );
}
