import { useFetcher, useLocation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { Rendered } from "#app/messages/content.ts";
import type { StepReply } from "./act.server.ts";
import type { StepDraft } from "./editing.server.ts";

const pause = 350;

/** The mail as it would be sent, drawn anew by the server a moment after the typing stops. */
export function usePreview(draft: StepDraft, loaded: Rendered | null) {
  const fetcher = useFetcher<StepReply>({ key: "preview" });
  const text = JSON.stringify(draft);
  const shown = useRef(text);
  const last = useRef(loaded);
  const { submit } = fetcher;
  const { pathname } = useLocation();
  useEffect(() => {
    if (shown.current === text) return;
    const timer = setTimeout(() => {
      shown.current = text;
      const form = new FormData();
      form.set("intent", "preview");
      for (const [name, value] of Object.entries(JSON.parse(text) as StepDraft)) form.set(name, String(value));
      submit(form, { method: "post", action: pathname });
    }, pause);
    return () => clearTimeout(timer);
  }, [text, submit, pathname]);
  const reply = fetcher.data;
  if (reply?.preview !== undefined) last.current = reply.preview;
  return {
    rendered: last.current,
    waiting: fetcher.state !== "idle",
    asked: reply !== undefined,
    errors: reply !== undefined && !reply.ok ? reply.errors : {},
  };
}
