// The only sender: batches, silent, and never before it is allowed.
import type { WireEvent } from "./payload.ts";
import type { Consent } from "./shopify.ts";

type World = {
  post: (url: string, request: { method: "POST"; keepalive: true; headers: Record<string, string>; body: string }) => Promise<unknown>;
  later: (work: () => void, milliseconds: number) => unknown;
};

/** At most this many in one request; the door takes 50. */
const perRequest = 20;
/** Held while she has not decided; what comes first is kept, because it says how she came. */
const heldAtMost = 40;
/** What a page tells when it opens leaves together; not longer, because the worker ends with its page and takes along what still waits. */
const gatherFor = 50;

/** Whether both what we count and what we bring back is allowed. What was not said is not allowed. */
export function allows(consent: Consent | null | undefined): boolean {
  return consent?.analyticsProcessingAllowed === true && consent.marketingAllowed === true;
}

/** Makes the sender. Events wait for consent in memory alone; a refusal throws them away. */
export function sender(to: { endpoint: string; shop: string; key: string }, allowed: boolean, world: World) {
  let open = allowed;
  let waiting: WireEvent[] = [];
  let due = false;

  function flush(): void {
    due = false;
    while (open && waiting.length > 0) {
      const body = JSON.stringify({ shop: to.shop, key: to.key, events: waiting.splice(0, perRequest) });
      // text/plain spares the browser a preflight; whatever goes wrong stays here.
      try {
        void world.post(to.endpoint, { method: "POST", keepalive: true, headers: { "content-type": "text/plain" }, body }).catch(() => undefined);
      } catch {
        // A shop's page never learns of our trouble.
      }
    }
  }

  function soon(): void {
    if (!open || due || waiting.length === 0) return;
    due = true;
    world.later(flush, gatherFor);
  }

  return {
    /** `last`: the page is about to go, so nothing is gathered any more. */
    add(events: WireEvent[], last = false): void {
      for (const event of events) if (waiting.length < heldAtMost) waiting.push(event);
      if (last) flush();
      else soon();
    },
    consent(given: Consent | null | undefined): void {
      open = allows(given);
      if (open) soon();
      else waiting = [];
    },
  };
}
