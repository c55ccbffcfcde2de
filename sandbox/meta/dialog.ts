// www.facebook.com: the login dialog, where the merchant lets the app into the ad account.
import express, { type Request } from "express";
import type { WorldContext } from "../context.ts";
import { isLocal } from "../addresses.ts";
import { html, page, type Html } from "../page.ts";
import { facebookUser } from "./ad-account.ts";
import { permissions } from "./definition.ts";
import type { MetaState } from "./state.ts";
import { issueCode } from "./token.ts";

type Login = { clientId: string; redirectUri: string; state: string; scopes: string[] };

const known = [
  "client_id",
  "redirect_uri",
  "state",
  "scope",
  "response_type",
  "config_id",
  "auth_type",
  "display",
  "extras",
  "override_default_response_type",
  "return_scopes",
];

const scopeMeaning: Record<string, string> = {
  ads_management: "Manage ads and audiences of your ad accounts",
  ads_read: "Read your ads and their results",
  business_management: "See the businesses you work for",
  catalog_management: "Manage your product catalogues",
};

/** The dialog at `/dialog/oauth`, with or without a version in front of it. */
export function dialogRouter(state: MetaState, context: WorldContext): express.Router {
  const router = express.Router();
  const path = /^(?:\/v26\.0)?\/dialog\/oauth\/?$/;

  router.get(path, (request, response) => {
    response.set("x-frame-options", "DENY"); // as Facebook: a login inside a frame could be clickjacked
    const login = readLogin(request, context);
    if (typeof login === "string") return response.status(400).send(page("Facebook", refusal(login), "/meta"));
    return response.send(page("Log in with Facebook", consent(login, request), "/meta"));
  });

  router.post(path, express.urlencoded({ extended: false }), (request, response) => {
    response.set("x-frame-options", "DENY");
    const login = readLogin(request, context);
    if (typeof login === "string") return response.status(400).send(page("Facebook", refusal(login), "/meta"));
    const back = new URL(login.redirectUri);
    const granted = (request.body as Record<string, unknown>)["answer"] === "continue";
    if (granted) {
      back.searchParams.set("code", issueCode(state, login.redirectUri, login.scopes, context.now().getTime()));
    } else {
      back.searchParams.set("error", "access_denied");
      back.searchParams.set("error_code", "200");
      back.searchParams.set("error_description", "Permissions error");
      back.searchParams.set("error_reason", "user_denied");
    }
    back.searchParams.set("state", login.state);
    return response.redirect(303, `${back.href}#_=_`); // Facebook adds this fragment
  });
  return router;
}

/** The login that the query asks for, or the sentence that Facebook would show instead. */
function readLogin(request: Request, context: WorldContext): Login | string {
  const query = request.query as Record<string, unknown>;
  const text = (name: string): string => (typeof query[name] === "string" ? query[name] : "");
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  if (unknown !== undefined) return `Unknown parameter: ${unknown}`;
  if (text("client_id") !== context.metaAppId) return "Invalid App ID: The provided app ID does not look like a valid app ID.";
  if (!redirectAllowed(text("redirect_uri"), context))
    return "URL blocked: This redirect failed because the redirect URI is not white-listed in the app's client OAuth settings.";
  if (text("state") === "") return "The state parameter is missing. Without it anybody could finish this login for you.";
  if (text("response_type") !== "" && text("response_type") !== "code") return "Only response_type=code is offered.";
  const scopes = text("scope")
    .split(/[\s,]+/)
    .filter(Boolean);
  const invalid = scopes.filter((scope) => !permissions.some((one) => one === scope));
  if (invalid.length > 0) return `Invalid Scopes: ${invalid.join(", ")}. This message is only shown to developers.`;
  if (scopes.length === 0) return "The scope parameter is missing: ask for what the app needs, such as ads_management.";
  return { clientId: text("client_id"), redirectUri: text("redirect_uri"), state: text("state"), scopes };
}

// The app's settings at Meta list its own address; plain http is allowed for this machine only.
function redirectAllowed(text: string, context: WorldContext): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.hash !== "") return false;
  if (url.origin === new URL(context.appUrl()).origin) return true;
  return /^https?:$/.test(url.protocol) && isLocal(url.hostname);
}

function consent(login: Login, request: Request): Html {
  return html`<div class="card" style="max-width: 520px; margin: 40px auto">
    <h1>Comeback would like access</h1>
    <p class="lead">You are logged in to Facebook as ${facebookUser.name}. Comeback asks to:</p>
    <ul>
      ${login.scopes.map((scope) => html`<li>${scopeMeaning[scope] ?? scope} <span class="soft">(${scope})</span></li>`)}
    </ul>
    <form method="post" action="${request.originalUrl}" class="row">
      <button name="answer" value="continue">Continue as ${facebookUser.name.split(" ")[0]}</button>
      <button class="quiet" name="answer" value="cancel">Cancel</button>
    </form>
    <p class="soft">You will go back to ${new URL(login.redirectUri).host}. This is a stand-in; nothing reaches Facebook.</p>
  </div>`;
}

const refusal = (sentence: string): Html =>
  html`<h1>Facebook</h1>
    <div class="card warn" role="alert">${sentence}</div>`;
