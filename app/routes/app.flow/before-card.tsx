import { BlockStack, Button, Card, Checkbox, Divider, Form, FormLayout, InlineStack, Text, TextField } from "@shopify/polaris";
import type { ReactNode } from "react";
import { errorOf } from "#app/components/reply.ts";
import { useFormat } from "#app/components/shop-context.tsx";
import { useDraft, useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import type { FlowData } from "./data.ts";

const say = words.flow;

/** What still stands between the flow and being switched on, each with the form that settles it. */
export function BeforeCard({ data }: { data: FlowData }) {
  const isMissing = (one: FlowData["missing"][number]) => data.missing.includes(one);
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            {say.missingTitle}
          </Text>
          {data.missing.length === 0 ? <Text as="p">{say.each[data.key].ready}</Text> : null}
        </BlockStack>
        <Part id="sender" title={say.missing.sender} done={!isMissing("sender") && !isMissing("postal-address")}>
          <SenderForm sender={data.sender} saved={data.senderSaved} />
        </Part>
        <Divider />
        <Part id="test" title={say.missing["test-mail"]} done={!isMissing("test-mail")}>
          <TestForm flow={data.key} test={data.test} />
        </Part>
        <Divider />
        <Part id="other" title={say.missing["other-mails"]} done={!isMissing("other-mails")}>
          <OtherMails flow={data.key} off={data.otherMailsOff} />
        </Part>
      </BlockStack>
    </Card>
  );
}

function Part({ id, title, done, children }: { id: string; title: string; done: boolean; children: ReactNode }) {
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <BlockStack gap="200">
        <InlineStack gap="200" blockAlign="center">
          <span aria-hidden="true" style={{ color: done ? "#0c7c59" : "#8a8a8a", fontWeight: 700 }}>
            {done ? "✓" : "○"}
          </span>
          <Text as="h3" variant="headingSm" id={`${id}-title`}>
            {title}
            <Text as="span" visuallyHidden>
              {` (${done ? words.setup.doneLabel : words.setup.openLabel})`}
            </Text>
          </Text>
        </InlineStack>
        {children}
      </BlockStack>
    </section>
  );
}

function SenderForm({ sender, saved }: { sender: FlowData["sender"]; saved: boolean }) {
  const { send, busy, reply } = useIntent();
  const { draft, set, dirty } = useDraft(sender);
  return (
    <Form noValidate onSubmit={() => send("sender", draft)}>
      <FormLayout>
        <FormLayout.Group>
          <TextField
            label={say.senderName}
            helpText={say.senderNameHelp}
            value={draft.senderName}
            onChange={(text) => set("senderName", text)}
            error={errorOf(reply, "senderName")}
            autoComplete="organization"
          />
          <TextField
            label={say.senderAddress}
            helpText={say.senderAddressHelp}
            type="email"
            value={draft.senderAddress}
            onChange={(text) => set("senderAddress", text)}
            error={errorOf(reply, "senderAddress")}
            autoComplete="email"
          />
        </FormLayout.Group>
        <TextField
          label={say.postalAddress}
          helpText={say.postalAddressHelp}
          value={draft.postalAddress}
          onChange={(text) => set("postalAddress", text)}
          error={errorOf(reply, "postalAddress")}
          autoComplete="street-address"
        />
        <Button submit loading={busy} disabled={saved && !dirty}>
          {say.saveSender}
        </Button>
      </FormLayout>
    </Form>
  );
}

function TestForm({ flow, test }: { flow: FlowData["key"]; test: FlowData["test"] }) {
  const help = say.each[flow].testHelp;
  const format = useFormat();
  const { draft, set } = useDraft({ to: test.to });
  const { send, busy, reply } = useIntent();
  return (
    <Form noValidate onSubmit={() => send("test", draft)}>
      <FormLayout>
        <TextField
          label={say.testTo}
          type="email"
          value={draft.to}
          onChange={(text) => set("to", text)}
          autoComplete="email"
          error={errorOf(reply, "to")}
          helpText={test.sentAt === null ? help : `${help} ${say.testSentAt(test.to, format.dateTime(test.sentAt))}`}
          connectedRight={
            <Button submit loading={busy}>
              {say.sendTest}
            </Button>
          }
        />
      </FormLayout>
    </Form>
  );
}

function OtherMails({ flow, off }: { flow: FlowData["key"]; off: boolean }) {
  const { send } = useIntent();
  const { draft, set } = useDraft({ off });
  const answer = (wanted: boolean) => {
    set("off", wanted);
    send("other-mails", { off: wanted });
  };
  return <Checkbox label={say.each[flow].otherLabel} helpText={say.each[flow].otherHelp} checked={draft.off} onChange={answer} />;
}
