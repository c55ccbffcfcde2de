import { useFetcher, useLocation } from "@remix-run/react";
import { BlockStack, Button, Form, Link, Text, TextField } from "@shopify/polaris";
import { useState } from "react";
import { Said } from "#app/components/said.tsx";
import { personName, words } from "#app/components/words.ts";
import type { Draft } from "#app/segments/draft.ts";
import type { BuildAnswer } from "./data.ts";

const say = words.builder;

/** Whether somebody in particular fits the rule as it stands, and why. What is typed travels in the body, for it may be an address. */
export function AskForm({ root }: { root: Draft }) {
  const fetcher = useFetcher<BuildAnswer>();
  const { pathname } = useLocation();
  const [text, setText] = useState("");
  const rule = JSON.stringify({ version: 1, match: root });
  const [sent, setSent] = useState("");
  // An answer about another rule is none about this one.
  const found = sent === rule && fetcher.state === "idle" ? fetcher.data?.found : undefined;
  const ask = () => {
    setSent(rule);
    fetcher.submit({ intent: "ask", text, rule }, { method: "post", action: pathname });
  };
  return (
    <BlockStack gap="200">
      <Form noValidate onSubmit={ask}>
        <TextField
          label={say.askLabel}
          value={text}
          onChange={setText}
          autoComplete="off"
          helpText={say.askHelp}
          connectedRight={
            <Button submit loading={fetcher.state !== "idle"} disabled={text.trim() === ""}>
              {say.ask}
            </Button>
          }
        />
      </Form>
      <div role="status">
        <BlockStack gap="200">
          {found === undefined ? null : found.length === 0 ? <Text as="p">{words.peopleList.emptySearch}</Text> : null}
          {(found ?? []).map((one) => (
            <BlockStack key={one.id} gap="050">
              <Link url={`/app/people/${one.id}`} removeUnderline>
                {personName(one)}
              </Link>
              <Text as="p" variant="bodySm">
                {one.member === null ? say.askUnknown : one.member ? say.askIn : say.askOut} <Said text={one.why} />
              </Text>
            </BlockStack>
          ))}
        </BlockStack>
      </div>
    </BlockStack>
  );
}
