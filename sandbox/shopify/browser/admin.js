// The admin's side of App Bridge: navigation, title, save bar, toasts and the address bar, told by messages of the framed app.
(() => {
  const { base, origin } = document.currentScript.dataset;
  const frame = document.querySelector("iframe");
  const one = (selector) => document.querySelector(selector);
  const tell = (message) => frame.contentWindow.postMessage({ admin: message }, origin);

  // An app that sends its frame to the admin's address would show an admin inside the admin.
  if (window.parent !== window && new URL(document.referrer || location.href).origin === origin) {
    window.parent.location.replace(location.href);
  }

  let path = location.pathname.slice(base.length) || "/app";
  let items = [];
  let saveBar = null;

  const button = (label, act, extra = {}) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.disabled = Boolean(extra.disabled);
    if (extra.variant) made.dataset.variant = extra.variant;
    made.addEventListener("click", act);
    return made;
  };

  function blocked() {
    if (!saveBar) return false;
    const bar = one(".savebar");
    bar.classList.remove("shake");
    void bar.offsetWidth; // starts the animation anew
    bar.classList.add("shake");
    return true;
  }

  function drawNavigation() {
    const best = items
      .filter((item) => path === item.href || path.startsWith(`${item.href}/`) || path.startsWith(`${item.href}?`))
      .sort((a, b) => b.href.length - a.href.length)[0];
    const list = one(".appnav");
    list.replaceChildren(
      ...items
        .filter((item) => !item.home)
        .map((item) => {
          const link = document.createElement("a");
          link.href = `${base}${item.href}`;
          link.textContent = item.label;
          if (item === best) link.setAttribute("aria-current", "page");
          link.addEventListener("click", (event) => {
            if (event.metaKey || event.ctrlKey) return;
            event.preventDefault();
            if (!blocked()) tell({ navigate: item.href });
          });
          const entry = document.createElement("li");
          entry.append(link);
          return entry;
        }),
    );
    const app = one(".side a.app");
    if (!best || best.home) app.setAttribute("aria-current", "page");
    else app.removeAttribute("aria-current");
  }

  one(".side a.app").addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const home = items.find((item) => item.home);
    if (!blocked()) tell({ navigate: home ? home.href : "/app" });
  });

  function drawTitle({ title, buttons }) {
    one(".title strong").textContent = title || "Comeback";
    const crumb = buttons.find((item) => item.variant === "breadcrumb");
    one(".title .crumb").replaceChildren(...(crumb ? [button(crumb.label, () => tell({ titleButton: crumb.index })), "›"] : []));
    one(".title .actions").replaceChildren(
      ...buttons.filter((item) => item !== crumb).map((item) => button(item.label, () => tell({ titleButton: item.index }), item)),
    );
  }

  function drawSaveBar(next) {
    saveBar = next;
    const bar = one(".savebar");
    bar.hidden = !next;
    if (!next) return;
    for (const kind of ["primary", "secondary"]) {
      const state = next[kind];
      const made = bar.querySelector(`[data-save="${kind}"]`);
      made.hidden = !state;
      made.disabled = Boolean(state && (state.disabled || state.loading));
      if (state && state.label) made.textContent = state.label;
    }
  }
  for (const kind of ["primary", "secondary"]) {
    one(`[data-save="${kind}"]`).addEventListener("click", () => tell({ saveBar: kind }));
  }

  function showToast({ id, message, isError, action, duration }) {
    const toast = document.createElement("div");
    toast.className = isError ? "toast error" : "toast";
    toast.dataset.id = id;
    toast.append(message);
    const gone = (how) => {
      if (!toast.isConnected) return;
      toast.remove();
      tell({ toast: id, how });
    };
    if (action) toast.append(button(action, () => gone("action")));
    toast.append(button("✕", () => gone("dismiss")));
    toast.lastChild.setAttribute("aria-label", "Dismiss");
    one(".toasts").append(toast);
    setTimeout(() => gone("dismiss"), duration || 5000);
  }

  const leave = one("dialog.leave");
  leave.addEventListener("close", () => tell({ leave: leave.returnValue === "leave" }));

  one(".menu").addEventListener("click", (event) => {
    const open = one(".side").classList.toggle("open");
    event.currentTarget.setAttribute("aria-expanded", String(open));
  });

  const hear = {
    path: (next) => {
      path = next;
      history.replaceState(history.state, "", base + (next === "/app" ? "" : next));
      one(".side").classList.remove("open");
      drawNavigation();
    },
    navigation: (next) => {
      items = next;
      drawNavigation();
    },
    title: drawTitle,
    saveBar: drawSaveBar,
    toast: showToast,
    hideToast: (id) => one(`.toast[data-id="${CSS.escape(id)}"]`)?.remove(),
    loading: (on) => {
      one(".progress").hidden = !on;
    },
    leave: () => leave.showModal(),
    go: (address) => location.assign(address),
    reload: () => location.reload(),
  };

  window.addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== origin || !event.data || !event.data.bridge) return;
    for (const [name, value] of Object.entries(event.data.bridge)) hear[name]?.(value);
  });

  drawNavigation();
})();
