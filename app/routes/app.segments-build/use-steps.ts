import { useEffect, useRef, useState } from "react";
import type { Draft } from "#app/segments/draft.ts";
import { idOf, type Changing } from "./building.tsx";

/** So many steps can be taken back. */
const kept = 50;

/** Takes back what was done last, and does again what was taken back; null where there is nothing of it. */
export type Steps = { undo: (() => void) | null; redo: (() => void) | null };

/** Leads whoever works without a mouse to the first of these that is there; in what is new, to its first field. */
function leadTo(ids: string[]): void {
  const found = ids.map((id) => document.getElementById(id)).find((one) => one !== null);
  const target = found?.matches("button") === false ? found.querySelector<HTMLElement>("select, input, textarea") : found;
  target?.focus();
}

/** The steps in which a rule came to be as it stands, each of which can be taken back, and done again until something else is done. */
export function useSteps(root: Draft, put: (root: Draft) => void) {
  const [before, setBefore] = useState<Draft[]>([]);
  const [after, setAfter] = useState<Draft[]>([]);
  const typedInto = useRef<string | undefined>(undefined);
  const next = useRef<string[]>([]);
  const stepped = useRef<keyof Steps | null>(null);
  useEffect(() => {
    if (next.current.length > 0) leadTo(next.current);
    // What she was at may have gone along: a field that was added, or the button itself with the last step.
    else if (stepped.current !== null && document.activeElement === document.body) leadTo([idOf[stepped.current], idOf.add([])]);
    next.current = [];
    stepped.current = null;
  }, [root]);
  /** Goes to the newest on one side, and leaves what stands on the other. */
  const step = (which: keyof Steps): (() => void) | null => {
    const [from, setFrom, setOther] = which === "undo" ? [before, setBefore, setAfter] : [after, setAfter, setBefore];
    const to = from.at(-1);
    if (to === undefined) return null;
    return () => {
      typedInto.current = undefined;
      stepped.current = which;
      setFrom((all) => all.slice(0, -1));
      setOther((all) => [...all, root]);
      put(to);
    };
  };
  const steps: Steps = { undo: step("undo"), redo: step("redo") };
  return {
    steps,
    change: (how: (root: Draft) => Draft, changing: Changing = {}) => {
      const { field } = changing;
      if (field === undefined || field !== typedInto.current) setBefore((all) => [...all, root].slice(-kept));
      setAfter([]);
      typedInto.current = field;
      next.current = changing.next ?? [];
      put(how(root));
    },
    forget: () => {
      typedInto.current = undefined;
      setBefore([]);
      setAfter([]);
    },
  };
}
