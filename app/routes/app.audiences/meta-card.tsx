import { useFetcher } from "@remix-run/react";
import { Badge, Banner, BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { Confirm } from "#app/components/confirm.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import { ChooseAccount } from "./choose-account.tsx";
import type { AudienceReply } from "./act.server.ts";
import type { AudiencesData } from "./data.ts";

const say = words.audiences;

/** Asks the server for a fresh address at Meta, and leaves the admin's frame for it. */
function ConnectButton({ label, primary, busy = false }: { label: string; primary: boolean; busy?: boolean }) {
  const fetcher = useFetcher<AudienceReply>();
  const address = fetcher.data?.open;
  useEffect(() => {
    if (fetcher.state === "idle" && address !== undefined) window.open(address, "_top");
  }, [fetcher.state, address]);
  return (
    <Button
      variant={primary ? "primary" : "secondary"}
      loading={busy || fetcher.state !== "idle"}
      onClick={() => fetcher.submit({ intent: "connect" }, { method: "post", action: "/app/audiences" })}
    >
      {label}
    </Button>
  );
}

function State({ state }: { state: string | undefined }) {
  if (state === "connected") return <Badge tone="success">{say.connected}</Badge>;
  if (state === "reconnect") return <Badge tone="critical">{say.reconnectState}</Badge>;
  return state === "choose-account" ? <Badge tone="attention">{say.chooseState}</Badge> : <Badge>{say.notConnected}</Badge>;
}

/** The connection to Meta: none, choosing an ad account, connected, or to be made anew. */
export function MetaCard({ data, finishing }: { data: AudiencesData; finishing: boolean }) {
  const { connection } = data;
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack gap="200" blockAlign="center">
          <Text as="h2" variant="headingMd">
            {say.meta}
          </Text>
          {data.available ? <State state={connection?.state} /> : null}
        </InlineStack>
        <Text as="p">{say.metaIntro}</Text>
        {!data.available ? (
          <Banner tone="info" title={say.unavailable}>
            <p>{say.unavailableBody}</p>
          </Banner>
        ) : connection === null ? (
          <BlockStack gap="200" inlineAlign="start">
            <Text as="p" tone="subdued">
              {say.connectHelp}
            </Text>
            <ConnectButton label={say.connect} primary busy={finishing} />
          </BlockStack>
        ) : (
          <Connected data={data} connection={connection} />
        )}
      </BlockStack>
    </Card>
  );
}

function Connected({ data, connection }: { data: AudiencesData; connection: NonNullable<AudiencesData["connection"]> }) {
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  const { send, busy } = useIntent();
  const holds = data.audiences.some((one) => one.members.held + one.members.adding > 0);
  return (
    <BlockStack gap="300">
      {connection.state === "reconnect" ? (
        <Banner tone="critical" title={say.reconnectTitle}>
          <p>
            {connection.problem} {say.reconnectBody}
          </p>
        </Banner>
      ) : null}
      {connection.state === "choose-account" ? <ChooseAccount accounts={data.accounts} /> : null}
      {connection.accountName === null ? null : (
        <Text as="p">
          {say.account}: <b>{connection.accountName}</b>. {say.connectedSince(format.dateTime(connection.connectedAt))}.
        </Text>
      )}
      <InlineStack gap="200">
        {connection.state === "connected" ? null : <ConnectButton label={say.reconnect} primary={connection.state === "reconnect"} />}
        <Button onClick={() => setAsking(true)}>{say.disconnect}</Button>
      </InlineStack>
      <Confirm
        id="disconnect"
        open={asking}
        title={say.disconnectTitle}
        confirm={say.disconnect}
        busy={busy}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          send("disconnect");
          setAsking(false);
        }}
      >
        {say.disconnectBody} {holds ? say.disconnectLive : ""}
      </Confirm>
    </BlockStack>
  );
}
