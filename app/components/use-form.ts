import { useFetcher, useLocation } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { useEffect, useRef, useState } from "react";
import type { Reply } from "./reply.ts";
import { words } from "./words.ts";

/** Sends one intent to an action, says so when it worked, and hands back what was wrong when it did not. */
export function useIntent(action?: string) {
  const fetcher = useFetcher<Reply>();
  const shopify = useAppBridge();
  const { pathname } = useLocation();
  const told = useRef<unknown>(null);
  const reply = fetcher.data;
  useEffect(() => {
    if (fetcher.state !== "idle" || reply === undefined || reply === told.current) return;
    told.current = reply;
    if (reply.ok && reply.done !== null) shopify.toast.show(words.done[reply.done]);
  }, [fetcher.state, reply, shopify]);
  return {
    busy: fetcher.state !== "idle",
    intent: fetcher.formData?.get("intent") ?? null,
    reply,
    send: (intent: string, fields: Record<string, string | number | boolean> = {}) => {
      const form = new FormData();
      form.set("intent", intent);
      for (const [name, value] of Object.entries(fields)) form.set(name, String(value));
      fetcher.submit(form, { method: "post", action: action ?? pathname });
    },
  };
}

/** What is being typed, beside what is saved. When the saved changes, it wins. */
export function useDraft<Fields extends Record<string, unknown>>(saved: Fields) {
  const savedText = JSON.stringify(saved);
  const [draft, setDraft] = useState(saved);
  const [base, setBase] = useState(savedText);
  if (base !== savedText) {
    setBase(savedText);
    setDraft(saved);
  }
  return {
    draft,
    dirty: JSON.stringify(draft) !== savedText,
    set: <Name extends keyof Fields>(name: Name, value: Fields[Name]) => setDraft((before) => ({ ...before, [name]: value })),
    discard: () => setDraft(saved),
  };
}
