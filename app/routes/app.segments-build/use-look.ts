import { useFetcher, useLocation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { Draft } from "#app/segments/draft.ts";
import { noFigures } from "#app/segments/figures.ts";
import type { BuildAnswer, LookData } from "./data.ts";

const pause = 350;

/** What the server says of a rule a moment after the typing stops. An answer to something else than what stands there now is not shown. */
export function useLook(root: Draft, loaded: LookData | null) {
  const fetcher = useFetcher<BuildAnswer>({ key: "look" });
  const text = JSON.stringify({ version: 1, match: root });
  const first = useRef(text);
  const asked = useRef(text);
  const number = useRef(0);
  const last = useRef(loaded);
  // They do not hang on what is typed, and stay while it cannot be read.
  const figures = useRef(loaded?.figures ?? noFigures);
  const { submit } = fetcher;
  const { pathname } = useLocation();
  useEffect(() => {
    if (asked.current === text) return;
    const timer = setTimeout(() => {
      asked.current = text;
      number.current += 1;
      submit({ intent: "look", rule: text, asked: String(number.current) }, { method: "post", action: pathname });
    }, pause);
    return () => clearTimeout(timer);
  }, [text, submit, pathname]);
  const answer = fetcher.data?.look;
  if (answer?.asked === String(number.current)) {
    last.current = answer;
    if (answer.problems.length === 0) figures.current = answer.figures;
  }
  return {
    look: last.current,
    figures: figures.current,
    /** Whether what is shown belongs to what stands there. */
    current: first.current === text ? asked.current === text : asked.current === text && answer?.asked === String(number.current),
    waiting: fetcher.state !== "idle" || asked.current !== text,
  };
}
