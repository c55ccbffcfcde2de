import { useEffect, useRef, useState, type KeyboardEvent } from "react";

/**
 * What Enter takes in a field over a list: what the arrow keys have marked there, and else what fits best (`take`). The list's own idea of what is marked comes a little
 * late: whoever types on quickly would get what stood there before. `known` false: what fits is still being looked for, and is taken once it is known.
 */
export function useEnter(known: boolean, take: () => void) {
  const moved = useRef(false);
  const [entered, setEntered] = useState(false);
  useEffect(() => {
    if (!entered || !known) return;
    setEntered(false);
    take();
  }, [entered, known, take]);
  return {
    onKeyDown: ({ key, target, nativeEvent }: KeyboardEvent) => {
      if (!(target instanceof HTMLInputElement)) return;
      if (key === "ArrowDown" || key === "ArrowUp") moved.current = true;
      if (key !== "Enter" || moved.current) return;
      nativeEvent.stopImmediatePropagation();
      setEntered(target.value.trim() !== "");
    },
    /** Something else stands in the field now. */
    forget: () => {
      moved.current = false;
      setEntered(false);
    },
  };
}
