import { Badge, BlockStack, Card, InlineStack, Text } from "@shopify/polaris";
import { PlainTable } from "#app/components/plain-table.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import type { SettingsData } from "./data.ts";

const say = words.settings;

/** What came signed from Shopify and could not be understood, each with its reason. */
export function RejectedCard({ rejected }: { rejected: SettingsData["rejected"] }) {
  const format = useFormat();
  return (
    <Card>
      {rejected.length === 0 ? (
        <Text as="p" tone="subdued">
          {say.rejectedEmpty}
        </Text>
      ) : (
        <PlainTable
          caption={say.rejectedTitle}
          columns={[{ label: say.topic }, { label: say.reason, long: true }, { label: say.when }]}
          rows={rejected.map((one) => [one.topic, one.reason ?? "", format.dateTime(one.receivedAt)])}
        />
      )}
    </Card>
  );
}

export function DatabaseCard({ note }: { note: SettingsData["database"] }) {
  return (
    <Card>
      <Text as="p">{note === "embedded" ? say.embedded : note === "no-fsync" ? say.noFsync : say.server}</Text>
    </Card>
  );
}

/** Every scope that is asked for, and why. */
export function ScopesCard({ scopes }: { scopes: SettingsData["scopes"] }) {
  return (
    <Card>
      <BlockStack as="ul" gap="300">
        {scopes.map(({ scope, granted }) => (
          <li key={scope} style={{ listStyle: "none" }}>
            <BlockStack gap="050">
              <InlineStack gap="200" blockAlign="center">
                <Text as="span" fontWeight="medium">
                  {scope}
                </Text>
                <Badge {...(granted ? { tone: "success" as const } : { tone: "warning" as const })}>{granted ? say.granted : say.notGranted}</Badge>
              </InlineStack>
              <Text as="p" tone="subdued">
                {say.scopes[scope] ?? ""}
              </Text>
            </BlockStack>
          </li>
        ))}
      </BlockStack>
    </Card>
  );
}
