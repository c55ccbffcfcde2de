import { useFetcher } from "@remix-run/react";
import { Badge, Banner, BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { Confirm } from "#app/components/confirm.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import { ChooseAccount } from "./choose-account.tsx";
import type { AudienceReply } from "./act.server.ts";
import type { PlatformData } from "./data.ts";

const say = words.audiences;

/** Asks the server for a fresh address at the platform, and leaves the admin's frame for it. */
function ConnectButton({ platform, label, primary, busy = false }: { platform: string; label: string; primary: boolean; busy?: boolean }) {
  const fetcher = useFetcher<AudienceReply>();
  const address = fetcher.data?.open;
  useEffect(() => {
    if (fetcher.state === "idle" && address !== undefined) window.open(address, "_top");
  }, [fetcher.state, address]);
  return (
    <Button
      variant={primary ? "primary" : "secondary"}
      loading={busy || fetcher.state !== "idle"}
      onClick={() => fetcher.submit({ intent: "connect", platform }, { method: "post", action: "/app/audiences" })}
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

/** The connection to one platform: none, choosing an ad account, connected, or to be made anew. */
export function PlatformCard({ platform, finishing }: { platform: PlatformData; finishing: boolean }) {
  const { connection } = platform;
  const says = say.platforms[platform.id];
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack gap="200" blockAlign="center">
          <Text as="h2" variant="headingMd">
            {says.label}
          </Text>
          {platform.available ? <State state={connection?.state} /> : null}
        </InlineStack>
        <Text as="p">{says.intro}</Text>
        {!platform.available ? (
          <Banner tone="info" title={say.unavailable(says.label)}>
            <p>{says.unavailableBody}</p>
          </Banner>
        ) : connection === null ? (
          <BlockStack gap="200" inlineAlign="start">
            <Text as="p" tone="subdued">
              {says.connectHelp}
            </Text>
            <ConnectButton platform={platform.id} label={says.connect} primary busy={finishing} />
          </BlockStack>
        ) : (
          <Connected platform={platform} connection={connection} />
        )}
      </BlockStack>
    </Card>
  );
}

function Connected({ platform, connection }: { platform: PlatformData; connection: NonNullable<PlatformData["connection"]> }) {
  const { label } = say.platforms[platform.id];
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  const { send, busy } = useIntent();
  const holds = platform.audiences.some((one) => one.members.held + one.members.adding > 0);
  return (
    <BlockStack gap="300">
      {connection.state === "reconnect" ? (
        <Banner tone="critical" title={say.reconnectTitle(label)}>
          <p>
            {connection.problem} {say.reconnectBody}
          </p>
        </Banner>
      ) : null}
      {platform.choice === null ? null : <ChooseAccount platform={platform} choice={platform.choice} />}
      {connection.accountName === null ? null : (
        <Text as="p">
          {say.account}: <b>{connection.accountName}</b>. {say.connectedSince(format.dateTime(connection.connectedAt))}.
        </Text>
      )}
      <InlineStack gap="200">
        {connection.state === "connected" ? null : <ConnectButton platform={platform.id} label={say.reconnect} primary={connection.state === "reconnect"} />}
        <Button onClick={() => setAsking(true)}>{say.disconnect}</Button>
      </InlineStack>
      <Confirm
        id={`disconnect-${platform.id}`}
        open={asking}
        title={say.disconnectTitle(label)}
        confirm={say.disconnect}
        busy={busy}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          send("disconnect", { platform: platform.id });
          setAsking(false);
        }}
      >
        {say.disconnectBody(label)} {holds ? say.disconnectLive : ""}
      </Confirm>
    </BlockStack>
  );
}
