// What App Bridge shows above the page: modals with their own content and actions, and the product picker.
(() => {
  const bridge = window[Symbol.for("app-bridge-stand-in")];
  const byId = window[Symbol.for("app-bridge-stand-in-by-id")];
  if (!bridge || customElements.get("ui-modal")) return;

  const style = document.createElement("style");
  style.textContent = `
dialog.ab { border: 0; border-radius: 14px; padding: 0; width: min(620px, calc(100vw - 32px)); max-height: 86vh; box-shadow: 0 18px 60px rgb(0 0 0 / 30%); font: 13px/1.5 Inter, system-ui, "Open Sans", sans-serif; color: #303030; }
dialog.ab[open] { display: flex; flex-direction: column; }
dialog.ab.small { width: min(400px, calc(100vw - 32px)); }
dialog.ab.large { width: min(980px, calc(100vw - 32px)); }
dialog.ab.max { width: calc(100vw - 32px); height: calc(100vh - 32px); max-height: none; }
dialog.ab::backdrop { background: rgb(0 0 0 / 45%); }
dialog.ab > header { display: flex; align-items: center; justify-content: space-between; gap: 12px; padding: 12px 16px; background: #f3f3f3; border-bottom: 1px solid #e3e3e3; }
dialog.ab > header h2 { margin: 0; font-size: 14px; font-weight: 600; }
dialog.ab > .content { overflow: auto; min-height: 0; flex: 1; }
dialog.ab > footer { display: flex; justify-content: flex-end; gap: 8px; padding: 12px 16px; border-top: 1px solid #e3e3e3; }
dialog.ab > footer:empty { display: none; }
dialog.ab button.ab { font: inherit; border: 1px solid #c9cccf; border-radius: 8px; background: #fff; padding: 5px 12px; cursor: pointer; color: inherit; }
dialog.ab button.ab.primary { background: #303030; border-color: #303030; color: #fff; }
dialog.ab button.ab.critical { background: #b3261e; border-color: #b3261e; color: #fff; }
dialog.ab button.ab:disabled { opacity: .5; cursor: default; }
dialog.ab .pick { display: flex; align-items: center; gap: 12px; padding: 9px 16px; border-bottom: 1px solid #eee; }
dialog.ab .pick span { flex: 1; }
dialog.ab iframe { width: 100%; height: 60vh; border: 0; }`;
  (document.head || document.documentElement).append(style);

  let counted = 0;
  function makeDialog(titleText) {
    const dialog = document.createElement("dialog");
    dialog.className = "ab";
    const header = document.createElement("header");
    const title = document.createElement("h2");
    title.id = `ab-title-${(counted += 1)}`;
    title.textContent = titleText;
    dialog.setAttribute("aria-labelledby", title.id);
    const close = makeButton("✕", "", () => dialog.close());
    close.setAttribute("aria-label", "Close");
    header.append(title, close);
    const content = document.createElement("div");
    content.className = "content";
    const footer = document.createElement("footer");
    dialog.append(header, content, footer);
    return { dialog, title, content, footer };
  }

  function makeButton(label, kind, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = `ab ${kind}`;
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
  }

  class Modal extends HTMLElement {
    constructor() {
      super();
      this.parts = makeDialog("");
      this.parts.dialog.addEventListener("close", () => this.closed());
    }
    /** Where a framework renders what the modal shows. */
    get content() {
      return this.parts.content;
    }
    get showing() {
      return this.parts.dialog.open;
    }
    connectedCallback() {
      this.style.display = "none";
      const host = document.body || document.documentElement;
      if (!this.parts.dialog.isConnected) host.append(this.parts.dialog);
      this.watcher ??= new MutationObserver(() => this.drawTitle());
      this.watcher.observe(this, { subtree: true, childList: true, characterData: true, attributes: true });
      this.drawTitle();
    }
    disconnectedCallback() {
      this.watcher.disconnect();
      // Not in the middle of a removal that a framework is doing itself.
      queueMicrotask(() => {
        if (!this.isConnected) this.parts.dialog.remove();
      });
    }
    drawTitle() {
      const bar = this.querySelector("ui-title-bar");
      const { dialog, title, footer } = this.parts;
      dialog.className = `ab ${this.getAttribute("variant") ?? "base"}`;
      title.textContent = bar?.getAttribute("title") ?? "";
      // The main action is written first by the app and stands last on the screen.
      footer.replaceChildren(
        ...[...(bar?.querySelectorAll("button, a") ?? [])].reverse().map((original) => {
          const kind = original.getAttribute("tone") === "critical" ? "critical" : (original.getAttribute("variant") ?? "");
          const made = makeButton((original.textContent || "").trim(), kind, () => original.click());
          made.disabled = original.hasAttribute("disabled") || (original.hasAttribute("loading") && original.getAttribute("loading") !== "false");
          return made;
        }),
      );
    }
    async show() {
      const { dialog, content } = this.parts;
      if (dialog.open) return;
      const source = this.getAttribute("src");
      if (source && !content.querySelector("iframe")) {
        const frame = document.createElement("iframe");
        frame.src = source;
        content.append(frame);
      }
      // Plain markup inside the element, when no framework filled the content itself.
      if (!content.hasChildNodes()) {
        for (const child of [...this.children]) if (!child.matches("ui-title-bar, ui-save-bar")) content.append(child);
      }
      this.drawTitle();
      dialog.showModal();
      this.dispatchEvent(new Event("show"));
    }
    async hide() {
      if (this.parts.dialog.open) this.parts.dialog.close();
    }
    async toggle() {
      return this.showing ? this.hide() : this.show();
    }
    closed() {
      this.dispatchEvent(new Event("hide"));
    }
  }
  customElements.define("ui-modal", Modal);

  window.shopify.modal = {
    show: (id) => byId(id, Modal).show(),
    hide: (id) => byId(id, Modal).hide(),
    toggle: (id) => byId(id, Modal).toggle(),
  };

  /** Products and variants only; resolves with what was chosen, or undefined when the picker was closed. */
  window.shopify.resourcePicker = async (options) => {
    if (!["product", "variant"].includes(options.type)) {
      throw new Error(`App Bridge: this world has no picker for ${options.type}`);
    }
    const { products } = await bridge.ask("products");
    const already = new Set((options.selectionIds ?? []).map((item) => item.id));
    const many = options.multiple === true || options.multiple > 1;
    const entries =
      options.type === "product"
        ? products.map((product) => ({ id: product.id, label: product.title, value: product }))
        : products.flatMap((product) =>
            product.variants.map((variant) => ({ id: variant.id, label: `${product.title} · ${variant.title}`, value: { ...variant, product } })),
          );
    return new Promise((resolve) => {
      const { dialog, content, footer } = makeDialog(options.action === "add" ? "Add products" : "Select products");
      let chosen;
      for (const entry of entries) {
        const row = document.createElement("label");
        row.className = "pick";
        const box = document.createElement("input");
        box.type = many ? "checkbox" : "radio";
        box.name = "ab-pick";
        box.value = entry.id;
        box.checked = already.has(entry.id);
        const label = document.createElement("span");
        label.textContent = entry.label;
        row.append(box, label);
        content.append(row);
      }
      const choose = () => {
        const ids = [...content.querySelectorAll("input:checked")].map((box) => box.value);
        chosen = entries.filter((entry) => ids.includes(entry.id)).map((entry) => entry.value);
        dialog.close();
      };
      footer.append(
        makeButton("Cancel", "", () => dialog.close()),
        makeButton("Select", "primary", choose),
      );
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(chosen && Object.assign(chosen, { selection: chosen }));
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  };
  window.shopify.picker = async () => {
    throw new Error("App Bridge: this world has no generic picker");
  };
})();
