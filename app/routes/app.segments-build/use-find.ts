import { useFetcher, useLocation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { ShopChoice } from "./building.tsx";
import type { BuildAnswer } from "./data.ts";

const pause = 250;

/** What the shop has of a kind whose name holds what was typed, a moment after the typing stops. An answer to something else than what stands there now is not shown. */
export function useFind(of: "product" | "collection" | "vendor", sought: string, wanted: boolean) {
  const fetcher = useFetcher<BuildAnswer>();
  const { pathname } = useLocation();
  const { submit } = fetcher;
  const text = wanted ? sought : "";
  const asked = useRef("");
  useEffect(() => {
    if (text === "" || asked.current === text) return;
    const timer = setTimeout(() => {
      asked.current = text;
      submit({ intent: "find", of, text }, { method: "post", action: pathname });
    }, pause);
    return () => clearTimeout(timer);
  }, [text, of, submit, pathname]);
  const answer = fetcher.data?.choices;
  const current = text !== "" && answer?.text === text;
  return { found: current ? (answer.found as ShopChoice[]) : null, more: current && answer.more, waiting: text !== "" && !current };
}
