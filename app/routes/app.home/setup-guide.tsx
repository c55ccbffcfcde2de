import { BlockStack, Box, Button, Card, Collapsible, Divider, InlineError, InlineStack, ProgressBar, Text } from "@shopify/polaris";
import { useEffect, useState, type ReactNode } from "react";
import { errorOf } from "#app/components/reply.ts";
import { useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import { setupOf, type Embed, type SetupStep } from "#app/dashboard/setup.ts";
import type { HomeData } from "./data.ts";
import { useDismissed } from "./use-dismissed.ts";

const say = words.setup;
/** Where a step is done; those that are not here are done in the guide itself, or do themselves. */
const places: Partial<Record<SetupStep, string>> = {
  audience: "/app/audiences",
  "test-mail": "/app/flows/abandoned-checkout#test",
  "switch-on": "/app/flows/abandoned-checkout",
};

type Props = { facts: HomeData["setup"]; embed: Embed; embedUrl: string; storefrontUrl: string; counted: { name: string; size: number }[] };

/** What is left to set up, with real checks: one step open at a time. When all is done it says so once, and goes. */
export function SetupGuide({ facts, embed, embedUrl, storefrontUrl, counted }: Props) {
  const setup = setupOf(facts, embed);
  const [dismissed, dismiss] = useDismissed();
  const next = setup.steps.find((step) => !step.done)?.key ?? null;
  const [chosen, choose] = useState<SetupStep | "none" | null>(null);
  // What was just done closes by itself, and the next step opens.
  useEffect(() => choose(null), [next]);
  // Until the browser has answered, a guide that lacks nothing but the embed would flash up at every visit.
  if (dismissed && (setup.complete || (embed === "asking" && setup.done === setup.steps.length - 1))) return null;
  if (setup.complete) return <Complete onDismiss={dismiss} />;
  const open = chosen ?? next;
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
          {setup.steps.map(({ key, done }, index) => (
            <li key={key} style={{ listStyle: "none" }}>
              <BlockStack gap="300">
                {index === 0 ? null : <Divider />}
                <Step title={say.steps[key].title} id={`setup-${key}`} done={done} open={open === key} onToggle={() => choose(open === key ? "none" : key)}>
                  <Text as="p">{say.steps[key].why}</Text>
                  {done ? null : key === "sender" ? (
                    <SenderStep shop={facts.shop} primary={key === next} />
                  ) : key === "embed" ? (
                    <Button url={embedUrl} target="_top" variant={key === next ? "primary" : "secondary"}>
                      {say.steps.embed.button}
                    </Button>
                  ) : key === "pixel" ? (
                    <PixelStep primary={key === next} />
                  ) : key === "counted" ? (
                    <Button url={storefrontUrl} target="_blank">
                      {say.steps.counted.button}
                    </Button>
                  ) : (
                    <Button url={places[key] ?? "/app"} variant={key === next ? "primary" : "secondary"}>
                      {say.steps[key].button}
                    </Button>
                  )}
                  {done && key === "counted" && counted[0] !== undefined ? (
                    <Text as="p" tone="subdued">
                      {say.countedSoFar(counted[0].size, counted[0].name)}
                    </Text>
                  ) : null}
                </Step>
              </BlockStack>
            </li>
          ))}
        </BlockStack>
      </BlockStack>
    </Card>
  );
}

function Complete({ onDismiss }: { onDismiss: () => void }) {
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
        <Button onClick={onDismiss}>{words.action.dismiss}</Button>
      </InlineStack>
    </Card>
  );
}

type StepProps = { title: string; id: string; done: boolean; open: boolean; onToggle: () => void; children: ReactNode };

function Step({ title, id, done, open, onToggle, children }: StepProps) {
  return (
    <InlineStack gap="300" wrap={false} blockAlign="start">
      <Mark done={done} />
      <Box width="100%">
        <Text as="h3" variant="headingSm" tone={done ? "subdued" : undefined}>
          <button
            type="button"
            aria-expanded={open}
            aria-controls={id}
            onClick={onToggle}
            style={{ all: "unset", boxSizing: "border-box", width: "100%", cursor: "pointer", outline: "revert" }}
          >
            {title}
          </button>
        </Text>
        <Collapsible id={id} open={open} transition={false}>
          <Box paddingBlockStart="200">
            <BlockStack gap="200" inlineAlign="start">
              {children}
            </BlockStack>
          </Box>
        </Collapsible>
      </Box>
    </InlineStack>
  );
}

/** The sender is told on the flow's screen; whether the address is hers is asked from here. */
function SenderStep({ shop, primary }: { shop: HomeData["setup"]["shop"]; primary: boolean }) {
  const { send, busy, reply } = useIntent("/app?index");
  const address = shop.senderName !== null && shop.postalAddress !== null ? shop.senderAddress : null;
  const variant = primary ? "primary" : "secondary";
  if (address === null)
    return (
      <Button url="/app/flows/abandoned-checkout#sender" variant={variant}>
        {say.steps.sender.button}
      </Button>
    );
  const problem = errorOf(reply, "sender");
  const asked = typeof reply === "object" && reply.ok;
  return (
    <>
      <Text as="p">{asked ? say.senderAsked(address) : say.senderUnconfirmed(address)}</Text>
      <Button variant={asked ? "secondary" : variant} loading={busy} onClick={() => send("confirm-sender")}>
        {asked ? say.askAgain : say.askSender}
      </Button>
      {problem === undefined ? null : <InlineError message={problem} fieldID="sender" />}
    </>
  );
}

function PixelStep({ primary }: { primary: boolean }) {
  const { send, busy, reply } = useIntent("/app/tracking");
  const problem = errorOf(reply, "pixel");
  return (
    <>
      <Button variant={primary ? "primary" : "secondary"} loading={busy} onClick={() => send("connect")}>
        {say.steps.pixel.button}
      </Button>
      {problem === undefined ? null : <InlineError message={problem} fieldID="pixel" />}
    </>
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
