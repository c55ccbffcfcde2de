import type { SerializeFrom } from "@remix-run/node";
import type { load } from "./load.server.ts";

/** What the loader hands to the screen, as it arrives in the browser. */
export type AudiencesData = SerializeFrom<typeof load>;
export type PlatformData = AudiencesData["platforms"][number];
export type AudienceData = PlatformData["audiences"][number];
