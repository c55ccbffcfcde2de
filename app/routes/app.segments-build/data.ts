import type { SerializeFrom } from "@remix-run/node";
import type { BuildReply } from "./act.server.ts";
import type { load } from "./load.server.ts";
import type { Look } from "./look.server.ts";

export type BuildData = SerializeFrom<Awaited<ReturnType<typeof load>>>;
export type LookData = SerializeFrom<Look>;
export type BuildAnswer = SerializeFrom<BuildReply>;
