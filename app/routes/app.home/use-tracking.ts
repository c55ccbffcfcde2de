import type { SerializeFrom } from "@remix-run/node";
import { useFetcher } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { useEffect, useState } from "react";
import type { Embed } from "#app/dashboard/setup.ts";
import type { Tracking } from "#app/dashboard/tracking.server.ts";
import { embedOf } from "./embed.ts";

/** Asks how the shop's tracking stands once the screen is shown, and again whenever the merchant comes back to it, from the theme editor for one. */
export function useTracking() {
  const { load, data } = useFetcher<SerializeFrom<Tracking>>();
  const shopify = useAppBridge();
  const [embed, setEmbed] = useState<Embed>("asking");
  useEffect(() => {
    let gone = false;
    const ask = () => {
      if (document.visibilityState === "hidden") return;
      load("/app/tracking");
      // An admin that does not know this question leaves it open.
      void Promise.resolve()
        .then(() => shopify.app.extensions())
        .then(embedOf, () => "unknown" as const)
        .then((found) => {
          if (!gone) setEmbed(found);
        });
    };
    ask();
    document.addEventListener("visibilitychange", ask);
    return () => {
      gone = true;
      document.removeEventListener("visibilitychange", ask);
    };
  }, [load, shopify]);
  return { tracking: data ?? null, embed };
}
