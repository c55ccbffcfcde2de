import { BlockStack, Card, Form, Text, TextField } from "@shopify/polaris";
import { DraftBar } from "#app/components/draft-bar.tsx";
import { errorOf } from "#app/components/reply.ts";
import { useFormat } from "#app/components/shop-context.tsx";
import { useDraft, useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import type { FlowData } from "./data.ts";

type Measured = FlowData["board"]["measured"];
const say = words.flow;

/** How many people this flow leaves out, so that it can be measured. */
export function HoldoutCard({ flow, holdoutPercent, measured }: { flow: FlowData["key"]; holdoutPercent: number; measured: Measured }) {
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
          <SoFar measured={measured} />
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

/** What the comparison says of this flow so far, over all time. */
function SoFar({ measured: { lift, treated, holdout } }: { measured: Measured }) {
  const format = useFormat();
  const proven = words.home.proven;
  switch (lift.kind) {
    case "not-enough":
      return (
        <Text as="p">
          {proven.notEnough}. {proven.notEnoughBody(lift.have.holdout, lift.needHoldout)}
        </Text>
      );
    case "broken":
      return (
        <Text as="p">
          {proven.broken}. {lift.why}
        </Text>
      );
    case "measured":
      return (
        <Text as="p">
          {say.broughtBack(format.about(lift.incrementalMinor), lift.proven)} {proven.interval(format.about(lift.lowMinor), format.about(lift.highMinor))}.{" "}
          {proven.groups(treated.people, holdout.people)}
        </Text>
      );
  }
}
