import { AutoSelection, BlockStack, Box, Combobox, Listbox, Text } from "@shopify/polaris";
import { useRef, type ReactNode } from "react";
import type { ShopChoice } from "./building.tsx";
import { Tags } from "./tags.tsx";
import { useEnter } from "./use-enter.ts";

type Props = {
  label: string;
  placeholder: string;
  help: string | undefined;
  error: string | undefined;
  /** Stands right of the field. */
  beside?: ReactNode;
  typed: string;
  onType: (text: string) => void;
  /** What was typed is left standing there. */
  onLeave?: () => void;
  options: ShopChoice[];
  /** What fits is still being looked for. */
  waiting?: boolean;
  /** What there is to say over the list, and instead of it. */
  title?: string | null;
  empty: string;
  chosen: string[];
  nameOf: (value: string) => string;
  onAdd: (one: ShopChoice) => void;
  onRemove: (value: string) => void;
};

/** A field to find things by their names, the list of those that are found, and those that were chosen, each a tag. */
export function Picker({
  label,
  placeholder,
  help,
  error,
  beside,
  typed,
  onLeave,
  options,
  waiting = false,
  title = null,
  empty,
  chosen,
  nameOf,
  onAdd,
  onRemove,
  ...more
}: Props) {
  const onType = (text: string) => {
    forget();
    more.onType(text);
  };
  const add = (one: ShopChoice) => {
    if (!chosen.includes(one.value)) onAdd(one);
    onType("");
  };
  const { onKeyDown, forget } = useEnter(!waiting, () => {
    const [first] = options;
    if (first !== undefined) add(first);
  });
  const pick = (value: string) => {
    const one = options.find((other) => other.value === value);
    if (chosen.includes(value)) onRemove(value);
    else if (one !== undefined) onAdd(one);
    if (one !== undefined && typed !== "") onType("");
  };
  return (
    <BlockStack gap="150">
      <div role="presentation" onKeyDown={onKeyDown}>
        <Combobox
          allowMultiple
          activator={
            <Combobox.TextField
              label={label}
              value={typed}
              onChange={onType}
              onBlur={onLeave}
              placeholder={placeholder}
              helpText={help}
              error={error}
              autoComplete="off"
              connectedRight={beside}
            />
          }
        >
          <Choices options={options} chosen={chosen} title={title} empty={empty} onPick={pick} />
        </Combobox>
      </div>
      <Text as="span" visuallyHidden>
        <span role="status">{typed === "" || waiting ? "" : options.length === 0 ? empty : title}</span>
      </Text>
      <Tags chosen={chosen} nameOf={nameOf} onRemove={onRemove} />
    </BlockStack>
  );
}

/** Says of the list that several may be chosen: Polaris has no word for it. */
const allowSeveral = (around: HTMLElement | null) => around?.querySelector('[role="listbox"]')?.setAttribute("aria-multiselectable", "true");

type ChoicesProps = { options: ShopChoice[]; chosen: string[]; title: string | null; empty: string; onPick: (value: string) => void };

/**
 * What there is to choose, or why there is nothing. Of the options of a list that takes several Polaris makes boxes to tick, each a control within another, which no
 * screen reader can make sense of; what it calls actions are options without.
 */
function Choices({ options, chosen, title, empty, onPick }: ChoicesProps) {
  // The field points at the place that was marked last, also when what lay there is found no more: what is said instead stands there.
  const marked = useRef(0);
  const mark = (value: string) => {
    marked.current = Math.max(options.map((one) => one.value).indexOf(value), 0);
  };
  return (
    <div ref={allowSeveral}>
      {title === null ? null : (
        <Box paddingInline="400" paddingBlock="100">
          <Text as="p" variant="headingSm" tone="subdued">
            {title}
          </Text>
        </Box>
      )}
      <Listbox autoSelection={AutoSelection.First} onSelect={onPick} onActiveOptionChange={mark}>
        {options.length === 0 ? (
          <Listbox.Action key={marked.current} value="" disabled>
            <Text as="span" tone="subdued">
              {empty}
            </Text>
          </Listbox.Action>
        ) : (
          options.map((one, place) => (
            <Listbox.Action key={place} value={one.value} selected={chosen.includes(one.value)} accessibilityLabel={one.label}>
              {one.label}
            </Listbox.Action>
          ))
        )}
      </Listbox>
    </div>
  );
}
