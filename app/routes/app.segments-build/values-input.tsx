import { BlockStack, Button, Select, TextField } from "@shopify/polaris";
import { useState } from "react";
import { words } from "#app/components/words.ts";
import { useBuilding } from "./building.tsx";
import type { InputProps } from "./field-inputs.tsx";
import { Tags } from "./tags.tsx";

const say = words.builder;

/** Several values, each a tag, that are typed. */
export function ValuesInput({ label, help, value, error, onChange }: InputProps) {
  const [typed, setTyped] = useState("");
  const chosen = Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
  const set = (next: string[]) => onChange(next.length === 0 ? undefined : [...new Set(next)]);
  const add = () => {
    const next = typed.trim();
    setTyped("");
    if (next !== "") set([...chosen, next]);
  };
  return (
    <BlockStack gap="150">
      <div
        role="presentation"
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          add();
        }}
      >
        <TextField
          label={label}
          value={typed}
          onChange={setTyped}
          // What was typed and not added is no less meant.
          onBlur={add}
          helpText={help}
          error={error}
          autoComplete="off"
          connectedRight={
            <Button onClick={add} accessibilityLabel={say.addTo(label)}>
              {say.add}
            </Button>
          }
        />
      </div>
      <Tags chosen={chosen} onRemove={(one) => set(chosen.filter((other) => other !== one))} />
    </BlockStack>
  );
}

/** One of the other segments. */
export function SegmentInput({ label, value, error, onChange }: InputProps) {
  const { names } = useBuilding();
  const current = typeof value === "string" ? value : "";
  const known = Object.entries(names.segments).map(([key, name]) => ({ value: key, label: name }));
  const options = current === "" || current in names.segments ? known : [...known, { value: current, label: current }];
  return (
    <Select label={label} options={options} value={current} onChange={onChange} error={error} {...(current === "" ? { placeholder: say.chooseSegment } : {})} />
  );
}
