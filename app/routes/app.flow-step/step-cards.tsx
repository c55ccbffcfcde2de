import { BlockStack, Card, Checkbox, FormLayout, Text, TextField } from "@shopify/polaris";
import type { ReactNode } from "react";
import { words } from "#app/components/words.ts";
import type { StepDraft } from "./editing.server.ts";

type Props = {
  draft: StepDraft;
  set: <Name extends keyof StepDraft>(name: Name, value: StepDraft[Name]) => void;
  error: (field: string) => string | undefined;
};

const say = words.editor;

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        <FormLayout>{children}</FormLayout>
      </BlockStack>
    </Card>
  );
}

/** The words of the mail. */
export function MessageCard({ draft, set, error, values }: Props & { values: string }) {
  const field = (name: "subject" | "preheader" | "heading" | "button", most: number, help?: string) => (
    <TextField
      label={say[name]}
      value={draft[name]}
      onChange={(text) => set(name, text)}
      error={error(name)}
      maxLength={most}
      showCharacterCount
      autoComplete="off"
      {...(help === undefined ? {} : { helpText: help })}
    />
  );
  return (
    <Section title={say.message}>
      {field("subject", 150)}
      {field("preheader", 150, say.preheaderHelp)}
      {field("heading", 120)}
      <TextField
        label={say.body}
        value={draft.body}
        onChange={(text) => set("body", text)}
        error={error("body")}
        helpText={say.bodyHelp(values)}
        multiline={7}
        autoComplete="off"
      />
      {field("button", 40)}
    </Section>
  );
}

/** When it is sent, and whether at all. */
export function TimingCard({ draft, set, error, waitHelp }: Props & { waitHelp: string }) {
  return (
    <Section title={say.timing}>
      <TextField
        label={say.wait}
        type="number"
        min={0}
        value={draft.waitHours}
        onChange={(text) => set("waitHours", text)}
        error={error("waitHours")}
        helpText={waitHelp}
        autoComplete="off"
      />
      <Checkbox label={say.enabled} checked={draft.enabled} onChange={(checked) => set("enabled", checked)} />
    </Section>
  );
}

/** What the mail gives, and for how long. */
export function OfferCard({ draft, set, error }: Props) {
  return (
    <Section title={say.offerTitle}>
      <FormLayout.Group>
        <TextField
          label={say.percent}
          type="number"
          min={1}
          max={90}
          suffix="%"
          value={draft.percent}
          onChange={(text) => set("percent", text)}
          error={error("percent")}
          autoComplete="off"
        />
        <TextField
          label={say.validDays}
          type="number"
          min={1}
          max={60}
          value={draft.validDays}
          onChange={(text) => set("validDays", text)}
          error={error("validDays")}
          helpText={say.validHelp}
          autoComplete="off"
        />
      </FormLayout.Group>
    </Section>
  );
}
