import { BlockStack, Card, Text } from "@shopify/polaris";
import { PlainTable } from "#app/components/plain-table.tsx";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import type { PersonData } from "./data.ts";

const say = words.profile;
const order = ["firstName", "lastName", "email", "phone", "country", "locale"];

/** What is known of her, and where each of it was said. */
export function KnownCard({ known }: { known: PersonData["known"] }) {
  const format = useFormat();
  const lines = [...known].sort((a, b) => order.indexOf(a.field) - order.indexOf(b.field));
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {say.known}
        </Text>
        {lines.length === 0 ? (
          <Text as="p" tone="subdued">
            {say.nothingKnown}
          </Text>
        ) : null}
        {lines.map((one) => (
          <BlockStack key={one.field}>
            <Text as="p" breakWord>
              <Text as="span" tone="subdued">
                {say.field[one.field]}{" "}
              </Text>
              {one.value}
            </Text>
            <Text as="p" variant="bodySm" tone="subdued">
              {say.from(one.from, format.date(one.at))}
            </Text>
          </BlockStack>
        ))}
      </BlockStack>
    </Card>
  );
}

/** Every key that leads to her: how sure it is, and why. */
export function KeysCard({ keys, more }: { keys: PersonData["keys"]; more: number }) {
  const format = useFormat();
  if (keys.length === 0) return null;
  return (
    <Card>
      <BlockStack gap="300">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            {say.keys}
          </Text>
          <Text as="p" tone="subdued">
            {say.keysHelp}
          </Text>
        </BlockStack>
        <PlainTable
          caption={say.keys}
          columns={[{ label: say.columns.key, long: true }, { label: say.columns.sure }, { label: say.columns.why }, { label: say.columns.since }]}
          rows={keys.map((one) => [
            `${say.kind[one.kind] ?? one.kind}: ${one.value}`,
            one.sure === null ? "" : say.sure[one.sure],
            one.level === null ? say.strongest : (say.why[one.level] ?? one.level),
            format.date(one.since),
          ])}
        />
        {more > 0 ? (
          <Text as="p" tone="subdued">
            {say.keysMore(more)}
          </Text>
        ) : null}
      </BlockStack>
    </Card>
  );
}
