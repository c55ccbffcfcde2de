import { useFetcher } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { Badge, BlockStack, Button, Card, Divider, InlineError, InlineStack, Text } from "@shopify/polaris";
import { useEffect, useRef } from "react";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import type { SettingsData } from "./data.ts";

const say = words.settings;
type Request = SettingsData["requests"][number];

/** What people asked for through Shopify, and what was done. */
export function PrivacyCard({ requests }: { requests: Request[] }) {
  return (
    <Card>
      {requests.length === 0 ? (
        <Text as="p" tone="subdued">
          {say.privacyEmpty}
        </Text>
      ) : (
        <BlockStack gap="300">
          {requests.map((request, index) => (
            <BlockStack key={request.id} gap="300">
              {index === 0 ? null : <Divider />}
              <Line request={request} />
            </BlockStack>
          ))}
        </BlockStack>
      )}
    </Card>
  );
}

function Line({ request }: { request: Request }) {
  const format = useFormat();
  return (
    <InlineStack align="space-between" blockAlign="center" gap="300">
      <BlockStack gap="050">
        <Text as="p" fontWeight="medium">
          {say.kind[request.kind] ?? request.kind}
        </Text>
        <Text as="p" tone="subdued" variant="bodySm">
          {say.asked} {format.dateTime(request.requestedAt)}
        </Text>
      </BlockStack>
      <InlineStack align="start" gap="200" blockAlign="center">
        {request.completedAt === null ? (
          <Badge tone="attention">{`${say.due} ${format.date(request.dueAt)}`}</Badge>
        ) : (
          <Badge tone="success">{say.answered(format.date(request.completedAt))}</Badge>
        )}
        {request.file ? <Download id={request.id} /> : null}
      </InlineStack>
    </InlineStack>
  );
}

/** A link could not carry the session token, so the file is loaded like a screen and then handed to the browser. */
function Download({ id }: { id: string }) {
  const shopify = useAppBridge();
  const fetcher = useFetcher<unknown>();
  const handled = useRef<unknown>(undefined);
  const file = fetcher.data;
  useEffect(() => {
    if (fetcher.state !== "idle" || file === undefined || file === null || file === handled.current) return;
    handled.current = file;
    const address = URL.createObjectURL(new Blob([JSON.stringify(file, null, 2)], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = `${id.replace(/[^\w-]+/g, "-")}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    shopify.toast.show(words.done.downloaded);
  }, [fetcher.state, file, id, shopify]);
  return (
    <>
      <Button loading={fetcher.state !== "idle"} onClick={() => fetcher.load(`/app/settings/request?id=${encodeURIComponent(id)}`)}>
        {say.download}
      </Button>
      {fetcher.state === "idle" && file === null ? <InlineError message={say.downloadFailed} fieldID={id} /> : null}
    </>
  );
}
