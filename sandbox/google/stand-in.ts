// Google as a place in the world: the Data Manager API, the login, the account page and the controls for tests.
import express from "express";
import type { StandIn, WorldContext } from "../context.ts";
import { apiRouter } from "./api.ts";
import { dialogRouter } from "./dialog.ts";
import { faultOf } from "./fault.ts";
import { accountPage } from "./pages.ts";
import { createState, workOff, type GoogleState } from "./state.ts";
import { tokenRouter } from "./token.ts";

/** Google's Data Manager API v1 for Customer Match in Google Ads, strict, with faults on demand. */
export function googleStandIn(context: WorldContext): StandIn {
  const state = createState();
  const pages = express.Router();
  const dialog = dialogRouter(state, context);

  pages.get("/", (request, response) => {
    workOff(state, context.now().getTime());
    const who = request.query["who"];
    response.send(accountPage(state, typeof who === "string" && who !== "" ? who : undefined));
  });
  pages.use("/accounts", dialog);
  control(pages, state, context);

  return {
    name: "google",
    label: "Google",
    pages,
    outbound: [
      { hosts: /^datamanager\.googleapis\.com$/, router: apiRouter(state, context) },
      { hosts: /^oauth2\.googleapis\.com$/, router: tokenRouter(state, context) },
      { hosts: /^accounts\.google\.com$/, router: dialog },
    ],
    save: () => ({ ...state, calls: state.calls.slice(-200) }),
    restore: (saved) => Object.assign(state, saved),
  };
}

function control(pages: express.Router, state: GoogleState, context: WorldContext): void {
  const json = express.json();

  pages.get("/api", (_request, response) => {
    workOff(state, context.now().getTime());
    const { accounts, lists, works, calls, plainValues } = state;
    response.json({ accounts, lists, requests: works.map(({ members: _members, ...work }) => work), calls, plainValues });
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
    const { accepted } = request.body as { accepted?: unknown };
    if (typeof accepted !== "boolean") return response.status(400).json({ error: "`accepted` is true or false" });
    for (const one of state.accounts) one.termsAccepted = accepted;
    return response.json(state.accounts);
  });
  pages.post("/control/tokens", json, (request, response) => {
    const { make } = request.body as { make?: unknown };
    if (make !== "expired" && make !== "revoked") return response.status(400).json({ error: "`make` is expired or revoked" });
    for (const token of state.tokens) token.revoked = true;
    if (make === "revoked") state.lasting.length = 0;
    return response.json({ tokens: state.tokens.length });
  });
  pages.post("/control/processing", json, (request, response) => {
    const { minutes, refuse } = request.body as { minutes?: unknown; refuse?: { records?: unknown; reason?: unknown } };
    if (minutes !== undefined && (typeof minutes !== "number" || minutes < 0)) return response.status(400).json({ error: "`minutes` is a number" });
    const { records, reason } = refuse ?? {};
    if (refuse !== undefined && (typeof records !== "number" || typeof reason !== "string"))
      return response.status(400).json({ error: "`refuse` has records and reason" });
    if (minutes !== undefined) state.processingMinutes = minutes;
    if (typeof records === "number" && typeof reason === "string") state.refusals.push({ records, reason });
    return response.status(204).end();
  });
}
