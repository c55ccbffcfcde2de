// The strict sandbox of a pixel: a worker without a document, in which only what Shopify names is left. The pixel's own code follows this in the same script.
import type { PixelEvent } from "../event-envelope.ts";
import type { Ask, FromSandbox, ToSandbox } from "./sandbox-messages.ts";

type Callback = (event: unknown) => unknown;
type Run = (api: Record<string, unknown>) => void;

const scope = self as unknown as Record<string, unknown> & {
  postMessage: (message: FromSandbox) => void;
  addEventListener: (type: "message", listen: (event: { data: ToSandbox }) => void) => void;
};
const tell = scope.postMessage.bind(scope);
const listen = scope.addEventListener.bind(scope);

const subscribers: [name: string, callback: Callback][] = [];
const consentSubscribers: Callback[] = [];
const answers = new Map<number, (value: unknown) => void>();
let asked = 0;
let run: Run | null = null;

/** A pixel's mistake is its own: the next subscriber still hears. */
function call(callback: Callback, event: unknown): void {
  try {
    Promise.resolve(callback(event)).catch((error: unknown) => console.error("the pixel failed:", error));
  } catch (error) {
    console.error("the pixel failed:", error);
  }
}

const groups: Record<string, (event: PixelEvent) => boolean> = {
  all_events: () => true,
  all_standard_events: (event) => event.type === "standard",
  all_custom_events: (event) => event.type === "custom",
};

function hear(event: PixelEvent): void {
  for (const [name, callback] of subscribers) if (name === event.name || groups[name]?.(event)) call(callback, event);
}

const ask = (place: Ask["place"], act: Ask["act"], key: string, value?: string): Promise<unknown> =>
  new Promise((answer) => {
    asked += 1;
    answers.set(asked, answer);
    tell({ ask: { id: asked, place, act, key: String(key), ...(value !== undefined && { value: String(value) }) } });
  });

const storage = (place: "localStorage" | "sessionStorage") => ({
  getItem: (key: string) => ask(place, "get", key),
  setItem: (key: string, value: string) => ask(place, "set", key, value),
  removeItem: (key: string) => ask(place, "remove", key),
});

const browser = {
  cookie: {
    get: (name: string) => ask("cookie", "get", name),
    // Both ways of Shopify's: a name and a value, or one cookie as a string.
    set: (name: string, value?: string) => {
      const [key = "", ...rest] = name.split(";")[0]?.split("=") ?? [];
      return value === undefined ? ask("cookie", "set", key, rest.join("=")) : ask("cookie", "set", name, value);
    },
  },
  localStorage: storage("localStorage"),
  sessionStorage: storage("sessionStorage"),
};

scope["shopify"] = {
  extend(point: unknown, callback: unknown) {
    if (point !== "WebPixel::Render" || typeof callback !== "function") throw new Error(`A web pixel extends WebPixel::Render, not ${String(point)}`);
    run = callback as Run;
  },
};

listen("message", ({ data }) => {
  if (data.begin) {
    if (!run) throw new Error("The pixel did not extend WebPixel::Render");
    run({
      analytics: {
        subscribe: (name: string, callback: Callback) => {
          subscribers.push([name, callback]);
          return Promise.resolve();
        },
      },
      browser,
      init: data.begin.init,
      settings: data.begin.settings,
      customerPrivacy: {
        subscribe: (name: string, callback: Callback) => {
          if (name !== "visitorConsentCollected") throw new Error(`There is no privacy event ${name}`);
          consentSubscribers.push(callback);
        },
      },
      _pixelInfo: { type: "APP", runtimeContext: "STRICT", surface: "storefront" },
    });
    tell({ ready: true });
  }
  if (data.event) hear(data.event);
  if (data.consent) for (const callback of consentSubscribers) call(callback, { customerPrivacy: data.consent });
  if (data.answer) {
    answers.get(data.answer.id)?.(data.answer.value);
    answers.delete(data.answer.id);
  }
});

// What a worker has and the strict sandbox has not.
const taken = [
  "importScripts",
  "XMLHttpRequest",
  "WebSocket",
  "EventSource",
  "BroadcastChannel",
  "indexedDB",
  "caches",
  "Worker",
  "postMessage",
  "location",
  "onmessage",
];
for (const name of taken) {
  try {
    Object.defineProperty(scope, name, { value: undefined, configurable: false, writable: false });
  } catch {
    // A browser that keeps this one for itself.
  }
}
