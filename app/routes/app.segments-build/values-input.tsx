import { BlockStack, Button, InlineStack, Select, Tag, TextField } from "@shopify/polaris";
import { useState } from "react";
import { words } from "#app/components/words.ts";
import type { Source } from "#app/segments/draft-fields.ts";
import { useBuilding } from "./building.tsx";
import type { InputProps } from "./field-inputs.tsx";

const say = words.builder;

function nameIn(code: string, type: "region" | "language"): string {
  try {
    return new Intl.DisplayNames("en", { type }).of(code) ?? code;
  } catch {
    return code;
  }
}

function nameOf(value: string, from: Source): string {
  if (from === "country") return nameIn(value, "region");
  return from === "language" ? nameIn(value, "language") : value;
}

/** As a set of this kind is written: countries in capitals, languages small. */
function written(text: string, from: Source): string {
  const trimmed = text.trim();
  if (from === "country") return trimmed.toUpperCase();
  return from === "language" ? trimmed.toLowerCase() : trimmed;
}

type Props = InputProps & { from: Source; optional: boolean };

/** Several values, each a tag, that are typed. */
export function ValuesInput({ label, help, value, error, onChange, from, optional }: Props) {
  const [typed, setTyped] = useState("");
  const chosen = Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
  const set = (next: string[]) => onChange(next.length === 0 && optional ? undefined : [...new Set(next)]);
  const add = () => {
    const next = written(typed, from);
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
      {chosen.length === 0 ? null : (
        <InlineStack gap="150" align="start">
          {chosen.map((one) => (
            <Tag key={one} onRemove={() => set(chosen.filter((other) => other !== one))} accessibilityLabel={nameOf(one, from)}>
              {nameOf(one, from)}
            </Tag>
          ))}
        </InlineStack>
      )}
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
