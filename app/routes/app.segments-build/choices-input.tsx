import { useState } from "react";
import { words } from "#app/components/words.ts";
import { Browse } from "./browse.tsx";
import { numberOf, useBuilding, type ShopChoice, type ShopChoices } from "./building.tsx";
import type { InputProps } from "./field-inputs.tsx";
import { Picker } from "./picker.tsx";
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

/** Of what came along, what the server would find, in its order: first those that begin with it. */
function among(first: ShopChoice[], sought: string): ShopChoice[] {
  const placeIn = ({ label }: ShopChoice) => label.toLowerCase().indexOf(sought.toLowerCase());
  return first.filter((one) => placeIn(one) >= 0 || one.value === sought).sort((a, b) => Number(placeIn(a) !== 0) - Number(placeIn(b) !== 0));
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
  const shown = found ?? among(first, sought);
  const options = waiting ? [] : [...shown, ...numbered(of, sought, shown)];
  // One that is gone, or was imported from another shop, has no name here.
  const nameOf = (one: string) => (of === "vendor" ? one : ((of === "product" ? names.products[one] : names.collections[one]) ?? one));
  const set = (next: string[]) => onChange(next.length === 0 ? undefined : next);
  const add = ({ value: picked, label: name }: ShopChoice) => {
    if (of !== "vendor") learn(of === "product" ? "products" : "collections", { [picked]: name });
    set([...chosen, picked]);
  };
  const empty = waiting ? say.finding : first.length > 0 ? say.noChoice(typed) : emptyWords(of, choices);
  return (
    <Picker
      {...{ label, typed, options, waiting, empty, chosen, nameOf, error }}
      placeholder={say.findChoice[of]}
      help={first.length > 0 ? help : empty}
      title={more || (typed === "" && !all) ? say.firstOfMany(shown.length) : null}
      beside={of === "vendor" ? undefined : <Browse of={of} chosen={chosen} onPick={set} />}
      onType={setTyped}
      onAdd={add}
      onRemove={(one) => set(chosen.filter((other) => other !== one))}
    />
  );
}
