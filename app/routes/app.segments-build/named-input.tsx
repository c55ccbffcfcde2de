import { Autocomplete, BlockStack, InlineStack, Tag } from "@shopify/polaris";
import { useRef, useState, type KeyboardEvent } from "react";
import { words } from "#app/components/words.ts";
import type { InputProps } from "./field-inputs.tsx";
import { meantBy, nameOf, namedLike } from "./named.ts";

const say = words.builder;

/** Several countries or languages, by their names. */
export function NamedInput({ label, help, value, error, onChange, of }: InputProps & { of: "country" | "language" }) {
  const [typed, setTyped] = useState("");
  const chosen = Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
  const found = namedLike(of, typed);
  const meant = meantBy(of, typed);
  const others = found.filter((one) => !chosen.includes(one.value));
  const add = (values: string[]) => {
    onChange([...new Set([...chosen, ...values])]);
    moved.current = false;
    setTyped("");
  };
  // Enter takes what is marked in the list by the arrow keys, and else what fits best. The list's own idea of what is marked comes a little late: whoever types on quickly
  // would get what she typed, and what stood there before as well.
  const moved = useRef(false);
  const onKeyDown = ({ key, nativeEvent }: KeyboardEvent) => {
    if (key === "ArrowDown" || key === "ArrowUp") moved.current = true;
    if (key !== "Enter" || moved.current) return;
    nativeEvent.stopImmediatePropagation();
    const [first] = others;
    if (typed !== "" && first !== undefined) add([first.value]);
  };
  return (
    <BlockStack gap="150">
      <div role="presentation" onKeyDown={onKeyDown}>
        <Autocomplete
          options={others}
          selected={[]}
          onSelect={add}
          textField={
            <Autocomplete.TextField
              label={label}
              value={typed}
              onChange={(text) => {
                moved.current = false;
                setTyped(text);
              }}
              // What was typed and not taken is no less meant, if it can mean but one. What is none stays, with what is wrong about it.
              onBlur={() => (meant !== null ? add([meant]) : found.length > 0 && setTyped(""))}
              placeholder={say.findChoice[of]}
              helpText={help}
              error={found.length === 0 ? say.noChoice(typed) : error}
              autoComplete="off"
            />
          }
        />
      </div>
      {chosen.length === 0 ? null : (
        <InlineStack gap="150" align="start">
          {chosen.map((one) => (
            <Tag key={one} onRemove={() => onChange(chosen.filter((other) => other !== one))} accessibilityLabel={nameOf(of, one)}>
              {nameOf(of, one)}
            </Tag>
          ))}
        </InlineStack>
      )}
    </BlockStack>
  );
}
