import type { PixelApi } from "./shopify.ts";
import { start } from "./start.ts";

declare const shopify: { extend(point: "WebPixel::Render", run: (api: PixelApi) => void): void };

shopify.extend("WebPixel::Render", (api) =>
  start(api, { post: (url, request) => fetch(url, request), later: (work, milliseconds) => setTimeout(work, milliseconds) }),
);
