// What only the theme knows, handed to the pixel: which forms were begun, sent or left, which cart this is, and that she has arrived. It never reads what
// is typed, keeps nothing, and sends nothing itself. `tools/storefront/build.ts` makes `extensions/storefront/assets/comeback.js` of it.
(() => {
  type Privacy = { analyticsProcessingAllowed?: () => boolean; marketingAllowed?: () => boolean };
  type Theme = {
    analytics?: { publish?: (name: string, data: object) => void };
    customerPrivacy?: Privacy;
    loadFeatures?: (features: object[], done: (error?: unknown) => void) => void;
  };
  const theme = (): Theme => (window as { Shopify?: Theme }).Shopify ?? {};

  // Not loaded, or throwing, is a no.
  const allowed = (): boolean => {
    try {
      const privacy = theme().customerPrivacy;
      return privacy?.analyticsProcessingAllowed?.() === true && privacy.marketingAllowed?.() === true;
    } catch {
      return false;
    }
  };

  const cart = (): string | undefined => {
    try {
      // After the `?` stands the cart's secret.
      return decodeURIComponent(/(?:^|; )cart=([^;]+)/.exec(document.cookie)?.[1] ?? "").split("?")[0] || undefined;
    } catch {
      return undefined;
    }
  };

  const publish = (name: string, data: object): void => {
    try {
      if (allowed()) theme().analytics?.publish?.(`comeback:${name}`, { ...data, cart: cart() });
    } catch {
      // A shop's page never learns of our trouble.
    }
  };

  let told = false;
  const arrive = (): void => {
    if (told || !allowed()) return;
    told = true;
    publish("arrived", {});
  };

  /** Which form it is; null for those that are no message to the shop: search, the cart, what adds to it, and how to sign in. */
  const describe = (form: HTMLFormElement): { form: string; kind: string } | null => {
    const action = form.getAttribute("action") ?? "";
    const type = form.querySelector<HTMLInputElement>('input[name="form_type"]')?.value ?? "";
    if (/\/(cart|search|localization|account\/(login|recover|reset|activate))/.test(action) || form.method === "get" || form.querySelector('[type="password"]'))
      return null;
    const kind = type === "customer" ? "newsletter" : type === "contact" || type === "create_customer" ? (type === "contact" ? type : "account") : "other";
    return { form: (form.id || form.getAttribute("name") || type || "form").slice(0, 60), kind };
  };

  const begun = new Set<HTMLFormElement>();
  const formOf = (event: Event): HTMLFormElement | null => (event.target as Element | null)?.closest?.("form") ?? null;

  document.addEventListener("input", (event) => {
    const form = formOf(event);
    const what = form && !begun.has(form) && describe(form);
    if (!form || !what) return;
    begun.add(form);
    publish("form_started", what);
  });
  document.addEventListener("submit", (event) => {
    const form = formOf(event);
    const what = form && describe(form);
    if (!form || !what) return;
    begun.delete(form);
    publish("form_submitted", what);
  });
  addEventListener("pagehide", () => {
    for (const form of begun) {
      const what = describe(form);
      if (what) publish("form_abandoned", what);
    }
    begun.clear();
  });

  document.addEventListener("visitorConsentCollected", arrive);
  try {
    theme().loadFeatures?.([{ name: "consent-tracking-api", version: "0.1" }], arrive);
  } catch {
    // No consent interface: nothing is ever allowed.
  }
})();
