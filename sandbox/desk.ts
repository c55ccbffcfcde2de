// The control desk: the first page of the world.
import { html, page, places } from "./page.ts";

/** The page at `/`. */
export function deskPage(now: Date, appUrl: string): string {
  const about: Record<string, string> = {
    // The app is installed by opening it; what a shopper does before that reaches nobody.
    "/admin/store/comeback-demo/apps/comeback": "Start here",
    "/shop/comeback-demo/": "Then leave a checkout",
  };
  return page(
    "Desk",
    html`<h1>A whole world on one machine</h1>
      <p class="lead">
        A shop, its shoppers, the Shopify admin, two ad platforms and a mailbox: all stand-ins, all here, nothing reaches the internet. Be a shopper who leaves
        a full cart, let a day pass, read the mail that comes, and see in the admin what it earned.
      </p>
      <div class="cards">
        ${places
          .filter((place) => place.path !== "/")
          .map(
            (place) =>
              html`<a class="card" href="${place.path}"
                ><strong class="title">${place.label}</strong>${place.about}
                ${about[place.path] && html`<br /><span class="badge">${about[place.path]}</span>`}</a
              >`,
          )}
      </div>
      <h2>Now</h2>
      <p>It is ${now.toISOString().replace("T", " ").slice(0, 16)} UTC in this world. Comeback itself listens at <code>${appUrl}</code>.</p>`,
    "/",
  );
}
