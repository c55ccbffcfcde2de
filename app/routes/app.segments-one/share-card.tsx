import { useAppBridge } from "@shopify/app-bridge-react";
import { BlockStack, Button, Card, InlineStack, Text, TextField } from "@shopify/polaris";
import { words } from "#app/components/words.ts";
import type { SegmentData } from "./data.ts";

const say = words.segment;

type Props = Pick<SegmentData, "name" | "json" | "shopify">;

/** A file's name: letters, digits and dashes of the segment's own. */
const fileName = (name: string) => `${name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "") || "segment"}.json`;

/** The rule for another shop, and for Shopify's own segments. */
export function ShareCard({ name, json, shopify }: Props) {
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {say.shareTitle}
        </Text>
        <BlockStack gap="200">
          <InlineStack align="space-between" blockAlign="center" gap="200">
            <Text as="h3" variant="headingSm">
              {say.json}
            </Text>
            <InlineStack gap="200">
              <CopyButton text={json} of={say.json} />
              {/* A link, so that it works without a script of ours. */}
              <Button url={`data:application/json;charset=utf-8,${encodeURIComponent(json)}`} download={fileName(name)}>
                {say.download}
              </Button>
            </InlineStack>
          </InlineStack>
          <Text as="p" tone="subdued">
            {say.jsonHelp}
          </Text>
          <Code text={json} label={say.json} lines={6} />
        </BlockStack>
        <BlockStack gap="200">
          <InlineStack align="space-between" blockAlign="center" gap="200">
            <Text as="h3" variant="headingSm">
              {say.shopify}
            </Text>
            {shopify === null ? null : <CopyButton text={shopify.query} of={say.shopify} />}
          </InlineStack>
          {shopify === null ? (
            <Text as="p" tone="subdued">
              {say.noShopify}
            </Text>
          ) : (
            <>
              <Text as="p" tone="subdued">
                {[say.shopifyHelp, ...shopify.differs.map((one) => say.differs[one])].join(" ")}
              </Text>
              <Code text={shopify.query} label={say.shopify} lines={1} />
            </>
          )}
        </BlockStack>
      </BlockStack>
    </Card>
  );
}

function Code({ text, label, lines }: { text: string; label: string; lines: number }) {
  return <TextField label={label} labelHidden value={text} readOnly multiline={lines} maxHeight="16rem" monospaced autoComplete="off" />;
}

function CopyButton({ text, of }: { text: string; of: string }) {
  const shopify = useAppBridge();
  const copy = () => navigator.clipboard.writeText(text).then(() => shopify.toast.show(words.done["rule-copied"]));
  return (
    <Button onClick={() => void copy()} accessibilityLabel={`${say.copyText}: ${of}`}>
      {say.copyText}
    </Button>
  );
}
