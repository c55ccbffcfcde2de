// App Bridge as this world has it: `window.shopify`, session tokens on every call, and the address bar of the admin kept right.
(() => {
  if (window.shopify && window.shopify.config) return;
  const script = document.currentScript;
  const world = new URL(script.src).origin;
  const framed = window.parent !== window;
  const search = new URLSearchParams(location.search);
  const remembered = readName();
  const config = {
    apiKey: script.dataset.apiKey || remembered.apiKey || "",
    shop: search.get("shop") || remembered.shop || "",
    host: search.get("host") || remembered.host || "",
    locale: search.get("locale") || remembered.locale || "en",
  };

  // The frame's name outlives every navigation in it.
  function readName() {
    try {
      return JSON.parse(window.name) || {};
    } catch {
      return {};
    }
  }

  const listeners = {};
  const bridge = {
    world,
    config,
    send: (message) => {
      if (framed) window.parent.postMessage({ bridge: message }, "*");
    },
    /** Hears one kind of message of the admin. */
    on: (name, act) => {
      (listeners[name] ??= []).push(act);
    },
    ask: async (path) => {
      const answer = await realFetch(`${world}/admin/bridge/${path}?shop=${encodeURIComponent(config.shop)}`);
      if (!answer.ok) throw new Error(`App Bridge: ${path} was refused (${answer.status})`);
      return answer.json();
    },
    go: (address) => {
      if (framed) bridge.send({ go: address });
      else location.assign(address);
    },
  };
  window[Symbol.for("app-bridge-stand-in")] = bridge;
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== world || !event.data || !event.data.admin) return;
    for (const [name, value] of Object.entries(event.data.admin)) for (const act of listeners[name] ?? []) act(value, event.data.admin);
  });

  const realFetch = window.fetch.bind(window);
  const idToken = async () => (await bridge.ask("session-token")).token;

  // Every call to the app's own origin carries a fresh session token; a refused one is tried once more when the app asks so.
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (new URL(request.url).origin !== location.origin || request.headers.has("authorization")) return realFetch(request);
    const again = request.clone();
    const first = await realFetch(await signed(request));
    const retry = first.status === 401 && first.headers.get("X-Shopify-Retry-Invalid-Session-Request") === "1";
    const answer = retry ? await realFetch(await signed(again)) : first;
    const elsewhere = answer.headers.get("X-Shopify-API-Request-Failure-Reauthorize-Url");
    if (elsewhere) leaveTo(new URL(elsewhere, location.href).href);
    return answer;
  };

  async function signed(request) {
    const headers = new Headers(request.headers);
    headers.set("Authorization", `Bearer ${await idToken()}`);
    headers.set("X-Requested-With", "XMLHttpRequest");
    return new Request(request, { headers });
  }

  // The bounce page has one task: come back with a token.
  const reload = search.get("shopify-reload");
  if (reload) {
    idToken().then((token) => {
      const target = new URL(reload, location.href);
      target.searchParams.set("id_token", token);
      location.replace(target.href);
    });
  }

  // Addresses of Shopify's admin, in the forms an app may write them.
  function adminAddress(address) {
    const store = config.shop.replace(".myshopify.com", "");
    const written = /^shopify:\/*admin\/(.*)$/i.exec(address);
    if (written) return `${world}/admin/store/${store}/${written[1]}`;
    const full = /^https:\/\/admin\.shopify\.com\/(.*)$/i.exec(address);
    if (full) return `${world}/admin/${full[1].replace(`/apps/${config.apiKey}`, "/apps/comeback")}`;
    return address.startsWith(`https://${config.shop}/admin/`) ? `${world}/admin/store/${store}/${address.split("/admin/")[1]}` : null;
  }

  function leaveTo(address) {
    bridge.go(adminAddress(address) ?? address);
  }

  const realOpen = window.open.bind(window);
  window.open = (address, target, features) => {
    const text = String(address ?? "");
    const admin = adminAddress(text);
    if ((admin || target === "_top" || target === "_parent") && target !== "_blank") {
      bridge.go(admin ?? new URL(text, location.href).href);
      return null;
    }
    return realOpen(admin ?? text, target, features);
  };

  // On the window, so that the app's own handlers come first.
  window.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey) return;
    const admin = adminAddress(link.getAttribute("href"));
    const outside = link.target === "_top" || link.target === "_parent";
    if (!admin && !outside) return;
    event.preventDefault();
    if (link.target === "_blank") realOpen(admin ?? link.href, "_blank", "noopener");
    else bridge.go(admin ?? link.href);
  });

  // The admin's address bar follows the app's own navigation.
  const hidden = ["embedded", "hmac", "host", "id_token", "locale", "session", "shop", "timestamp"];
  let told = "";
  function tellPath() {
    if (reload) return;
    const here = new URL(location.href);
    for (const name of hidden) here.searchParams.delete(name);
    const path = here.pathname + here.search;
    if (path === told) return;
    told = path;
    bridge.send({ path });
  }
  for (const name of ["pushState", "replaceState"]) {
    const real = history[name].bind(history);
    history[name] = (...given) => {
      real(...given);
      tellPath();
    };
  }
  window.addEventListener("popstate", tellPath);
  bridge.on("navigate", (href) => {
    const links = document.querySelectorAll("ui-nav-menu a, s-app-nav a, s-app-nav s-link");
    const link = [...links].find((one) => one.getAttribute("href") === href);
    if (link) link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, composed: true }));
    else location.assign(href);
  });
  // A router's own link has answered its click when it comes up here; a plain one is handed to the app as an event.
  window.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("ui-nav-menu a, s-app-nav a, s-app-nav s-link");
    if (!link || event.defaultPrevented) return;
    event.preventDefault();
    link.dispatchEvent(new Event("shopify:navigate", { bubbles: true, cancelable: true, composed: true }));
  });

  let toasts = 0;
  const toastActs = {};
  bridge.on("toast", (id, { how }) => {
    const acts = toastActs[id];
    delete toastActs[id];
    if (how === "action") acts?.onAction?.();
    acts?.onDismiss?.();
  });

  window.shopify = {
    config,
    origin: world,
    ready: Promise.resolve(),
    idToken,
    environment: { mobile: false, embedded: framed, pos: false, intent: null },
    user: async () => ({ accountAccess: "full" }),
    toast: {
      show: (message, options = {}) => {
        const id = `toast-${(toasts += 1)}`;
        toastActs[id] = { onAction: options.onAction, onDismiss: options.onDismiss };
        bridge.send({ toast: { id, message: String(message), isError: options.isError, action: options.action, duration: options.duration } });
        return id;
      },
      hide: (id) => bridge.send({ hideToast: id }),
    },
    loading: (on = true) => bridge.send({ loading: Boolean(on) }),
    scopes: {
      query: () => bridge.ask("scopes"),
      request: async () => ({ result: "granted-all", detail: await bridge.ask("scopes") }),
      revoke: async () => ({ detail: await bridge.ask("scopes") }),
    },
    app: { extensions: async () => (await bridge.ask("extensions")).extensions },
    webVitals: { onReport: async () => undefined },
    reviews: { request: async () => ({ success: false, code: "not-available", message: "Reviews are not part of this world" }) },
    support: { registerHandler: async () => undefined },
    intents: { register: () => () => undefined, request: null },
    setSignals: () => undefined,
  };

  document.addEventListener("DOMContentLoaded", tellPath);
})();
