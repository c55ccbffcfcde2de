// `/shop/<name>/…`: a small storefront in which everything a shopper does makes the webhooks Shopify would send.
import express, { type Request, type Response, Router } from "express";
import { html } from "../page.ts";
import { countries } from "./address.ts";
import { picture } from "./catalogue.ts";
import { display } from "./money.ts";
import { type Checkout, type ShopState, shopName, type Shops } from "./shop-state.ts";
import { cookie, landing, remember } from "./shopper-visit.ts";
import { shopPage, summary } from "./shopper-page.ts";
import { type Storefront, standardShippingMinor, type WantedLine } from "./storefront.ts";

export type ShopperSettings = { shops: Shops; store: Storefront; now: () => Date; worldUrl: () => string };
type Visit = { shop: ShopState; path: string; request: Request; response: Response };

/** The storefronts of all shops; to be mounted at `/shop`. */
export function shopperPages({ shops, store }: ShopperSettings): Router {
  const router = Router();
  router.use(express.urlencoded({ extended: true }));

  router.get("/pictures/:file", (request, response) => {
    const drawn = picture((request.params["file"] ?? "").replace(/\.svg$/, ""));
    if (drawn) response.type("image/svg+xml").set("Cache-Control", "max-age=3600").send(drawn);
    else response.status(404).end();
  });

  /** A page of one shop; what goes wrong is said on a page, not in a stack. */
  const at = (method: "get" | "post", path: string, show: (visit: Visit) => Promise<void> | void): void => {
    router[method](`/:shop${path}`, (request: Request, response: Response) => {
      const shop = shops.find(`${request.params["shop"] ?? ""}.myshopify.com`);
      if (!shop) {
        response.status(404).type("text").send("There is no such shop in this world");
        return;
      }
      Promise.resolve()
        .then(() => show({ shop, path: `/shop/${shopName(shop.domain)}`, request, response }))
        .catch((error: unknown) => {
          const text = error instanceof Error ? error.message : String(error);
          response.status(422).send(shopPage(shop, "That did not work", html`<p>${text}</p>`));
        });
    });
  };

  at("get", "/", ({ shop, path, request, response }) => {
    landing(request, response, path);
    const cards = shop.products.map(
      (product) =>
        html`<a href="${path}/products/${product.handle}"
          ><img src="/shop/pictures/${product.handle}.svg" alt="" width="400" height="400" /><strong>${product.title}</strong
          ><span class="soft">${display(product.variants[0]?.priceMinor ?? 0, shop.currency)}</span></a
        >`,
    );
    response.send(shopPage(shop, "For a house by the sea", html`<div class="grid">${cards}</div>`));
  });

  at("get", "/products/:handle", ({ shop, path, request, response }) => {
    landing(request, response, path);
    const product = shop.products.find((one) => one.handle === request.params["handle"]);
    if (!product) throw new Error("We do not sell that");
    const options = product.variants.map((variant) => {
      const name = variant.title === "Default Title" ? product.title : variant.title;
      return html`<option value="${variant.id}">${name} — ${display(variant.priceMinor, shop.currency)}</option>`;
    });
    const body = html`<div class="product">
      <img src="/shop/pictures/${product.handle}.svg" alt="${product.title}" width="800" height="800" />
      <div>
        <p>${product.description}</p>
        <form class="stack" method="post" action="${path}/cart/add">
          <label
            >Choose<select name="variant">
              ${options}
            </select></label
          ><button>Add to cart</button>
        </form>
      </div>
    </div>`;
    response.send(shopPage(shop, product.title, body));
  });

  const cartOf = ({ shop, request }: Visit) => shop.carts.find((one) => one.token === cookie(request, "cart"));

  at("post", "/cart/add", async (visit) => {
    const { shop, path, request, response } = visit;
    const wanted: WantedLine = { variantId: Number((request.body as Record<string, string>)["variant"]), quantity: 1 };
    const cart = cartOf(visit);
    if (cart) {
      const lines = cart.lines.map(({ variantId, quantity }) => ({ variantId, quantity }));
      const same = lines.find((line) => line.variantId === wanted.variantId);
      if (same) same.quantity += 1;
      else lines.push(wanted);
      await store.setLines(shop, cart, lines);
    } else {
      const made = await store.createCart(shop, [wanted], landing(request, response, path));
      remember(response, path, "cart", made.token);
    }
    response.redirect(303, `${path}/cart`);
  });

  at("get", "/cart", (visit) => {
    const { shop, path, response } = visit;
    const cart = cartOf(visit);
    if (!cart || cart.lines.length === 0) {
      response.send(shopPage(shop, "Your cart is empty", html`<p><a class="button" href="${path}/">Look around</a></p>`));
      return;
    }
    const removals = cart.lines.map(
      (line) =>
        html`<form method="post" action="${path}/cart/remove">
          <input type="hidden" name="variant" value="${line.variantId}" /><button class="quiet">Remove ${line.title}</button>
        </form>`,
    );
    response.send(
      shopPage(
        shop,
        "Your cart",
        html`<div class="checkout">
          <div class="panel">${summary(shop, cart.lines, [])}</div>
          <div>
            <form method="post" action="${path}/checkout"><button>Check out</button></form>
            <p class="soft">Or change your mind:</p>
            ${removals}
          </div>
        </div>`,
      ),
    );
  });

  at("post", "/cart/remove", async (visit) => {
    const { shop, path, request, response } = visit;
    const cart = cartOf(visit);
    const gone = Number((request.body as Record<string, string>)["variant"]);
    if (cart)
      await store.setLines(
        shop,
        cart,
        cart.lines.filter((line) => line.variantId !== gone),
      );
    response.redirect(303, `${path}/cart`);
  });

  // Cart permalinks: /cart/<variant>:<quantity>,…?discount=CODE&attributes[x]=y&checkout[email]=…
  at("get", "/cart/:items", async ({ shop, path, request, response }) => {
    const wanted = (request.params["items"] ?? "").split(",").map((item) => {
      const [variant = "", quantity = "1"] = item.split(":");
      return { variantId: Number(variant), quantity: Number(quantity) };
    });
    const attributes = entries(request.query["attributes"]);
    const cart = await store.createCart(shop, wanted, landing(request, response, path), attributes);
    remember(response, path, "cart", cart.token);
    const checkout = await store.startCheckout(shop, cart);
    const email = entries(request.query["checkout"]).find((entry) => entry.name === "email")?.value;
    const code = text(request.query["discount"]);
    if (email || code) await store.fillCheckout(shop, checkout, { ...(email && { email }), ...(code && { code }) });
    response.redirect(302, `${path}/checkouts/cn/${checkout.token}`);
  });

  at("get", "/discount/:code", ({ path, request, response }) => {
    remember(response, path, "discount", request.params["code"] ?? "");
    const target = text(request.query["redirect"]) ?? "/";
    response.redirect(302, target.startsWith("/") && !target.startsWith("//") ? `${path}${target}` : `${path}/`);
  });

  at("post", "/checkout", async (visit) => {
    const { shop, path, request, response } = visit;
    const cart = cartOf(visit);
    if (!cart || cart.lines.length === 0) throw new Error("The cart is empty");
    const checkout = await store.startCheckout(shop, cart);
    const code = cookie(request, "discount");
    if (code) await store.fillCheckout(shop, checkout, { code });
    response.redirect(303, `${path}/checkouts/cn/${checkout.token}`);
  });

  at("get", "/checkouts/ac/:cart/recover", async ({ shop, path, request, response }) => {
    const checkout = shop.checkouts.findLast((one) => one.cartToken === request.params["cart"]);
    if (!checkout || checkout.key !== request.query["key"]) throw new Error("This link is not one of ours, or not any more");
    const code = text(request.query["discount"]);
    if (/[?&]utm_/.test(request.originalUrl)) checkout.landingSite = landing(request, response, path);
    if (code && checkout.orderId === null) await store.fillCheckout(shop, checkout, { code });
    remember(response, path, "cart", checkout.cartToken);
    response.redirect(302, `${path}/checkouts/cn/${checkout.token}`);
  });

  const checkoutOf = ({ shop, request }: Visit): Checkout => {
    const found = shop.checkouts.find((one) => one.token === request.params["token"]);
    if (!found) throw new Error("There is no such checkout");
    return found;
  };

  at("get", "/checkouts/cn/:token", (visit) => {
    const { shop, path, request, response } = visit;
    const checkout = checkoutOf(visit);
    const order = shop.orders.find((one) => one.id === checkout.orderId);
    if (order) {
      const body = html`<p>Thank you, ${checkout.firstName || "friend"}. ${order.name} is on its way, and a receipt went to ${order.email}.</p>
        <div class="panel">${summary(shop, order.lines, order.discountCodes, order.shippingMinor)}</div>`;
      response.send(shopPage(shop, "Thank you", body));
      return;
    }
    const codes = store.codesOf(shop, checkout);
    const refused = checkout.code && codes.length === 0;
    const notice = refused
      ? { text: `The code ${checkout.code ?? ""} is not valid for this order.`, bad: true }
      : request.query["saved"] && { text: "We have your details. You can pay now, or come back later." };
    const body = html`<div class="checkout">
      <div>${contactForm(shop, `${path}/checkouts/cn/${checkout.token}`, checkout)}</div>
      <div class="panel">
        ${summary(shop, checkout.lines, codes, standardShippingMinor)}
        <form class="stack" method="post" action="${path}/checkouts/cn/${checkout.token}/discount">
          <label>Discount code<input name="code" value="${checkout.code ?? ""}" autocomplete="off" /></label><button class="quiet">Apply</button>
        </form>
        ${
          checkout.email
            ? html`<form method="post" action="${path}/checkouts/cn/${checkout.token}/pay">
                <p><button>Pay now</button></p>
              </form>`
            : html`<p class="soft">Tell us who you are to pay.</p>`
        }
      </div>
    </div>`;
    response.send(shopPage(shop, "Checkout", body, notice || undefined));
  });

  at("post", "/checkouts/cn/:token", async (visit) => {
    const { shop, path, request, response } = visit;
    const checkout = checkoutOf(visit);
    const entry = request.body as Record<string, string | undefined>;
    const email = (entry["email"] ?? "").trim();
    if (!/^\S+@\S+\.\S+$/.test(email)) throw new Error("That does not look like an email address");
    const firstName = entry["firstName"] ?? "";
    const lastName = entry["lastName"] ?? "";
    const country = countries.find((one) => one.code === entry["country"])?.code ?? shop.countryCode;
    await store.fillCheckout(shop, checkout, { email, firstName, lastName, country, acceptsMarketing: entry["marketing"] === "yes" });
    response.redirect(303, `${path}/checkouts/cn/${checkout.token}?saved=1`);
  });

  at("post", "/checkouts/cn/:token/discount", async (visit) => {
    const { shop, path, request, response } = visit;
    const checkout = checkoutOf(visit);
    const code = ((request.body as Record<string, string | undefined>)["code"] ?? "").trim();
    await store.fillCheckout(shop, checkout, { code: code || null });
    response.redirect(303, `${path}/checkouts/cn/${checkout.token}`);
  });

  at("post", "/checkouts/cn/:token/pay", async (visit) => {
    const { shop, path, response } = visit;
    const checkout = checkoutOf(visit);
    await store.pay(shop, checkout);
    response.clearCookie("cart", { path });
    response.redirect(303, `${path}/checkouts/cn/${checkout.token}`);
  });
  return router;
}

function contactForm(shop: ShopState, action: string, checkout: Checkout) {
  const options = countries.map((one) => html`<option value="${one.code}" ${one.code === checkout.country ? html` selected` : ""}>${one.name}</option>`);
  return html`<form class="stack" method="post" action="${action}">
    <label>Email<input name="email" type="email" required value="${checkout.email ?? ""}" autocomplete="off" /></label>
    <label class="tick"
      ><input type="checkbox" name="marketing" value="yes" ${checkout.acceptsMarketing ? html` checked` : ""} />Email me with news and offers</label
    >
    <div class="two">
      <label>First name<input name="firstName" required value="${checkout.firstName}" /></label
      ><label>Last name<input name="lastName" required value="${checkout.lastName}" /></label>
    </div>
    <label
      >Country<select name="country">
        ${options}
      </select></label
    >
    <div><button>${checkout.email ? "Save changes" : `Continue with ${shop.name}`}</button></div>
    <p class="soft">Leave this page now, and you have abandoned a checkout.</p>
  </form>`;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function entries(value: unknown): { name: string; value: string }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).map(([name, one]) => ({ name, value: String(one) }));
}
