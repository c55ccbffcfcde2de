import type { SerializeFrom } from "@remix-run/node";
import type { load } from "./load.server.ts";

export type SegmentsData = SerializeFrom<Awaited<ReturnType<typeof load>>>;
