import { Badge, Banner, BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";
import { useIntent } from "#app/components/use-form.ts";
import { stepName, waitWords, words } from "#app/components/words.ts";
import type { FlowData } from "./data.ts";

const say = words.flow;
type Step = FlowData["steps"][number];

/** The steps in the order in which a person meets them. */
export function StepsCard({ flow, steps }: { flow: FlowData["key"]; steps: Step[] }) {
  return (
    <BlockStack as="ul" gap="0">
      {steps.map((step, index) => (
        <li key={step.key} style={{ listStyle: "none" }}>
          <Wait flow={flow} step={step} first={index === 0} />
          <StepCard flow={flow} step={step} />
        </li>
      ))}
    </BlockStack>
  );
}

function Wait({ flow, step, first }: { flow: FlowData["key"]; step: Step; first: boolean }) {
  const words = waitWords(step.waitHours);
  return (
    <div style={{ borderInlineStart: "2px dashed #c9c9c9", margin: "0 0 0 24px", padding: "10px 0 10px 16px" }}>
      <Text as="p" tone="subdued">
        {first ? say.each[flow].waitFirst(words) : say.waitNext(words)}
      </Text>
    </div>
  );
}

function StepCard({ flow, step }: { flow: FlowData["key"]; step: Step }) {
  const { send, busy } = useIntent();
  const name = stepName(step.key);
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="start" gap="300">
          <BlockStack gap="100">
            <InlineStack align="start" gap="200" blockAlign="center">
              <Text as="h3" variant="headingMd">
                {name}
              </Text>
              <Badge {...(step.enabled ? { tone: "success" as const } : {})}>{step.enabled ? say.stepOn : say.stepOff}</Badge>
            </InlineStack>
            <Text as="p" tone="subdued">
              {words.stepKind[step.kind]}
              {step.offer === null ? "" : `: ${say.offer(step.offer.percent, step.offer.validDays)}`}
            </Text>
          </BlockStack>
          <InlineStack align="end" gap="200">
            <Button
              loading={busy}
              onClick={() => send("step", { step: step.key, enabled: !step.enabled })}
              accessibilityLabel={`${step.enabled ? say.turnOff : say.turnOn}: ${name}`}
            >
              {step.enabled ? say.turnOff : say.turnOn}
            </Button>
            <Button url={`/app/flows/${flow}/${step.key}`} accessibilityLabel={say.editStep(name)}>
              {words.action.edit}
            </Button>
          </InlineStack>
        </InlineStack>
        <Text as="p">{step.subject}</Text>
        {step.problem === null ? null : (
          <Banner tone="critical" title={say.poolProblem}>
            <p>{step.problem}</p>
          </Banner>
        )}
      </BlockStack>
    </Card>
  );
}
