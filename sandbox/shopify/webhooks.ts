// The sender of webhooks: signs, numbers, retries and, when asked, misbehaves as networks do.
import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { payloadErrors } from "./payload-schema.ts";
import { currentSubscriptions, type Subscriptions } from "./subscriptions.ts";

export type SendOptions = {
  /** Send the same event this many times more. Each is its own delivery of one event. */
  duplicates?: number;
  /** Wait before the first attempt. */
  delayMs?: number;
  /** Never send it at all. */
  drop?: boolean;
  /** Keep it until `release`. */
  hold?: boolean;
  signature?: "right" | "tampered" | "missing";
  /** Sign with another secret, such as the previous one. */
  secret?: string;
  /** Send exactly this text instead of the payload, signed, without looking at its shape. */
  rawBody?: string;
  /** Repeat a known delivery or event. */
  webhookId?: string;
  eventId?: string;
  triggeredAt?: Date;
};

export type Attempt = { at: string; status: number | "no answer" };
export type Delivery = {
  shop: string;
  topic: string;
  webhookId: string;
  eventId: string;
  triggeredAt: string;
  body: string;
  fate: "delivered" | "retrying" | "given up" | "dropped" | "held" | "app not installed";
  attempts: Attempt[];
};

export type SenderSettings = {
  appUrl: () => string;
  secret: string;
  now: () => Date;
  /** Whether the app is installed in a shop: an absent app hears only of its own end. */
  installed: (shop: string) => boolean;
  /** Waits between attempts; Shopify has 8 within 4 hours, this world is quicker. */
  retryAfterMs?: readonly number[];
  timeoutMs?: number;
  subscriptions?: () => Subscriptions;
};

const heardAfterUninstall = ["app/uninstalled", "shop/redact", "customers/redact", "customers/data_request"];
const fastRetries = [250, 500, 1000, 2000, 4000, 8000, 16000, 32000];
const remembered = 1000;

export type Sender = ReturnType<typeof webhookSender>;

/** One sender per world. */
export function webhookSender(settings: SenderSettings) {
  const subscriptions = settings.subscriptions ?? (() => currentSubscriptions());
  const deliveries: Delivery[] = [];
  const held: { delivery: Delivery; options: SendOptions }[] = [];
  const running = new Set<Promise<void>>();
  const stop = new AbortController();
  let nextOptions: { left: number; options: SendOptions } | undefined;

  /** Sends one event. Resolves after the first attempt of each delivery; retries go on behind. */
  async function send(shop: string, topic: string, payload: unknown, given: SendOptions = {}): Promise<Delivery[]> {
    const path = subscriptions().topics.get(topic);
    if (path === undefined) throw new Error(`The app is not subscribed to ${topic}, so Shopify would not send it`);
    const options = { ...takeNext(), ...given };
    if (options.rawBody === undefined) {
      const errors = payloadErrors(topic, payload);
      if (errors.length > 0) throw new Error(`Shopify would not send this as ${topic}: ${errors.slice(0, 5).join("; ")}`);
    }
    const event = {
      shop,
      topic,
      eventId: options.eventId ?? randomUUID(),
      triggeredAt: (options.triggeredAt ?? settings.now()).toISOString(),
      body: options.rawBody ?? JSON.stringify(payload),
    };
    const made: Delivery[] = [];
    for (let copy = 0; copy <= (options.duplicates ?? 0); copy += 1) {
      const webhookId = copy === 0 && options.webhookId ? options.webhookId : randomUUID();
      made.push({ ...event, webhookId, fate: "retrying", attempts: [] });
    }
    for (const delivery of made) {
      deliveries.push(delivery);
      if (deliveries.length > remembered) deliveries.shift();
      if (!settings.installed(shop) && !heardAfterUninstall.includes(topic)) delivery.fate = "app not installed";
      else if (options.drop) delivery.fate = "dropped";
      else if (options.hold) {
        delivery.fate = "held";
        held.push({ delivery, options });
      } else await deliver(delivery, path, options);
    }
    return made;
  }

  async function deliver(delivery: Delivery, path: string, options: SendOptions): Promise<void> {
    if (options.delayMs) await wait(options.delayMs);
    await attempt(delivery, path, options);
    if (delivery.fate !== "retrying") return;
    const rest = retry(delivery, path, options).finally(() => running.delete(rest));
    running.add(rest);
  }

  async function retry(delivery: Delivery, path: string, options: SendOptions): Promise<void> {
    for (const pause of settings.retryAfterMs ?? fastRetries) {
      try {
        await wait(pause, undefined, { signal: stop.signal, ref: false });
      } catch {
        return;
      }
      await attempt(delivery, path, options);
      if (delivery.fate !== "retrying") return;
    }
    delivery.fate = "given up";
  }

  async function attempt(delivery: Delivery, path: string, options: SendOptions): Promise<void> {
    const status = await post(`${settings.appUrl()}${path}`, delivery, options);
    delivery.attempts.push({ at: settings.now().toISOString(), status });
    // Only 2xx counts: Shopify follows no redirect.
    if (typeof status === "number" && status >= 200 && status < 300) delivery.fate = "delivered";
  }

  async function post(url: string, delivery: Delivery, options: SendOptions): Promise<Attempt["status"]> {
    const headers: Record<string, string> = {
      "Content-Type": "application/json",
      "User-Agent": "Shopify-Captain-Hook",
      "X-Shopify-Topic": delivery.topic,
      "X-Shopify-Shop-Domain": delivery.shop,
      "X-Shopify-API-Version": subscriptions().apiVersion,
      "X-Shopify-Webhook-Id": delivery.webhookId,
      "X-Shopify-Event-Id": delivery.eventId,
      "X-Shopify-Triggered-At": delivery.triggeredAt,
    };
    const kind = options.signature ?? "right";
    if (kind !== "missing") {
      const signed = kind === "tampered" ? `${delivery.body} ` : delivery.body;
      headers["X-Shopify-Hmac-Sha256"] = sign(signed, options.secret ?? settings.secret);
    }
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers,
        body: delivery.body,
        redirect: "manual",
        signal: AbortSignal.timeout(settings.timeoutMs ?? 5000),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return "no answer";
    }
  }

  function takeNext(): SendOptions {
    if (!nextOptions || nextOptions.left === 0) return {};
    nextOptions.left -= 1;
    return nextOptions.options;
  }

  return {
    send,
    deliveries: (): readonly Delivery[] => deliveries,
    /** Applies options to the next `count` events that this world sends by itself. */
    misbehave: (count: number, options: SendOptions) => {
      nextOptions = { left: count, options };
    },
    /** How many of the next events will still misbehave, and how many deliveries are kept back. */
    misbehaving: (): number => nextOptions?.left ?? 0,
    heldBack: (): number => held.length,
    /** Sends what was held, in the order given or the other way round. */
    release: async (order: "as sent" | "reversed" = "as sent"): Promise<Delivery[]> => {
      const list = held.splice(0);
      if (order === "reversed") list.reverse();
      for (const { delivery, options } of list) {
        delivery.fate = "retrying";
        await deliver(delivery, subscriptions().topics.get(delivery.topic) ?? "/webhooks", options);
      }
      return list.map(({ delivery }) => delivery);
    },
    /** Resolves when nothing is being retried any more. */
    settled: async (): Promise<void> => {
      while (running.size > 0) await Promise.all(running);
    },
    close: async (): Promise<void> => {
      stop.abort();
      await Promise.all(running);
    },
  };
}

/** base64 HMAC-SHA256 of the exact body. */
export function sign(body: string, secret: string): string {
  return createHmac("sha256", secret).update(body, "utf8").digest("base64");
}
