// What the theme does without a new page: the variant's price, and adding to the cart.
(() => {
  const root = window.Shopify.routes.root;
  const dialog = document.querySelector("dialog.added");
  dialog?.querySelector("[data-close]").addEventListener("click", () => dialog.close());

  for (const form of document.querySelectorAll(".product-form")) {
    const price = document.querySelector("[data-price]:not(input)");
    const error = form.querySelector("[data-error]");
    form.addEventListener("change", ({ target }) => {
      if (target.name !== "id" || !price) return;
      price.textContent = target.dataset.price;
      history.replaceState(history.state, "", `?variant=${target.value}`);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      error.hidden = true;
      const entry = new FormData(form);
      const answer = await fetch(`${root}cart/add.js`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ id: Number(entry.get("id")), quantity: Number(entry.get("quantity")) }),
      });
      const said = await answer.json();
      const cart = await (await fetch(`${root}cart.js`)).json();
      for (const count of document.querySelectorAll("[data-cart-count]")) count.textContent = cart.item_count;
      if (!answer.ok) {
        error.textContent = said.description;
        error.hidden = false;
        return;
      }
      dialog.querySelector("[data-added]").textContent = `${entry.get("quantity")} × ${said.title}`;
      dialog.showModal();
    });
  }

  for (const link of document.querySelectorAll("a.remove")) {
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      await fetch(`${root}cart/change.js`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ id: link.dataset.key, quantity: 0 }),
      });
      location.reload();
    });
  }
})();
