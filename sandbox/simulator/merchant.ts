// The merchant of the shop: opens the app in her admin and does there what she must before a flow may be switched on.
import { openLetter } from "../mail/mailbox.ts";
import { merchantToken } from "../shopify/launch-url.ts";
import { shopName } from "../shopify/shop-state.ts";
import type { World } from "../world.ts";

export type MerchantOptions = { world: World; appUrl: string; shop: string };
export type Merchant = ReturnType<typeof merchantOf>;

const browser = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15";

/** The merchant of a shop, at the product's own screens. */
export function merchantOf({ world, appUrl, shop }: MerchantOptions) {
  const state = () => world.shopify.shops.get(shop);

  async function press(screen: string, route: string, fields: Record<string, string>): Promise<void> {
    const { appKey, appSecret } = world.context;
    const url = new URL(screen, appUrl);
    url.searchParams.set("_data", route);
    const answer = await fetch(url, {
      method: "POST",
      headers: { "user-agent": browser, authorization: `Bearer ${merchantToken({ appKey, appSecret, now: world.context.now() }, state())}` },
      body: new URLSearchParams(fields),
      redirect: "manual",
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`The app answered ${answer.status} to ${fields["intent"] ?? "?"} on ${screen}: ${text.slice(0, 300)}`);
  }

  /** Has the app ask whether the sender's address is hers, and says yes in the mail that comes. */
  async function confirmSender(sender: string): Promise<void> {
    await press("/app?index", "routes/app.home/route", { intent: "confirm-sender" });
    const [letter] = world.mail.mailbox.list(sender);
    const link = letter === undefined ? undefined : /https?:\/\/\S+\/s\/[\w.~-]+/.exec((await openLetter(letter)).text)?.[0];
    if (link === undefined) throw new Error("No mail asked whether the sender's address is right");
    const answer = await fetch(new URL(new URL(link).pathname, appUrl), { method: "POST", headers: { "user-agent": browser } });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`The app answered ${answer.status} when the sender's address was confirmed`);
  }

  return {
    /** Opens the app from the admin, which installs it. */
    async open(): Promise<void> {
      const launch = new URL(world.shopify.launchUrl(shop));
      const answer = await fetch(new URL(launch.pathname + launch.search, appUrl), {
        headers: { "user-agent": browser, accept: "text/html" },
        redirect: "manual",
      });
      await answer.body?.cancel();
      if (answer.status >= 400) throw new Error(`The app answered ${answer.status} when it was opened`);
    },
    /** Switches the app's embed on in the theme editor, and saves. */
    async embedOn(): Promise<void> {
      const answer = await fetch(`${world.url}/admin/store/${shopName(shop)}/themes/current/editor`, {
        method: "POST",
        body: new URLSearchParams({ embed: "on" }),
        redirect: "manual",
      });
      await answer.body?.cancel();
      if (answer.status >= 400 || state().embed !== "on") throw new Error(`The theme editor answered ${answer.status}`);
    },
    /** How many of a hundred the checkout flow leaves alone from now on. */
    holdout: (percent: number): Promise<void> =>
      press("/app/flows/abandoned-checkout", "routes/app.flow/route", { intent: "holdout", holdoutPercent: String(percent) }),
    /** How many of a hundred nothing is ever sent to, before she has said who the mails come from. */
    shopHoldout: (percent: number): Promise<void> =>
      press("/app/settings", "routes/app.settings/route", {
        ...{ intent: "save", senderName: "", senderAddress: "", postalAddress: "", countOffline: "false" },
        holdoutPercent: String(percent),
      }),
    /** Says who the mails come from, sends herself one, answers about other tools, and switches a flow on: the checkout one, unless told. */
    async switchOn({ flowKey = "abandoned-checkout", flowHoldout }: { flowKey?: string; flowHoldout?: number } = {}): Promise<void> {
      const sender = "hello@harbour-pine.example";
      const flow = (fields: Record<string, string>) => press(`/app/flows/${flowKey}`, "routes/app.flow/route", fields);
      await flow({ intent: "sender", senderName: state().name, senderAddress: sender, postalAddress: "4 Shore Road, Leith EH6 6RX, UK" });
      await confirmSender(sender);
      await flow({ intent: "test", to: state().email });
      await flow({ intent: "other-mails", off: "true" });
      if (flowHoldout !== undefined) await flow({ intent: "holdout", holdoutPercent: String(flowHoldout) });
      await flow({ intent: "enable" });
    },
    /** What a screen shows, as the app answers its own browser. */
    async read<Answer>(screen: string, route: string): Promise<Answer> {
      const { appKey, appSecret } = world.context;
      const url = new URL(screen, appUrl);
      url.searchParams.set("_data", route);
      const answer = await fetch(url, {
        headers: { "user-agent": browser, authorization: `Bearer ${merchantToken({ appKey, appSecret, now: world.context.now() }, state())}` },
      });
      if (!answer.ok) throw new Error(`The app answered ${answer.status} on ${screen}: ${(await answer.text()).slice(0, 300)}`);
      return (await answer.json()) as Answer;
    },
  };
}
