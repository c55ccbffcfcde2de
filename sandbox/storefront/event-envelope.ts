// What every event of a pixel is wrapped in: which one, when, in which browser and on which page.
import { eventContext, type PageFacts } from "./event-context.ts";

/** When, in which browser and on which page. `id` is the event's own. */
export type Moment = { id: string; at: Date; clientId: string; page: PageFacts; seq?: number };

/** What happened, before anybody says when and where: what a page of the shop knows of itself. */
export type Happening = { name: string; data: Record<string, unknown> };

/** The event as a pixel hears it. */
export function standardEvent({ name, data }: Happening, moment: Moment) {
  return { ...envelope(name, moment), data, type: "standard" as const };
}

/** An event that a theme or an app published with `Shopify.analytics.publish`. */
export function customEvent(name: string, customData: unknown, moment: Moment) {
  return { ...envelope(name, moment), customData, type: "custom" as const };
}

export type PixelEvent = ReturnType<typeof standardEvent> | ReturnType<typeof customEvent>;

function envelope(name: string, moment: Moment) {
  return {
    id: moment.id,
    name,
    clientId: moment.clientId,
    seq: moment.seq ?? 0,
    timestamp: moment.at.toISOString(),
    context: eventContext(moment.page),
  };
}
