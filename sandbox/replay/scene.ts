// A world with the product in it, as a replay needs it: over HTTP, so that the demo's and one's own are the same.
import { setTimeout as wait } from "node:timers/promises";

export type Scene = ReturnType<typeof sceneAt>;

type Logged = { host: string; path: string };

/** The world at an address. `app` wins over what the world says about where the product listens. */
export function sceneAt(worldUrl: string, app?: string) {
  const ask = async <Answer>(path: string, body?: unknown): Promise<Answer> => {
    const sent = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch(`${worldUrl}${path}`, { ...sent, signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(`The world said ${answer.status} to ${path}: ${(await answer.text()).slice(0, 200)}`);
    return (await answer.json()) as Answer;
  };
  const appUrl = async (): Promise<string> => app ?? (await ask<{ app: string }>("/health")).app;

  return {
    appUrl,
    /** Sets the world's clock. */
    setClock: async (at: Date): Promise<void> => void (await ask("/clock/api", { at: at.toISOString() })),

    /** Opens the app as the merchant does, which installs it, and waits until it knows the shop. */
    async install(shop: string): Promise<void> {
      const before = (await ask<Logged[]>("/log/api")).filter((one) => one.host === shop).length;
      const { shops } = await ask<{ shops: { domain: string; installed: boolean }[] }>("/shopify/control/state");
      const fresh = shops.find((one) => one.domain === shop)?.installed !== true;
      const launch = new URL((await ask<{ url: string }>("/shopify/control/install-url", { shop })).url);
      const page = new URL(launch.pathname + launch.search, await appUrl());
      const answer = await fetch(page, {
        headers: { "user-agent": "Mozilla/5.0 (X11; Linux x64) Sandbox", accept: "text/html" },
        redirect: "manual",
        signal: AbortSignal.timeout(30_000),
      });
      await answer.body?.cancel();
      if (answer.status >= 400) throw new Error(`The app answered ${answer.status} when it was opened for ${shop}`);
      if (!fresh) return;
      // Token first, then the question who the shop is: only then is its currency known.
      for (let attempt = 0; attempt < 200; attempt += 1) {
        const calls = (await ask<Logged[]>("/log/api")).filter((one) => one.host === shop).slice(before);
        if (calls.some((one) => one.path.endsWith("/graphql.json"))) return void (await wait(250));
        await wait(100);
      }
      throw new Error(`The app was opened for ${shop}, but did not ask who it is`);
    },

    /** Waits until the product has read every event. Resolves to false when it has not within `mostMs`. */
    async settled(mostMs: number): Promise<boolean> {
      for (const until = performance.now() + mostMs; performance.now() < until; await wait(500)) {
        const answer = await fetch(`${await appUrl()}/health`, { signal: AbortSignal.timeout(30_000) });
        const { waiting } = (await answer.json()) as { waiting?: { shopsWithUnreadEvents: number } };
        if (waiting?.shopsWithUnreadEvents === 0) return true;
      }
      return false;
    },
  };
}

/** Whether a world listens at an address. */
export async function worldListens(worldUrl: string): Promise<boolean> {
  try {
    const answer = await fetch(`${worldUrl}/clock/api`, { signal: AbortSignal.timeout(2_000) });
    return answer.ok && typeof ((await answer.json()) as { offsetMs?: unknown }).offsetMs === "number";
  } catch {
    return false;
  }
}
