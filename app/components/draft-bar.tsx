import { useBlocker } from "@remix-run/react";
import { SaveBar, useAppBridge } from "@shopify/app-bridge-react";
import { useEffect } from "react";
import { words } from "./words.ts";

type Props = { id: string; dirty: boolean; saving: boolean; onSave: () => void; onDiscard: () => void };

/** The admin's own save bar, which also asks before somebody leaves with unsaved changes. */
export function DraftBar({ id, dirty, saving, onSave, onDiscard }: Props) {
  const shopify = useAppBridge();
  const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname);
  const { state, location } = blocker;
  useEffect(() => {
    if (state !== "blocked") return;
    let current = true;
    // Resolves only when the merchant agrees to lose what she typed.
    void shopify.saveBar.leaveConfirmation().then(() => current && blocker.proceed?.());
    return () => {
      current = false;
    };
  }, [state, location, blocker, shopify]);
  return (
    <SaveBar id={id} open={dirty}>
      <button type="button" variant="primary" {...(saving ? { loading: "" } : {})} onClick={onSave}>
        {words.action.save}
      </button>
      <button type="button" onClick={onDiscard}>
        {words.action.discard}
      </button>
    </SaveBar>
  );
}
