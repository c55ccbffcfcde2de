// What the page and the pixel's worker say to each other.
import type { PixelEvent } from "../event-envelope.ts";
import type { Processing } from "./customer-privacy.ts";

export type ToSandbox = {
  begin?: { settings: Record<string, string>; init: unknown };
  event?: PixelEvent;
  consent?: Processing;
  answer?: { id: number; value: unknown };
};

export type Ask = { id: number; place: "cookie" | "localStorage" | "sessionStorage"; act: "get" | "set" | "remove"; key: string; value?: string };
export type FromSandbox = { ready: true; ask?: never } | { ready?: never; ask: Ask };
