import { useAppBridge } from "@shopify/app-bridge-react";
import { Badge, BlockStack, Button, Card, Divider, InlineError, InlineStack, Text } from "@shopify/polaris";
import { useState } from "react";
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

/** A link could not carry the session token, so the file is fetched and then handed to the browser. */
function Download({ id }: { id: string }) {
  const shopify = useAppBridge();
  const [state, setState] = useState<"idle" | "busy" | "failed">("idle");
  const download = async () => {
    setState("busy");
    try {
      const answer = await fetch(`/app/settings/request?id=${encodeURIComponent(id)}`);
      if (!answer.ok) throw new Error("refused");
      const address = URL.createObjectURL(await answer.blob());
      const link = document.createElement("a");
      link.href = address;
      link.download = `${id.replace(/[^\w-]+/g, "-")}.json`;
      link.click();
      URL.revokeObjectURL(address);
      shopify.toast.show(words.done.downloaded);
      setState("idle");
    } catch {
      setState("failed");
    }
  };
  return (
    <>
      <Button loading={state === "busy"} onClick={() => void download()}>
        {say.download}
      </Button>
      {state === "failed" ? <InlineError message={say.downloadFailed} fieldID={id} /> : null}
    </>
  );
}
