import { Banner, Box, Page } from "@shopify/polaris";
import { useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";

/** Stands above every screen while the shop is paused. */
export function PausedBanner() {
  const { send, busy } = useIntent("/app/settings");
  return (
    <Box paddingBlockStart="400">
      <Page>
        <Banner tone="warning" title={words.paused.title} action={{ content: words.action.resume, loading: busy, onAction: () => send("resume") }}>
          <p>{words.paused.body}</p>
        </Banner>
      </Page>
    </Box>
  );
}
