import { useNavigation, useSearchParams } from "@remix-run/react";
import { Box, Button, ButtonGroup, InlineStack } from "@shopify/polaris";
import { words } from "#app/components/words.ts";
import type { HomeData } from "./data.ts";

const keys = ["7", "30", "90", "all"] as const;

/** Which days the figures are about; kept in the address, so that it can be shared and gone back to. */
export function PeriodPicker({ current }: { current: HomeData["key"] }) {
  const [, setParams] = useSearchParams();
  const navigation = useNavigation();
  const asked = navigation.location === undefined ? null : new URLSearchParams(navigation.location.search).get("period");
  return (
    <Box paddingInline={{ xs: "400", sm: "0" }}>
      <InlineStack align="end">
        <div role="group" aria-label={words.home.periodLabel}>
          <ButtonGroup variant="segmented">
            {keys.map((key) => (
              <Button key={key} pressed={key === (asked ?? current)} onClick={() => setParams({ period: key }, { preventScrollReset: true })}>
                {words.home.periods[key]}
              </Button>
            ))}
          </ButtonGroup>
        </div>
      </InlineStack>
    </Box>
  );
}
