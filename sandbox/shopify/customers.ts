// What makes a customer and her consent, and the webhooks of it. Everybody who does that goes through here: checkout, newsletter, account.
import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import { newId } from "./ids.ts";
import { customerPayload, emailConsentPayload } from "./payloads.ts";
import type { Customer, ShopState } from "./shop-state.ts";

export type Person = { email: string; firstName?: string; lastName?: string; country?: string };
type Say = (shop: ShopState, topic: string, payload: unknown) => Promise<void>;

export type CustomerDeeds = ReturnType<typeof customerDeeds>;

export function customerDeeds({ now, say }: { now: () => Date; say: Say }) {
  const find = (shop: ShopState, email: string): Customer | undefined => shop.customers.find((one) => one.email?.toLowerCase() === email.toLowerCase());

  /** The customer with this address, made where there is none. What was not said stays as it is. */
  async function remember(shop: ShopState, person: Person, id = newId()): Promise<Customer> {
    const at = now();
    const found = find(shop, person.email);
    if (found) {
      const { firstName = found.firstName, lastName = found.lastName, country = found.country } = person;
      if (Object.keys(person).length === 1) return found; // an address alone is no news
      Object.assign(found, { firstName, lastName, country, updatedAt: at });
      await say(shop, "customers/update", customerPayload(shop, found));
      return found;
    }
    const made: Customer = {
      ...{ id, email: person.email, firstName: person.firstName ?? "", lastName: person.lastName ?? "", country: person.country ?? shop.countryCode },
      ...{ phone: null, createdAt: at, updatedAt: at, dataSaleOptOut: false },
      emailMarketing: { state: "not_subscribed", optInLevel: null, updatedAt: null },
    };
    shop.customers.push(made);
    await say(shop, "customers/create", customerPayload(shop, made));
    return made;
  }

  async function setConsent(shop: ShopState, customer: Customer, state: Customer["emailMarketing"]["state"]): Promise<void> {
    customer.emailMarketing = { state, optInLevel: "single_opt_in", updatedAt: now() };
    customer.updatedAt = now();
    const consent = { customerId: customer.id, email: customer.email ?? "", ...customer.emailMarketing };
    await say(shop, "customers_email_marketing_consent/update", emailConsentPayload(shop, consent));
  }

  /** Whoever ticks the box, or signs up to the newsletter, agrees; who has agreed already changes nothing. */
  async function agree(shop: ShopState, customer: Customer): Promise<void> {
    if (customer.emailMarketing.state !== "subscribed") await setConsent(shop, customer, "subscribed");
  }

  /** Opens an account with a password. Throws what the register page says. */
  async function register(shop: ShopState, person: Person, password: string, acceptsMarketing: boolean): Promise<Customer> {
    const known = find(shop, person.email);
    if (known && shop.accounts?.some((account) => account.customerId === known.id)) {
      throw new Error("This email address is already associated with an account.");
    }
    if (password.length < 5) throw new Error("The password needs at least 5 characters.");
    const customer = await remember(shop, person);
    const salt = randomBytes(16).toString("hex");
    (shop.accounts ??= []).push({ customerId: customer.id, salt, hash: hashOf(password, salt) });
    if (acceptsMarketing) await agree(shop, customer);
    return customer;
  }

  /** The customer whose password this is, or nobody. */
  function logIn(shop: ShopState, email: string, password: string): Customer | null {
    const customer = find(shop, email);
    const account = shop.accounts?.find((one) => one.customerId === customer?.id);
    if (!customer || !account) return null;
    return timingSafeEqual(Buffer.from(account.hash, "hex"), Buffer.from(hashOf(password, account.salt), "hex")) ? customer : null;
  }

  return { find, remember, setConsent, agree, register, logIn };
}

function hashOf(password: string, salt: string): string {
  return scryptSync(password, salt, 32).toString("hex");
}
