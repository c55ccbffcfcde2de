import type { SerializeFrom } from "@remix-run/node";
import type { OrderPath } from "#app/dashboard/order-path.server.ts";

/** The path of an order, as it arrives in the browser. */
export type PathData = SerializeFrom<OrderPath>;
