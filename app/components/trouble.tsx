import { isRouteErrorResponse, useRevalidator, useRouteError } from "@remix-run/react";
import { BlockStack, Button, Card, InlineStack, Page, Text } from "@shopify/polaris";
import { words } from "./words.ts";

/** What a screen shows when it cannot be shown: what happened in words, and a way on. */
export function Trouble() {
  const error = useRouteError();
  const revalidator = useRevalidator();
  const missing = isRouteErrorResponse(error) && error.status === 404;
  return (
    <Page>
      <Card>
        <BlockStack gap="300">
          <Text as="h1" variant="headingLg">
            {missing ? words.trouble.missingTitle : words.trouble.title}
          </Text>
          <Text as="p">{missing ? words.trouble.missingBody : words.trouble.body}</Text>
          <InlineStack gap="200">
            {missing ? null : (
              <Button variant="primary" loading={revalidator.state !== "idle"} onClick={() => revalidator.revalidate()}>
                {words.action.tryAgain}
              </Button>
            )}
            <Button url="/app">{words.trouble.toHome}</Button>
          </InlineStack>
        </BlockStack>
      </Card>
    </Page>
  );
}
