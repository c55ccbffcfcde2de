import { BlockStack, Box, Button, Card, Form, InlineStack, Text, TextField } from "@shopify/polaris";
import { useEffect, useRef, useState } from "react";
import { useFetcher, useLocation } from "@remix-run/react";
import { errorOf } from "#app/components/reply.ts";
import { words } from "#app/components/words.ts";
import type { Draft } from "#app/segments/draft.ts";
import type { BuildAnswer } from "./data.ts";

const say = words.builder;

/** Takes a rule from another place. It replaces the one above, and is saved only when she says so. */
export function ImportCard({ onImport }: { onImport: (root: Draft) => void }) {
  const fetcher = useFetcher<BuildAnswer>();
  const { pathname } = useLocation();
  const [text, setText] = useState("");
  const [taken, setTaken] = useState(false);
  const [open, setOpen] = useState(false);
  const heard = useRef<unknown>(null);
  const answer = fetcher.data;
  useEffect(() => {
    if (answer === undefined || answer === heard.current) return;
    heard.current = answer;
    if (answer.imported === undefined) return;
    onImport(answer.imported);
    setText("");
    setTaken(true);
  }, [answer, onImport]);
  const error = text === "" && taken ? undefined : errorOf(answer, "json");
  if (!open) {
    return (
      <Box paddingInline={{ xs: "400", sm: "0" }}>
        <Button variant="plain" disclosure="down" onClick={() => setOpen(true)}>
          {say.importTitle}
        </Button>
      </Box>
    );
  }
  return (
    <Card>
      <Form noValidate onSubmit={() => fetcher.submit({ intent: "import", json: text }, { method: "post", action: pathname })}>
        <BlockStack gap="300">
          <Text as="h2" variant="headingMd">
            {say.importTitle}
          </Text>
          <TextField
            label={say.importLabel}
            value={text}
            onChange={(next) => {
              setText(next);
              setTaken(false);
            }}
            helpText={say.importHelp}
            error={error}
            multiline={3}
            maxHeight="12rem"
            autoComplete="off"
            monospaced
          />
          <InlineStack align="space-between" blockAlign="center" gap="300">
            <Button submit loading={fetcher.state !== "idle"} disabled={text.trim() === ""}>
              {say.importButton}
            </Button>
            <div role="status">{taken ? <Text as="p">{say.imported}</Text> : null}</div>
          </InlineStack>
        </BlockStack>
      </Form>
    </Card>
  );
}
