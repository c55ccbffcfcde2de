import { Autocomplete, BlockStack, InlineStack, Tag } from "@shopify/polaris";
import { useState } from "react";
import { words } from "#app/components/words.ts";
import { Browse } from "./browse.tsx";
import { numberOf, useBuilding, type ShopChoice, type ShopChoices } from "./building.tsx";
import type { InputProps } from "./field-inputs.tsx";
import { useFind } from "./use-find.ts";

const say = words.builder;

type Props = InputProps & { of: "product" | "collection" | "vendor" };

/** What was typed, or the number in it: who knows no name may give Shopify's number, alone or out of an address. */
const soughtIn = (of: Props["of"], typed: string): string => (of === "vendor" ? typed.trim() : numberOf(typed.trim()));

/** A number that nothing known has may be meant all the same. */
function numbered(of: Props["of"], sought: string, shown: ShopChoice[]): ShopChoice[] {
  const unknown = of !== "vendor" && /^\d{4,}$/.test(sought) && !shown.some((one) => one.value === sought);
  return unknown ? [{ value: sought, label: say.byNumber(sought) }] : [];
}

const emptyWords = (of: Props["of"], { listed }: ShopChoices): string =>
  of === "vendor" ? say.noVendors : of === "product" ? say.noProducts : listed ? say.noCollections : say.collectionsComing;

/** Several of the shop's own products, collections or vendors, by their names. What it has too many of to send along is looked for as it is typed. */
export function ChoicesInput({ label, help, value, error, onChange, of }: Props) {
  const { choices, names, learn } = useBuilding();
  const [typed, setTyped] = useState("");
  const { first, all } = choices[of];
  const sought = soughtIn(of, typed);
  const { found, more, waiting } = useFind(of, sought, !all);
  const chosen = Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
  const local = first.filter((one) => one.label.toLowerCase().includes(sought.toLowerCase()) || one.value === sought);
  const shown = found ?? local;
  // One that is gone, or was imported from another shop, has no name here.
  const nameOf = (one: string) => (of === "vendor" ? one : ((of === "product" ? names.products[one] : names.collections[one]) ?? one));
  const set = (next: string[]) => onChange(next.length === 0 ? undefined : next);
  const pick = (next: string[]) => {
    const named = Object.fromEntries(shown.filter((one) => next.includes(one.value)).map((one) => [one.value, one.label]));
    if (of !== "vendor") learn(of === "product" ? "products" : "collections", named);
    set(next);
    setTyped("");
  };
  const empty = first.length > 0 ? say.noChoice(typed) : emptyWords(of, choices);
  return (
    <BlockStack gap="150">
      <Autocomplete
        allowMultiple
        options={[...shown, ...numbered(of, sought, shown)]}
        selected={chosen}
        onSelect={pick}
        loading={waiting}
        {...(more || (typed === "" && !all) ? { listTitle: say.firstOfMany(shown.length) } : {})}
        emptyState={<div style={{ padding: "var(--p-space-200)" }}>{empty}</div>}
        textField={
          <Autocomplete.TextField
            label={label}
            value={typed}
            onChange={setTyped}
            placeholder={say.findChoice[of]}
            helpText={first.length > 0 ? help : empty}
            error={error}
            autoComplete="off"
            connectedRight={of === "vendor" ? undefined : <Browse of={of} chosen={chosen} onPick={set} />}
          />
        }
      />
      {chosen.length === 0 ? null : (
        <InlineStack gap="150" align="start">
          {chosen.map((one) => (
            <Tag key={one} onRemove={() => set(chosen.filter((other) => other !== one))} accessibilityLabel={nameOf(one)}>
              {nameOf(one)}
            </Tag>
          ))}
        </InlineStack>
      )}
    </BlockStack>
  );
}
