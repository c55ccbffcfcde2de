// accounts.google.com: the consent page, where the merchant lets the app into her customer data.
import express, { type Request } from "express";
import { isLocal } from "../addresses.ts";
import type { WorldContext } from "../context.ts";
import { html, page, type Html } from "../page.ts";
import { scope } from "./definition.ts";
import type { GoogleState } from "./state.ts";
import { issueCode } from "./token.ts";

type Login = { redirectUri: string; state: string; offline: boolean };

const known = ["client_id", "redirect_uri", "response_type", "scope", "access_type", "prompt", "state", "include_granted_scopes", "login_hint"];
const person = "robin@harbour-pine.test";

/** The page at `/o/oauth2/v2/auth`. */
export function dialogRouter(state: GoogleState, context: WorldContext): express.Router {
  const router = express.Router();
  const path = "/o/oauth2/v2/auth";

  router.get(path, (request, response) => {
    response.set("x-frame-options", "DENY"); // as Google: a login inside a frame could be clickjacked
    const login = readLogin(request, context);
    if (typeof login === "string") return response.status(400).send(page("Google", refusal(login), "/google"));
    return response.send(page("Sign in with Google", consent(login, request), "/google"));
  });

  router.post(path, express.urlencoded({ extended: false }), (request, response) => {
    response.set("x-frame-options", "DENY");
    const login = readLogin(request, context);
    if (typeof login === "string") return response.status(400).send(page("Google", refusal(login), "/google"));
    const back = new URL(login.redirectUri);
    const answer = (request.body as Record<string, unknown>)["answer"];
    if (answer === "allow") {
      back.searchParams.set("code", issueCode(state, login.redirectUri, scope, login.offline, context.now().getTime()));
      back.searchParams.set("scope", scope);
    } else back.searchParams.set("error", "access_denied");
    back.searchParams.set("state", login.state);
    return response.redirect(303, back.href);
  });
  return router;
}

/** What the query asks for, or the sentence that Google would show instead. */
function readLogin(request: Request, context: WorldContext): Login | string {
  const query = request.query as Record<string, unknown>;
  const text = (name: string): string => (typeof query[name] === "string" ? query[name] : "");
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  if (unknown !== undefined) return `Error 400: invalid_request. Unknown parameter: ${unknown}`;
  if (text("client_id") !== context.googleClientId) return "Error 401: invalid_client. The OAuth client was not found.";
  if (!redirectAllowed(text("redirect_uri"), context)) return "Error 400: redirect_uri_mismatch. The address is not one of the client's redirect addresses.";
  if (text("response_type") !== "code") return "Error 400: unsupported_response_type. Only code is offered.";
  if (text("scope") !== scope) return `Error 400: invalid_scope. Only ${scope} is offered.`;
  if (text("state") === "") return "The state parameter is missing. Without it anybody could finish this login for you.";
  if (!["", "online", "offline"].includes(text("access_type"))) return "Error 400: invalid_request. access_type is online or offline.";
  if (text("access_type") === "offline" && text("prompt") !== "consent") return "Without prompt=consent Google gives a lasting token only the first time.";
  return { redirectUri: text("redirect_uri"), state: text("state"), offline: text("access_type") === "offline" };
}

// The client's settings at Google list the app's own address; plain http is allowed for this machine only.
function redirectAllowed(text: string, context: WorldContext): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.hash !== "") return false;
  return url.origin === new URL(context.appUrl()).origin || (/^https?:$/.test(url.protocol) && isLocal(url.hostname));
}

function consent(login: Login, request: Request): Html {
  return html`<div class="card" style="max-width: 520px; margin: 40px auto">
    <h1>Comeback wants access to your Google Account</h1>
    <p class="lead">You are signed in as ${person}. Comeback asks to:</p>
    <ul>
      <li>See, edit, create, import, or delete your customer data in Google Ads, Google Marketing Platform and Google Analytics</li>
    </ul>
    <form method="post" action="${request.originalUrl}" class="row">
      <button name="answer" value="allow">Allow</button>
      <button class="quiet" name="answer" value="cancel">Cancel</button>
    </form>
    <p class="soft">You will go back to ${new URL(login.redirectUri).host}. This is a stand-in; nothing reaches Google.</p>
  </div>`;
}

const refusal = (sentence: string): Html =>
  html`<h1>Access blocked</h1>
    <div class="card warn" role="alert">${sentence}</div>`;
