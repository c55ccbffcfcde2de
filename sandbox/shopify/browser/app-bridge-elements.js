// The elements that App Bridge gives to the app: menu, title, save bar and modal.
(() => {
  const bridge = window[Symbol.for("app-bridge-stand-in")];
  if (!bridge || customElements.get("ui-nav-menu")) return;

  const labelOf = (element) => (element.textContent || "").trim();
  const on = (element, name) => element.hasAttribute(name) && element.getAttribute(name) !== "false";

  /** An element that is never seen itself: what it holds is told to the admin, again after every change. */
  class Told extends HTMLElement {
    connectedCallback() {
      this.style.display = "none";
      this.watcher ??= new MutationObserver(() => this.tellSoon());
      this.watcher.observe(this, { subtree: true, childList: true, characterData: true, attributes: true });
      this.tellSoon();
    }
    disconnectedCallback() {
      this.watcher.disconnect();
      this.gone?.();
    }
    tellSoon() {
      if (this.waiting) return;
      this.waiting = true;
      queueMicrotask(() => {
        this.waiting = false;
        if (this.isConnected) this.tell();
      });
    }
  }

  class NavMenu extends Told {
    tell() {
      const links = [...this.querySelectorAll("a[href], s-link[href]")];
      bridge.send({
        navigation: links.map((link) => ({ href: link.getAttribute("href"), label: labelOf(link), home: link.getAttribute("rel") === "home" })),
      });
    }
    gone() {
      bridge.send({ navigation: [] });
    }
  }

  const buttonsOf = (element) =>
    [...element.querySelectorAll("button, a")].map((item, index) => ({
      index,
      label: labelOf(item),
      variant: item.getAttribute("variant"),
      disabled: on(item, "disabled") || on(item, "loading"),
    }));

  class TitleBar extends Told {
    tell() {
      const modal = this.closest("ui-modal");
      if (modal) return modal.drawTitle?.();
      current = this;
      bridge.send({ title: { title: this.getAttribute("title") ?? "", buttons: buttonsOf(this) } });
      return undefined;
    }
    gone() {
      if (current !== this) return;
      current = null;
      bridge.send({ title: { title: "", buttons: [] } });
    }
  }
  let current = null;
  bridge.on("titleButton", (index) => current?.querySelectorAll("button, a")[index]?.click());

  let openBar = null;
  class SaveBar extends Told {
    get showing() {
      return openBar === this;
    }
    async show() {
      if (openBar === this) return;
      openBar = this;
      this.tell();
      this.dispatchEvent(new Event("show"));
    }
    async hide() {
      if (openBar !== this) return;
      openBar = null;
      bridge.send({ saveBar: null });
      this.dispatchEvent(new Event("hide"));
    }
    async toggle() {
      return this.showing ? this.hide() : this.show();
    }
    parts() {
      const all = [...this.querySelectorAll("button")];
      const primary = all.find((item) => item.getAttribute("variant") === "primary");
      return { primary, secondary: all.find((item) => item !== primary) };
    }
    tell() {
      if (openBar !== this) return;
      const state = (item) => item && { label: labelOf(item), disabled: on(item, "disabled"), loading: on(item, "loading") };
      const { primary, secondary } = this.parts();
      bridge.send({ saveBar: { primary: state(primary), secondary: state(secondary) } });
    }
    gone() {
      void this.hide();
    }
  }

  // A form that says `data-save-bar` needs no save bar of its own.
  let openForm = null;
  const closeForm = () => {
    if (!openForm) return;
    openForm = null;
    bridge.send({ saveBar: null });
  };
  document.addEventListener("input", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form[data-save-bar]") : null;
    if (!form || openForm === form) return;
    openForm = form;
    bridge.send({ saveBar: { primary: { label: "Save" }, secondary: { label: "Discard" } } });
  });
  document.addEventListener("submit", closeForm);
  document.addEventListener("reset", closeForm);

  bridge.on("saveBar", (kind) => {
    if (openBar) openBar.parts()[kind]?.click();
    else if (openForm && kind === "primary") openForm.requestSubmit();
    else if (openForm) openForm.reset();
  });

  const byId = (id, kind) => {
    const found = document.getElementById(id);
    if (!(found instanceof kind)) throw new Error(`App Bridge: there is no ${kind.name} with the id ${id}`);
    return found;
  };
  let answerLeave = null;
  bridge.on("leave", (yes) => {
    answerLeave?.(yes);
    answerLeave = null;
  });
  window.shopify.saveBar = {
    show: (id) => byId(id, SaveBar).show(),
    hide: (id) => byId(id, SaveBar).hide(),
    toggle: (id) => byId(id, SaveBar).toggle(),
    /** Resolves when the app may go on: at once, or when the merchant agreed to lose what she typed. */
    leaveConfirmation: () =>
      new Promise((resolve) => {
        if (!openBar && !openForm) return resolve();
        answerLeave = (yes) => {
          if (!yes) return;
          void openBar?.hide();
          closeForm();
          resolve();
        };
        bridge.send({ leave: true });
        return undefined;
      }),
  };

  const named = Symbol.for("app-bridge-stand-in-by-id");
  window[named] = byId;
  customElements.define("ui-nav-menu", NavMenu);
  customElements.define("s-app-nav", class extends NavMenu {});
  customElements.define("ui-title-bar", TitleBar);
  customElements.define("ui-save-bar", SaveBar);
})();
