// A customer's account: register, log in, see her orders, change her mind about mail, log out.
import { newHex } from "../shopify/ids.ts";
import type { Customer } from "../shopify/shop-state.ts";
import { show } from "./show.ts";
import { cookie, fields, forget, looksLikeEmail, remember, text, type Visit } from "./visit.ts";

type At = (method: "get" | "post", path: string, run: (visit: Visit) => Promise<void> | void) => void;

const sessionMs = 30 * 86_400_000;

/** The pages of the account; `at` mounts one under `/shop/<name>`. */
export function accountPages(at: At): void {
  at("get", "/account", async (visit) => {
    if (!visit.customer) return visit.response.redirect(302, `${visit.root}account/login`);
    return show(visit, "customers/account", {}, { title: "Your account" });
  });
  at("get", "/account/login", (visit) => (visit.customer ? visit.response.redirect(302, `${visit.root}account`) : login(visit, null)));
  at("get", "/account/register", (visit) => (visit.customer ? visit.response.redirect(302, `${visit.root}account`) : registration(visit, null)));
  at("get", "/account/logout", (visit) => {
    visit.world.sessions.delete(cookie(visit.request, "storefront_session") ?? "");
    forget(visit, "storefront_session");
    visit.response.redirect(302, visit.root);
  });

  at("post", "/account/login", async (visit) => {
    const { email = "", password } = fields(visit, "customer");
    const customer = visit.world.store.customers.logIn(visit.shop, email, password ?? "");
    return customer ? enter(visit, customer) : login(visit, "Incorrect email or password.");
  });

  at("post", "/account", async (visit) => {
    const { email = "", password = "", first_name, last_name, accepts_marketing } = fields(visit, "customer");
    if (!looksLikeEmail(email)) return registration(visit, "Email is invalid.");
    const person = { email, firstName: first_name ?? "", lastName: last_name ?? "" };
    try {
      return enter(visit, await visit.world.store.customers.register(visit.shop, person, password, accepts_marketing === "true"));
    } catch (error) {
      return registration(visit, error instanceof Error ? error.message : String(error));
    }
  });

  at("post", "/account/marketing", async (visit) => {
    const { customer, shop, world, response, root } = visit;
    if (!customer) return response.redirect(303, `${root}account/login`);
    const agreed = text((visit.request.body as Record<string, unknown>)["accepts_marketing"]) === "true";
    if (agreed) await world.store.customers.agree(shop, customer);
    else if (customer.emailMarketing.state === "subscribed") await world.store.customers.setConsent(shop, customer, "unsubscribed");
    return response.redirect(303, `${root}account`);
  });
}

function enter(visit: Visit, customer: Customer): void {
  const token = newHex();
  visit.world.sessions.set(token, { shop: visit.shop.domain, customerId: customer.id });
  remember(visit, "storefront_session", token, { maxAge: sessionMs });
  visit.response.redirect(303, `${visit.root}account`);
}

async function login(visit: Visit, error: string | null): Promise<void> {
  const { email = "" } = fields(visit, "customer");
  await show(visit, "customers/login", { error, entry: { email } }, { title: "Log in", status: error ? 422 : 200 });
}

async function registration(visit: Visit, error: string | null): Promise<void> {
  const { email = "", first_name = "", last_name = "", accepts_marketing } = fields(visit, "customer");
  const entry = { email, first_name, last_name, accepts_marketing: accepts_marketing === "true" };
  await show(visit, "customers/register", { error, entry }, { title: "Create an account", status: error ? 422 : 200 });
}
