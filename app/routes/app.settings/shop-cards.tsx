import { Badge, Button, Card, Checkbox, FormLayout, InlineError, InlineStack, TextField } from "@shopify/polaris";
import { errorOf } from "#app/components/reply.ts";
import { useFormat } from "#app/components/shop-context.tsx";
import { useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import type { SettingsData } from "./data.ts";

type Draft = SettingsData["sender"];
type Props = { draft: Draft; set: <Name extends keyof Draft>(name: Name, value: Draft[Name]) => void; error: (field: string) => string | undefined };

const say = words.settings;

type Saved = { senderAddress: string; confirmedAt: string | null };

/** Whether the saved address was confirmed by whoever reads it. */
function Confirmation({ at }: { at: string | null }) {
  const format = useFormat();
  const { send, busy, reply } = useIntent("/app?index");
  const problem = errorOf(reply, "sender");
  if (at !== null) return <Badge tone="success">{say.confirmed(format.date(at))}</Badge>;
  return (
    <InlineStack gap="200" blockAlign="center">
      <Badge tone="attention">{say.unconfirmed}</Badge>
      <Button variant="plain" loading={busy} onClick={() => send("confirm-sender")}>
        {words.setup.askSender}
      </Button>
      {problem === undefined ? null : <InlineError message={problem} fieldID="senderAddress" />}
    </InlineStack>
  );
}

/** Who mails come from. */
export function SenderCard({ draft, set, error, saved }: Props & { saved: Saved }) {
  const flow = words.flow;
  return (
    <Card>
      <FormLayout>
        <TextField
          label={flow.senderName}
          helpText={flow.senderNameHelp}
          value={draft.senderName}
          onChange={(text) => set("senderName", text)}
          error={error("senderName")}
          autoComplete="organization"
        />
        <TextField
          label={flow.senderAddress}
          helpText={flow.senderAddressHelp}
          type="email"
          value={draft.senderAddress}
          onChange={(text) => set("senderAddress", text)}
          error={error("senderAddress")}
          autoComplete="email"
        />
        {saved.senderAddress !== "" && draft.senderAddress === saved.senderAddress ? <Confirmation at={saved.confirmedAt} /> : null}
        <TextField
          label={flow.postalAddress}
          helpText={flow.postalAddressHelp}
          value={draft.postalAddress}
          onChange={(text) => set("postalAddress", text)}
          error={error("postalAddress")}
          autoComplete="street-address"
        />
      </FormLayout>
    </Card>
  );
}

/** What counts, and who is left out so that it can be measured. */
export function MeasureCard({ draft, set, error }: Props) {
  return (
    <Card>
      <FormLayout>
        <TextField
          label={say.holdoutLabel}
          helpText={say.holdoutHelp}
          type="number"
          min={0}
          max={20}
          suffix="%"
          value={draft.holdoutPercent}
          onChange={(text) => set("holdoutPercent", text)}
          error={error("holdoutPercent")}
          autoComplete="off"
        />
        <Checkbox label={say.offlineLabel} helpText={say.offlineHelp} checked={draft.countOffline} onChange={(checked) => set("countOffline", checked)} />
      </FormLayout>
    </Card>
  );
}
