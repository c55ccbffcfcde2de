import { BlockStack, Box, Button, Card, Divider, InlineStack, ProgressBar, Text } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { words } from "#app/components/words.ts";
import type { HomeData } from "./data.ts";

const say = words.setup;
const places: Record<HomeData["setup"]["steps"][number]["key"], string> = {
  sender: "/app/flows/abandoned-checkout#sender",
  audience: "/app/audiences",
  "test-mail": "/app/flows/abandoned-checkout#test",
  "switch-on": "/app/flows/abandoned-checkout",
};
const storageKey = "comeback.setup-dismissed";

// Storage can be forbidden in a frame of another site: then the card simply stays until the next visit.
function dismissedBefore(): boolean {
  try {
    return window.localStorage.getItem(storageKey) !== null;
  } catch {
    return false;
  }
}
function rememberDismissed(): void {
  try {
    window.localStorage.setItem(storageKey, "yes");
  } catch {
    // Nothing to do: see above.
  }
}

/** What is left to set up, with real checks. When all is done it says so once, and goes. */
export function SetupGuide({ setup }: { setup: HomeData["setup"] }) {
  const [hidden, setHidden] = useState(setup.complete);
  useEffect(() => setHidden(setup.complete && dismissedBefore()), [setup.complete]);
  if (hidden) return null;
  if (setup.complete) {
    return (
      <Card>
        <InlineStack align="space-between" blockAlign="center" gap="400">
          <BlockStack gap="100">
            <Text as="h2" variant="headingMd">
              {say.completeTitle}
            </Text>
            <Text as="p" tone="subdued">
              {say.completeBody}
            </Text>
          </BlockStack>
          <Button
            onClick={() => {
              rememberDismissed();
              setHidden(true);
            }}
          >
            {words.action.dismiss}
          </Button>
        </InlineStack>
      </Card>
    );
  }
  const next = setup.steps.find((step) => !step.done)?.key;
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="200">
          <Text as="h2" variant="headingMd">
            {say.title}
          </Text>
          <Text as="p" tone="subdued" id="setup-progress">
            {say.progress(setup.done, setup.steps.length)}
          </Text>
          <ProgressBar progress={(setup.done / setup.steps.length) * 100} size="small" tone="primary" ariaLabelledBy="setup-progress" />
        </BlockStack>
        <BlockStack as="ul" gap="300">
          {setup.steps.map((step, index) => (
            <li key={step.key} style={{ listStyle: "none" }}>
              <BlockStack gap="300">
                {index === 0 ? null : <Divider />}
                <InlineStack gap="300" wrap={false} blockAlign="start">
                  <Mark done={step.done} />
                  <Box width="100%">
                    <BlockStack gap="200" inlineAlign="start">
                      <Text as="h3" variant="headingSm" tone={step.done ? "subdued" : undefined}>
                        {say.steps[step.key].title}
                      </Text>
                      {step.done ? null : <Text as="p">{say.steps[step.key].why}</Text>}
                      {step.done ? null : (
                        <Button url={places[step.key]} variant={step.key === next ? "primary" : "secondary"}>
                          {say.steps[step.key].button}
                        </Button>
                      )}
                    </BlockStack>
                  </Box>
                </InlineStack>
              </BlockStack>
            </li>
          ))}
        </BlockStack>
      </BlockStack>
    </Card>
  );
}

function Mark({ done }: { done: boolean }) {
  return (
    <span style={{ flex: "0 0 20px" }}>
      {done ? (
        <svg width="20" height="20" viewBox="0 0 20 20" role="img" aria-label={say.doneLabel}>
          <circle cx="10" cy="10" r="8" fill="#0c7c59" />
          <path d="m6.5 10.3 2.4 2.4 4.7-5" fill="none" stroke="#fff" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />
        </svg>
      ) : (
        <svg width="20" height="20" viewBox="0 0 20 20" role="img" aria-label={say.openLabel}>
          <circle cx="10" cy="10" r="7.5" fill="none" stroke="#8a8a8a" strokeWidth="1.5" strokeDasharray="3 2.4" />
        </svg>
      )}
    </span>
  );
}
