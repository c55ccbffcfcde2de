import { Box, Button, InlineStack, Text, useBreakpoints } from "@shopify/polaris";
import { useEffect } from "react";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import { idOf } from "./building.tsx";
import type { LookData } from "./data.ts";
import type { Steps } from "./use-steps.ts";

const say = words.builder;

/** So much of the screen's top the head may take: what is led or stepped to comes to lie below it. */
const height = "3.75rem";

/** The head of the rule, which stays in sight however long the rule is: what was done last is taken back here, or done again, and where the count stands below the rule, it stands here as well. */
export function RuleHead({ steps, look, current }: { steps: Steps; look: LookData | null; current: boolean }) {
  const format = useFormat();
  const { lgUp } = useBreakpoints();
  useEffect(() => {
    document.documentElement.style.scrollPaddingTop = height;
    return () => {
      document.documentElement.style.scrollPaddingTop = "";
    };
  }, []);
  const seen = look?.seen?.kind === "counted" ? look.seen : null;
  return (
    <div style={{ position: "sticky", top: 0, zIndex: "var(--p-z-index-1)" }}>
      <Box background="bg-surface" borderBlockEndWidth="025" borderColor="border-secondary" paddingInline="400" paddingBlock="300">
        <div style={{ minHeight: "1.75rem", display: "grid", alignItems: "center" }}>
          <InlineStack align="space-between" blockAlign="center" gap="200" wrap={false}>
            <Text as="h2" variant="headingMd">
              {say.ruleTitle}
            </Text>
            <InlineStack blockAlign="center" gap="300" wrap={false}>
              {lgUp || seen === null ? null : (
                <Text as="p" tone={current ? "base" : "subdued"} alignment="end" numeric>
                  {say.count(format.number(seen.count), format.number(seen.of))}
                </Text>
              )}
              {(["undo", "redo"] as const).map((which) => {
                const take = steps[which];
                return take === null ? null : (
                  <Button key={which} id={idOf[which]} onClick={take}>
                    {say[which]}
                  </Button>
                );
              })}
            </InlineStack>
          </InlineStack>
        </div>
      </Box>
    </div>
  );
}
