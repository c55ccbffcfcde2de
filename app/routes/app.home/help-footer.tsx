import { Box, InlineStack, Link, Text } from "@shopify/polaris";
import { words } from "#app/components/words.ts";

const say = words.help;

/** What it costs, what is stored, and what is asked of Shopify. Not Polaris's FooterHelp: that is a paragraph, which may not hold a row. */
export function HelpFooter() {
  return (
    <nav aria-label={say.label}>
      <Box paddingBlock="400">
        <InlineStack gap="400" align="center">
          <Text as="span">{say.intro}</Text>
          <Link url="/pricing" target="_blank">
            {say.pricing}
          </Link>
          <Link url="/privacy" target="_blank">
            {say.privacy}
          </Link>
          <Link url="/terms" target="_blank">
            {say.terms}
          </Link>
          <Link url="/app/settings#scopes">{say.settings}</Link>
        </InlineStack>
      </Box>
    </nav>
  );
}
