import { useAppBridge } from "@shopify/app-bridge-react";
import { BlockStack, Button, InlineStack, Select, Tag, TextField } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { words } from "#app/components/words.ts";
import type { Source } from "#app/segments/draft-fields.ts";
import { useBuilding, type ShopNames } from "./building.tsx";
import type { InputProps } from "./field-inputs.tsx";

const say = words.builder;

/** Shopify's own number, out of how its pickers write it. */
const numberOf = (gid: string) => gid.split("/").at(-1) ?? gid;

function nameIn(code: string, type: "region" | "language"): string {
  try {
    return new Intl.DisplayNames("en", { type }).of(code) ?? code;
  } catch {
    return code;
  }
}

function nameOf(value: string, from: Source, names: ShopNames): string {
  if (from === "product") return names.products[value] ?? value;
  if (from === "collection") return names.collections[value] ?? value;
  if (from === "country") return nameIn(value, "region");
  return from === "language" ? nameIn(value, "language") : value;
}

/** As a set of this kind is written: countries in capitals, languages small, numbers without Shopify's address around them. */
function written(text: string, from: Source): string {
  const trimmed = text.trim();
  if (from === "country") return trimmed.toUpperCase();
  if (from === "language") return trimmed.toLowerCase();
  return from === "product" || from === "collection" ? numberOf(trimmed) : trimmed;
}

type Props = InputProps & { from: Source; optional: boolean };

/** Several values, each a tag: picked in Shopify's own window where there is one, or typed. */
export function ValuesInput({ label, help, value, error, onChange, from, optional }: Props) {
  const { names } = useBuilding();
  const [typed, setTyped] = useState("");
  const chosen = Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
  const set = (next: string[]) => onChange(next.length === 0 && optional ? undefined : [...new Set(next)]);
  const add = () => {
    const next = written(typed, from);
    setTyped("");
    if (next !== "") set([...chosen, next]);
  };
  const picks = from === "product" || from === "collection";
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
          placeholder={picks ? say.byId : undefined}
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
            <Tag key={one} onRemove={() => set(chosen.filter((other) => other !== one))} accessibilityLabel={nameOf(one, from, names)}>
              {nameOf(one, from, names)}
            </Tag>
          ))}
        </InlineStack>
      )}
      {picks ? <Picker from={from} chosen={chosen} onPick={set} /> : null}
    </BlockStack>
  );
}

/** Shopify's own window for products and collections; absent where App Bridge has none. */
function Picker({ from, chosen, onPick }: { from: "product" | "collection"; chosen: string[]; onPick: (ids: string[]) => void }) {
  const shopify = useAppBridge();
  const { learn } = useBuilding();
  const [has, setHas] = useState(false);
  // Only the browser knows what App Bridge can do.
  useEffect(() => setHas(typeof shopify.resourcePicker === "function"), [shopify]);
  if (!has) return null;
  const open = async () => {
    const kind = from === "product" ? "Product" : "Collection";
    // Its type hangs on the kind that is asked for; both kinds have these two. Undefined: closed without a choice.
    const picked = (await shopify.resourcePicker({
      ...{ type: from, multiple: true, action: "select" },
      ...(from === "product" ? { filter: { variants: false } } : {}),
      selectionIds: chosen.map((id) => ({ id: `gid://shopify/${kind}/${id}` })),
    })) as { id: string; title: string }[] | undefined;
    if (picked === undefined) return;
    learn(from === "product" ? "products" : "collections", Object.fromEntries(picked.map(({ id, title }) => [numberOf(id), title])));
    onPick(picked.map(({ id }) => numberOf(id)));
  };
  // Where it cannot be opened, numbers are typed.
  const tryToOpen = () => void open().catch(() => setHas(false));
  return (
    <InlineStack align="start">
      <Button onClick={tryToOpen}>{say.pick[from]}</Button>
    </InlineStack>
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
