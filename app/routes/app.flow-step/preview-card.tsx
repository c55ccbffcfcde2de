import { Banner, BlockStack, Box, Button, ButtonGroup, Card, InlineStack, Spinner, Text } from "@shopify/polaris";
import { useState } from "react";
import { MailText, MailView } from "#app/components/mail-view.tsx";
import { words } from "#app/components/words.ts";
import type { Rendered } from "#app/messages/content.ts";

const say = words.editor;
const views = ["desktop", "phone", "text"] as const;

/** The mail as three kinds of mailboxes show it. */
export function PreviewCard({ note, rendered, waiting, broken }: { note: string; rendered: Rendered | null; waiting: boolean; broken: boolean }) {
  const [view, setView] = useState<(typeof views)[number]>("desktop");
  return (
    <div style={{ position: "sticky", top: 16 }}>
      <Card>
        <BlockStack gap="300">
          <InlineStack align="space-between" blockAlign="center" gap="200">
            <InlineStack align="start" gap="200" blockAlign="center">
              <Text as="h2" variant="headingMd">
                {say.preview}
              </Text>
              {waiting ? <Spinner size="small" accessibilityLabel={words.action.loading} /> : null}
            </InlineStack>
            <div role="group" aria-label={say.preview}>
              <ButtonGroup variant="segmented">
                {views.map((one) => (
                  <Button key={one} pressed={view === one} onClick={() => setView(one)}>
                    {say.views[one]}
                  </Button>
                ))}
              </ButtonGroup>
            </div>
          </InlineStack>
          {broken || rendered === null ? (
            <Banner tone="warning">
              <p>{say.previewProblem}</p>
            </Banner>
          ) : null}
          {rendered === null ? null : (
            <>
              <Box borderColor="border" borderWidth="025" borderRadius="200" padding="300">
                <Text as="p" fontWeight="semibold" breakWord>
                  {rendered.subject}
                </Text>
                <Text as="p" tone="subdued" variant="bodySm">
                  {note}
                </Text>
              </Box>
              {view === "text" ? (
                <MailText text={rendered.text} />
              ) : (
                <MailView title={say.previewTitle} html={rendered.html} width={view === "phone" ? "phone" : "full"} />
              )}
            </>
          )}
        </BlockStack>
      </Card>
    </div>
  );
}
