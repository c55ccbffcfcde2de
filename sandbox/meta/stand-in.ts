// Meta as a place in the world: the Graph API, the login dialog, the ad account page and the controls for tests.
import express from "express";
import type { StandIn, WorldContext } from "../context.ts";
import { html, page } from "../page.ts";
import { dialogRouter } from "./dialog.ts";
import { faultOf } from "./fault.ts";
import { graphRouter } from "./graph.ts";
import { accountPage } from "./pages.ts";
import { createState, restoreState, saveState, type MetaState } from "./state.ts";

/** Meta's Graph API v26.0 for custom audiences, strict, with faults on demand. */
export function metaStandIn(context: WorldContext): StandIn {
  const state = createState();
  const pages = express.Router();
  const dialog = dialogRouter(state, context);

  pages.get("/", (request, response) => {
    const who = request.query["who"];
    response.send(accountPage(state, typeof who === "string" && who !== "" ? who : undefined));
  });
  // The same dialog twice: by its short path, and by the path it has on www.facebook.com.
  pages.use("/www", dialog);
  pages.use(dialog);
  terms(pages, state);
  control(pages, state);

  return {
    name: "meta",
    label: "Meta",
    pages,
    outbound: [
      { hosts: /^graph\.facebook\.com$/, router: graphRouter(state, context) },
      { hosts: /^www\.facebook\.com$/, router: dialog },
    ],
    save: () => saveState(state),
    restore: (saved) => restoreState(state, saved),
  };
}

function terms(pages: express.Router, state: MetaState): void {
  const path = "/business/ads/manage/customaudiences/tos";
  const accountOf = (act: unknown) => state.accounts.find((account) => account.id === String(act).replace(/^act_/, ""));

  pages.get(path, (request, response, next) => {
    const account = accountOf(request.query["act"]);
    if (!account) return next();
    return response.send(
      page(
        "Custom Audience Terms",
        html`<div class="card" style="max-width: 560px; margin: 40px auto">
          <h1>Custom Audience Terms</h1>
          <p>For ${account.name}. You confirm that you may use your customers' data for advertising and that you honour every opt-out.</p>
          ${
            account.termsAccepted
              ? html`<p role="status">These terms are accepted. You can go back to Comeback.</p>`
              : html`<form method="post" action="${request.originalUrl}"><button>Accept</button></form>`
          }
        </div>`,
        "/meta",
      ),
    );
  });
  pages.post(path, (request, response, next) => {
    const account = accountOf(request.query["act"]);
    if (!account) return next();
    account.termsAccepted = true;
    return response.redirect(303, request.originalUrl);
  });
}

function control(pages: express.Router, state: MetaState): void {
  const json = express.json();

  pages.get("/api", (_request, response) => {
    response.json({
      accounts: state.accounts,
      audiences: [...state.audiences.values()].map(({ members, ...audience }) => ({
        ...audience,
        size: members.size,
        members: [...members.values()].map((member) => member["EMAIL"] ?? Object.values(member)[0]),
        rows: [...members.values()],
      })),
      calls: state.calls,
      plainValues: state.plainValues,
    });
  });

  pages.get("/control/faults", (_request, response) => {
    response.json(state.faults);
  });
  pages.post("/control/faults", json, (request, response) => {
    const fault = faultOf(request.body);
    if (typeof fault === "string") return response.status(400).json({ error: fault });
    state.faults.push(fault);
    return response.status(201).json(fault);
  });
  pages.delete("/control/faults", (_request, response) => {
    state.faults.length = 0;
    response.status(204).end();
  });

  pages.post("/control/terms", json, (request, response) => {
    const { accepted, account } = request.body as { accepted?: unknown; account?: unknown };
    if (typeof accepted !== "boolean") return response.status(400).json({ error: "`accepted` is true or false" });
    for (const one of state.accounts) if (account === undefined || one.id === String(account)) one.termsAccepted = accepted;
    return response.json(state.accounts);
  });
  pages.post("/control/tokens", json, (request, response) => {
    const { make } = request.body as { make?: unknown };
    if (make !== "expired" && make !== "logout" && make !== "password") return response.status(400).json({ error: "`make` is expired, logout or password" });
    for (const token of state.tokens.values()) {
      if (make === "expired") token.expiresAt = 0;
      else token.revoked = make;
    }
    return response.json({ tokens: state.tokens.size });
  });
  pages.post("/control/usage", json, (request, response) => {
    const { percent, regainMinutes = 5 } = request.body as { percent?: unknown; regainMinutes?: unknown };
    if (percent === null) state.usage.setOverride(undefined);
    else if (typeof percent === "number" && typeof regainMinutes === "number") state.usage.setOverride({ percent, regainMinutes });
    else return response.status(400).json({ error: "`percent` is a number, or null to count again" });
    return response.status(204).end();
  });
}
