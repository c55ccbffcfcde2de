import { Banner, BlockStack, Button, ChoiceList, InlineError, TextField } from "@shopify/polaris";
import { useState } from "react";
import { errorOf } from "#app/components/reply.ts";
import { useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import type { PlatformData } from "./data.ts";

const say = words.audiences;
type Choice = NonNullable<PlatformData["choice"]>;

/** One connected person can have several ad accounts: audiences go to the one that is chosen here, or typed where the platform lists none. */
export function ChooseAccount({ platform, choice }: { platform: PlatformData; choice: Choice }) {
  const { label } = say.platforms[platform.id];
  if (choice.kind === "typed") return <TypeAccount platform={platform} />;
  if (choice.kind === "failed" || choice.list.length === 0) {
    return (
      <Banner tone="warning">
        <p>{choice.kind === "failed" ? say.accountsFailed(label) : say.noAccounts(label)}</p>
      </Banner>
    );
  }
  return <PickAccount platform={platform} list={choice.list} />;
}

function PickAccount({ platform, list }: { platform: PlatformData; list: Extract<Choice, { kind: "listed" }>["list"] }) {
  const { send, busy, reply } = useIntent();
  const [chosen, setChosen] = useState<string[]>([]);
  const error = errorOf(reply, "account");
  const id = `account-${platform.id}`;
  return (
    <BlockStack gap="300" inlineAlign="start">
      <ChoiceList
        title={say.account}
        name={id}
        selected={chosen}
        onChange={setChosen}
        choices={list.map((one) => ({
          value: one.id,
          label: one.currency === null ? one.name : `${one.name} (${one.currency})`,
          helpText: one.problem ?? one.id,
          disabled: one.problem !== null,
        }))}
      />
      {error === undefined ? null : <InlineError message={error} fieldID={id} />}
      <Button
        variant="primary"
        disabled={chosen.length === 0}
        loading={busy}
        onClick={() => send("choose", { platform: platform.id, account: chosen[0] ?? "" })}
      >
        {say.chooseAccount}
      </Button>
    </BlockStack>
  );
}

function TypeAccount({ platform }: { platform: PlatformData }) {
  const { send, busy, reply } = useIntent();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const error = wrong ? say.typeAccountWrong : errorOf(reply, "account");
  // Ten digits, however they are set apart; the server looks again, and asks the platform.
  const complete = typed.replace(/[\s-]/g, "").match(/^\d{10}$/) !== null;
  return (
    <BlockStack gap="300" inlineAlign="start">
      <TextField
        label={say.typeAccount}
        helpText={say.typeAccountHelp}
        value={typed}
        onChange={(text) => {
          setTyped(text);
          setWrong(false);
        }}
        autoComplete="off"
        inputMode="numeric"
        maxLength={20}
        error={error}
      />
      <Button variant="primary" loading={busy} onClick={() => (complete ? send("choose", { platform: platform.id, account: typed }) : setWrong(true))}>
        {say.chooseAccount}
      </Button>
    </BlockStack>
  );
}
