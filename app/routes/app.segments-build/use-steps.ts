import { useEffect, useRef, useState } from "react";
import type { Draft } from "#app/segments/draft.ts";
import { idOf, type Changing } from "./building.tsx";

/** So many steps can be taken back. */
const kept = 50;

/** Leads whoever works without a mouse to the first of these that is there; in what is new, to its first field. */
function leadTo(ids: string[]): void {
  const found = ids.map((id) => document.getElementById(id)).find((one) => one !== null);
  const target = found?.matches("button") === false ? found.querySelector<HTMLElement>("select, input, textarea") : found;
  target?.focus();
}

/** The steps in which a rule came to be as it stands, each of which can be taken back. */
export function useSteps(root: Draft, put: (root: Draft) => void) {
  const [before, setBefore] = useState<Draft[]>([]);
  const typedInto = useRef<string | undefined>(undefined);
  const next = useRef<string[]>([]);
  const takenBack = useRef(false);
  useEffect(() => {
    if (next.current.length > 0) leadTo(next.current);
    // What she was at may have gone along: a field that was added, or the button itself with the last step.
    else if (takenBack.current && document.activeElement === document.body) leadTo([idOf.undo, idOf.add([])]);
    next.current = [];
    takenBack.current = false;
  }, [root]);
  return {
    change: (how: (root: Draft) => Draft, changing: Changing = {}) => {
      const { field } = changing;
      if (field === undefined || field !== typedInto.current) setBefore((all) => [...all, root].slice(-kept));
      typedInto.current = field;
      next.current = changing.next ?? [];
      put(how(root));
    },
    undo:
      before.length === 0
        ? null
        : () => {
            typedInto.current = undefined;
            takenBack.current = true;
            setBefore((all) => all.slice(0, -1));
            put(before.at(-1) ?? root);
          },
    forget: () => {
      typedInto.current = undefined;
      setBefore([]);
    },
  };
}
