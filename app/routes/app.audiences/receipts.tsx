import { BlockStack, Button, Collapsible, Text } from "@shopify/polaris";
import { useId, useState } from "react";
import { PlainTable } from "#app/components/plain-table.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import type { AudienceData } from "./data.ts";

const say = words.audiences;

/** Proof of each addition and removal, as the platform answered it. */
export function Receipts({ receipts, name, platform }: { receipts: AudienceData["receipts"]; name: string; platform: string }) {
  const format = useFormat();
  const id = useId();
  const [open, setOpen] = useState(receipts.length > 0);
  const columns = say.receipt;
  return (
    <BlockStack gap="200" inlineAlign="start">
      <Button
        variant="plain"
        disclosure={open ? "up" : "down"}
        ariaExpanded={open}
        ariaControls={id}
        onClick={() => setOpen(!open)}
        accessibilityLabel={`${say.receipts}: ${name}`}
      >
        {say.receipts}
      </Button>
      <div style={{ width: "100%" }}>
        <Collapsible id={id} open={open} transition={false}>
          {receipts.length === 0 ? (
            <Text as="p" tone="subdued">
              {say.receiptsEmpty}
            </Text>
          ) : (
            <PlainTable
              caption={`${say.receipts}: ${name}. ${say.receiptsHelp(platform)}`}
              columns={[
                { label: columns.verb },
                { label: columns.people, numeric: true },
                { label: columns.refused, numeric: true },
                { label: columns.when },
                { label: columns.reference, long: true },
              ]}
              rows={receipts.map((one) => [
                say.verb[one.verb] ?? one.verb,
                format.number(one.people),
                one.refused === null ? say.stillAsking : format.number(one.refused),
                format.dateTime(one.at),
                one.reference ?? "",
              ])}
            />
          )}
        </Collapsible>
      </div>
    </BlockStack>
  );
}
