// The control desk: the first page of the world, from which everything in it can be seen and set going.
import express, { type NextFunction, type Response, Router } from "express";
import type { Clock } from "../clock/clock.ts";
import type { WorldContext } from "../context.ts";
import type { DepartureLog } from "../log.ts";
import type { MailStandIn } from "../mail/stand-in.ts";
import { page } from "../page.ts";
import { shopName } from "../shopify/shop-state.ts";
import type { ShopifyStandIn } from "../shopify/stand-in.ts";
import { calming, mischief } from "./mischief.ts";
import { deskPage, type DeskFacts } from "./pages.ts";
import { newest } from "./outside.ts";

export type DeskSettings = { context: WorldContext; clock: Clock; log: DepartureLog; mail: MailStandIn; shopify: ShopifyStandIn };

/** `GET /` the desk, `POST /desk/mischief/<key>`, `POST /desk/calm`, `POST /desk/release`, `GET /desk/state`. */
export function desk({ context, clock, log, mail, shopify }: DeskSettings): Router {
  const router = Router();
  router.use("/desk", express.urlencoded({ extended: false }));

  /** The stand-ins are told by the same calls that tests use. */
  async function tell(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${context.worldUrl()}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 200)}`);
    return text === "" ? null : JSON.parse(text);
  }

  async function facts(): Promise<DeskFacts> {
    const [scripts, metaFaults, googleFaults] = (await Promise.all([
      tell("GET", "/mail/control/scripts"),
      tell("GET", "/meta/control/faults"),
      tell("GET", "/google/control/faults"),
    ])) as [unknown[], unknown[], unknown[]];
    const api = shopify.faults;
    return {
      now: clock.now(),
      offsetMs: clock.offsetMs(),
      appUrl: context.appUrl(),
      shops: shopify.shops.all().map(({ domain, name, installed }) => ({ name: shopName(domain), title: name, installed })),
      waiting: {
        webhooks: shopify.sender.misbehaving(),
        "Admin API calls": api.throttle + api.tooMany + (api.status?.times ?? 0),
        mails: scripts.length,
        "Meta calls": metaFaults.length,
        "Google calls": googleFaults.length,
      },
      held: shopify.sender.heldBack(),
      letters: mail.mailbox.list().length,
      outside: newest(log.list(), mail.mailbox.list(), shopify.sender.deliveries(), 12),
    };
  }

  router.get("/", (_request, response, next) => {
    facts()
      .then((found) => response.send(page("Desk", deskPage(found), "/")))
      .catch(next);
  });
  router.get("/desk/state", (_request, response, next) => {
    facts()
      .then((found) => response.json(found))
      .catch(next);
  });
  const back = (work: Promise<unknown>, response: Response, next: NextFunction): void => {
    work.then(() => response.redirect(303, "/#trouble")).catch(next);
  };
  router.post("/desk/mischief/:key", (request, response, next) => {
    const wanted = mischief.find((one) => one.key === request.params.key);
    if (wanted === undefined) return void response.status(404).type("text").send("There is no such trouble");
    back(tell("POST", wanted.path, wanted.body), response, next);
  });
  router.post("/desk/calm", (_request, response, next) => back(Promise.all(calming.map((path) => tell("DELETE", path))), response, next));
  router.post("/desk/release", (_request, response, next) => back(shopify.sender.release("reversed"), response, next));
  return router;
}
