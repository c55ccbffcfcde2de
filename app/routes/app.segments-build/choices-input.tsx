import { Autocomplete, BlockStack, InlineStack, Tag } from "@shopify/polaris";
import { useState } from "react";
import { words } from "#app/components/words.ts";
import { useBuilding, type ShopChoices } from "./building.tsx";
import type { InputProps } from "./field-inputs.tsx";

const say = words.builder;

type Props = InputProps & { of: "collection" | "vendor" };

function optionsOf(of: Props["of"], choices: ShopChoices): { value: string; label: string }[] {
  return of === "vendor"
    ? choices.vendors.map((one) => ({ value: one, label: one }))
    : choices.collections.map(({ id, title }) => ({ value: id, label: title }));
}

/** Several of the shop's own collections or vendors, by their names. */
export function ChoicesInput({ label, help, value, error, onChange, of }: Props) {
  const { choices, names } = useBuilding();
  const [typed, setTyped] = useState("");
  const chosen = Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
  const all = optionsOf(of, choices);
  const shown = all.filter((one) => one.label.toLowerCase().includes(typed.trim().toLowerCase()));
  // One that is gone, or was imported from another shop, has no name here.
  const nameOf = (one: string) => (of === "collection" ? (names.collections[one] ?? one) : one);
  const set = (next: string[]) => onChange(next.length === 0 ? undefined : next);
  const empty = all.length > 0 ? say.noChoice(typed) : of === "vendor" ? say.noVendors : choices.collectionsListed ? say.noCollections : say.collectionsComing;
  return (
    <BlockStack gap="150">
      <Autocomplete
        allowMultiple
        options={shown}
        selected={chosen}
        onSelect={(next) => {
          set(next);
          setTyped("");
        }}
        emptyState={<div style={{ padding: "var(--p-space-200)" }}>{empty}</div>}
        textField={
          <Autocomplete.TextField
            label={label}
            value={typed}
            onChange={setTyped}
            placeholder={say.findChoice[of]}
            helpText={all.length > 0 ? help : empty}
            error={error}
            autoComplete="off"
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
