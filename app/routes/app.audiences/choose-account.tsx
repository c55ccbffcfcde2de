import { Banner, BlockStack, Button, ChoiceList, InlineError } from "@shopify/polaris";
import { useState } from "react";
import { errorOf } from "#app/components/reply.ts";
import { useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import type { AudiencesData } from "./data.ts";

const say = words.audiences;

/** One connected person can have several ad accounts: audiences go to the one that is chosen here. */
export function ChooseAccount({ accounts }: { accounts: AudiencesData["accounts"] }) {
  const { send, busy, reply } = useIntent();
  const [chosen, setChosen] = useState<string[]>([]);
  if (accounts === null || accounts.length === 0) {
    return (
      <Banner tone="warning">
        <p>{accounts === null ? say.accountsFailed : say.noAccounts}</p>
      </Banner>
    );
  }
  const error = errorOf(reply, "account");
  return (
    <BlockStack gap="300" inlineAlign="start">
      <ChoiceList
        title={say.account}
        selected={chosen}
        onChange={setChosen}
        choices={accounts.map((one) => ({
          value: one.id,
          label: one.currency === null ? one.name : `${one.name} (${one.currency})`,
          helpText: one.problem ?? one.id,
          disabled: one.problem !== null,
        }))}
      />
      {error === undefined ? null : <InlineError message={error} fieldID="account" />}
      <Button variant="primary" disabled={chosen.length === 0} loading={busy} onClick={() => send("choose", { account: chosen[0] ?? "" })}>
        {say.chooseAccount}
      </Button>
    </BlockStack>
  );
}
