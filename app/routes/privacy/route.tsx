import type { MetaFunction } from "@remix-run/node";
import { PublicPage, publicStyle } from "#app/components/public-page.tsx";

export const links = () => [publicStyle];
export const meta: MetaFunction = () => [{ title: "Privacy · Comeback" }];

export default function Privacy() {
  return (
    <PublicPage title="Privacy">
      <p>Comeback works for the shop that installed it. The shop decides what is sent to whom; whoever hosts this installation keeps the data for the shop.</p>
      <h2>What is stored</h2>
      <ul>
        <li>
          What Shopify tells about a shop&rsquo;s carts, checkouts, orders, refunds and customers: names, addresses, phone numbers, what was bought, and who
          agreed to be written to. That includes what was there when the app was installed: the shop&rsquo;s customers with what each agreed to and when, and
          the orders of the 60 days before.
        </li>
        <li>
          What visitors who allowed it do in the shop: pages and products looked at, searches, carts, forms that were begun or sent, and the campaign that
          brought them. Never what is typed into a form, and no address. The browser is known by a number that Shopify gives it.
        </li>
        <li>
          Every mail that was sent, where its links lead, and when they were opened, with a guess whether a person or a machine did it. Opening a mail is not
          tracked. A mail about a product loads its picture from the shop or from Shopify, never from here.
        </li>
        <li>Who is in which segment, and who belongs to the holdout that receives nothing.</li>
        <li>What a shop sets up: its sender, its flows, its connection to an ad account. Credentials are encrypted.</li>
      </ul>
      <h2>What leaves this installation</h2>
      <ul>
        <li>Mails, to people who agreed to them or whom the law of their country allows to be written to, through the shop&rsquo;s mail server.</li>
        <li>Hashed addresses, to an ad platform that the shop connected, of people who agreed. Who buys or withdraws is taken out again.</li>
      </ul>
      <h2>How long</h2>
      <p>
        Raw webhooks are kept for 14 days. Everything else stays while the app is installed. After it is uninstalled Shopify asks for erasure, and everything of
        the shop is erased.
      </p>
      <h2>Your rights</h2>
      <p>
        Every marketing mail carries an unsubscribe link that works at once and for good. To see or erase what is stored about you, write to the shop: Shopify
        passes the request on, and it is answered within 30 days.
      </p>
    </PublicPage>
  );
}
