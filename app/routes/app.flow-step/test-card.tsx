import { BlockStack, Button, Card, TextField, Text } from "@shopify/polaris";
import { useState } from "react";
import { errorOf } from "#app/components/reply.ts";
import { useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";

/** Sends this step, as it is saved, to the merchant herself. */
export function TestCard({ to: first, dirty }: { to: string; dirty: boolean }) {
  const [to, setTo] = useState(first);
  const { send, busy, reply } = useIntent();
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {words.editor.sendTest}
        </Text>
        <TextField
          label={words.flow.testTo}
          type="email"
          value={to}
          onChange={setTo}
          error={errorOf(reply, "to")}
          autoComplete="email"
          {...(dirty ? { helpText: words.editor.testSaved } : {})}
          connectedRight={
            <Button loading={busy} disabled={dirty} onClick={() => send("test", { to })}>
              {words.flow.sendTest}
            </Button>
          }
        />
      </BlockStack>
    </Card>
  );
}
