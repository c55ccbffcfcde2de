import { useEffect, useState } from "react";

const storageKey = "comeback.setup-dismissed";

/** Whether the finished guide was put away. Storage can be forbidden in a frame of another site: then it simply stays until the next visit. */
export function useDismissed(): [boolean, () => void] {
  const [dismissed, setDismissed] = useState(false);
  useEffect(() => {
    try {
      setDismissed(window.localStorage.getItem(storageKey) !== null);
    } catch {
      // Nothing to do: see above.
    }
  }, []);
  return [
    dismissed,
    () => {
      setDismissed(true);
      try {
        window.localStorage.setItem(storageKey, "yes");
      } catch {
        // Nothing to do: see above.
      }
    },
  ];
}
