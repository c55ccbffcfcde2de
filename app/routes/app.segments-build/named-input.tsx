import { useState } from "react";
import { words } from "#app/components/words.ts";
import type { InputProps } from "./field-inputs.tsx";
import { meantBy, nameOf, namedLike } from "./named.ts";
import { Picker } from "./picker.tsx";

const say = words.builder;

/** Several countries or languages, by their names. */
export function NamedInput({ label, help, value, error, onChange, of }: InputProps & { of: "country" | "language" }) {
  const [typed, setTyped] = useState("");
  // Until the field is left the list below it says that there is none.
  const [left, setLeft] = useState(false);
  const chosen = Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
  const found = namedLike(of, typed);
  const meant = meantBy(of, typed);
  const add = (one: string) => onChange([...new Set([...chosen, one])]);
  const leave = () => {
    // What was typed and not taken is no less meant, if it can mean but one. What is none stays, with what is wrong about it.
    if (meant !== null) add(meant);
    if (found.length > 0) setTyped("");
    setLeft(true);
  };
  const type = (text: string) => {
    setLeft(false);
    setTyped(text);
  };
  return (
    <Picker
      {...{ label, help, typed, chosen }}
      placeholder={say.findChoice[of]}
      error={found.length === 0 && left ? say.noChoice(typed) : error}
      options={found}
      empty={say.noChoice(typed)}
      nameOf={(one) => nameOf(of, one)}
      onType={type}
      onLeave={leave}
      onAdd={({ value: one }) => add(one)}
      onRemove={(one) => onChange(chosen.filter((other) => other !== one))}
    />
  );
}
