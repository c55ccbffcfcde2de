import type { SerializeFrom } from "@remix-run/node";
import type { OneReply } from "./act.server.ts";
import type { load } from "./load.server.ts";

export type SegmentData = SerializeFrom<Awaited<ReturnType<typeof load>>>;
export type OneAnswer = SerializeFrom<OneReply>;
