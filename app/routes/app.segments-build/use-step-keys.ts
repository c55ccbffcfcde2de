import { useEffect, useRef } from "react";
import type { Steps } from "./use-steps.ts";

/** Where something is typed the browser takes back what was typed. */
const typedInto = 'textarea, [contenteditable], input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"])';

/** What a key means: Ctrl+Z takes back, Ctrl+Shift+Z and Ctrl+Y do again; on a Mac with ⌘. */
function meant({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): keyof Steps | null {
  if (!(ctrlKey || metaKey) || altKey) return null;
  const letter = key.toLowerCase();
  if (letter === "z") return shiftKey ? "redo" : "undo";
  return letter === "y" && ctrlKey && !shiftKey ? "redo" : null;
}

/** The keys that take back what was done last, and do it again, unless what has the focus has something to take back of its own. */
export function useStepKeys(steps: Steps | null): void {
  const latest = useRef(steps);
  useEffect(() => {
    latest.current = steps;
  }, [steps]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const step = meant(event);
      const take = step === null ? null : latest.current?.[step];
      const { target } = event;
      if (!take || (target instanceof Element && target.closest(typedInto) !== null)) return;
      event.preventDefault();
      take();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
