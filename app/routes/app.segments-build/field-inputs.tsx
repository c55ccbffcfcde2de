import { BlockStack, Checkbox, ChoiceList, InlineStack, Select, Text, TextField } from "@shopify/polaris";
import { useState } from "react";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import { toDecimal, toMinor } from "#app/lib/money.ts";
import { typedNumber, type Value } from "#app/segments/draft.ts";

const say = words.builder;

export type InputProps = { label: string; help?: string | undefined; value: Value; error: string | undefined; onChange: (value: Value) => void };

const textOf = (value: Value) => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");

export function NumberInput({ label, help, value, error, onChange }: InputProps) {
  return (
    <div style={{ width: "8rem" }}>
      <TextField
        label={label}
        type="text"
        inputMode="numeric"
        value={textOf(value)}
        onChange={(text) => onChange(typedNumber(text))}
        helpText={help}
        error={error}
        autoComplete="off"
      />
    </div>
  );
}

/** An amount in the shop's currency. What is no amount is kept as it was typed, and no rule accepts it. */
export function MoneyInput({ label, value, error, onChange }: InputProps) {
  const { currency } = useFormat();
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? (typeof value === "number" ? toDecimal(value, currency) : textOf(value));
  return (
    <div style={{ width: "10rem" }}>
      <TextField
        label={label}
        inputMode="decimal"
        suffix={currency}
        value={shown}
        onChange={(text) => {
          setTyped(text);
          onChange(text.trim() === "" ? undefined : (toMinor(text, currency) ?? text));
        }}
        onBlur={() => setTyped(null)}
        error={error}
        autoComplete="off"
      />
    </div>
  );
}

/** The lowest and the highest price; both empty: any price. */
export function PriceInput({ label, value, error, errorIn, onChange }: InputProps & { errorIn: (part: string) => string | undefined }) {
  const price = typeof value === "object" && !Array.isArray(value) ? value : {};
  const [low, high] = [errorIn("atLeast"), errorIn("atMost")];
  const set = (key: string, amount: Value) => {
    const { [key]: _before, ...rest } = price;
    const next = amount === undefined ? rest : { ...rest, [key]: amount };
    onChange(Object.keys(next).length === 0 ? undefined : next);
  };
  return (
    <div role="group" aria-label={label}>
      <InlineStack gap="300" align="start">
        <MoneyInput
          label={`${label}: ${say.atLeastPrice.toLowerCase()}`}
          value={price["atLeast"]}
          error={low ?? (high === undefined ? error : undefined)}
          onChange={(amount) => set("atLeast", amount)}
        />
        <MoneyInput label={`${label}: ${say.atMostPrice.toLowerCase()}`} value={price["atMost"]} error={high} onChange={(amount) => set("atMost", amount)} />
      </InlineStack>
    </div>
  );
}

/** One of a few. Its own type is kept: some are numbers. */
export function ChoiceInput({ label, help, value, error, onChange, name, options }: InputProps & { name: string; options: readonly (string | number)[] }) {
  return (
    <Select
      label={label}
      helpText={help}
      options={options.map((one) => ({ value: String(one), label: say.options[name]?.[one] ?? String(one) }))}
      value={textOf(value)}
      onChange={(text) => onChange(options.find((one) => String(one) === text) ?? text)}
      error={error}
    />
  );
}

/** Several of a few. Their own type is kept: scores are numbers. */
export function SetInput({
  label,
  help,
  value,
  error,
  onChange,
  labels,
  options,
  optional,
}: InputProps & { labels: Record<string, string>; options: readonly (string | number)[]; optional: boolean }) {
  const chosen = Array.isArray(value) ? value.map(textOf) : [];
  return (
    <BlockStack gap="100">
      <ChoiceList
        allowMultiple
        title={label}
        choices={options.map((one) => ({ value: String(one), label: labels[String(one)] ?? String(one) }))}
        selected={chosen}
        onChange={(selected: string[]) => {
          const next = options.filter((one) => selected.includes(String(one)));
          onChange(next.length === 0 && optional ? undefined : next);
        }}
        error={error}
      />
      {help === undefined ? null : (
        <Text as="p" tone="subdued">
          {help}
        </Text>
      )}
    </BlockStack>
  );
}

export function LengthInput({ label, value, error, onChange }: InputProps) {
  const length = typeof value === "object" && !Array.isArray(value) ? value : {};
  return (
    <TextField
      label={label}
      inputMode="numeric"
      value={textOf(length["amount"])}
      onChange={(text) => onChange({ unit: length["unit"] ?? "days", amount: typedNumber(text) })}
      error={error}
      autoComplete="off"
      connectedRight={
        <Select
          label={say.unitOf(label)}
          labelHidden
          options={["days", "hours"].map((unit) => ({ value: unit, label: say.options["unit"]?.[unit] ?? unit }))}
          value={textOf(length["unit"])}
          onChange={(unit) => onChange({ ...length, unit })}
        />
      }
    />
  );
}

export function DateInput({ label, value, error, onChange }: InputProps) {
  return (
    <TextField label={label} type="date" value={textOf(value)} onChange={(text) => onChange(text === "" ? undefined : text)} error={error} autoComplete="off" />
  );
}

export function FlagInput({ label, value, error, onChange }: InputProps) {
  return <Checkbox label={label} checked={value === true} onChange={onChange} error={error} />;
}
