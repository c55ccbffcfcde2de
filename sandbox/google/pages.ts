// What a person sees of the Google Ads accounts: their lists, who is in them, what is being worked off, and the calls that were made.
import { createHash } from "node:crypto";
import { html, page, type Html } from "../page.ts";
import type { GoogleState, UserList } from "./state.ts";

/** The account page; `who` is an address or number typed into the search box. */
export function accountPage(state: GoogleState, who: string | undefined): string {
  const waiting = state.works.filter((one) => one.status === "PROCESSING").length;
  return page(
    "Google",
    html`<h1>Google Ads accounts</h1>
      <p class="lead">
        One list for Display, Search and YouTube: hashes of people's addresses, never the addresses. Google works a change off later; here it takes
        ${state.processingMinutes} minutes of the world's clock.
      </p>
      <form class="row" method="get" action="/google">
        <label for="who">Is this person in it?</label>
        <input id="who" name="who" type="search" value="${who ?? ""}" placeholder="maya@example.com or +44…" size="34" />
        <button class="quiet">Look</button>
      </form>
      ${who && found(state.lists, who)}
      ${state.plainValues > 0 && html`<div class="card warn">${state.plainValues} values arrived that were not hashed. They were refused.</div>`}
      ${waiting > 0 && html`<div class="card" role="status">Being worked off: ${waiting}</div>`}
      ${state.accounts.map(
        (account) =>
          html`<h2>${account.name} <span class="soft">${account.id.replace(/(\d{3})(\d{3})(\d{4})/, "$1-$2-$3")}</span></h2>
            ${!account.termsAccepted && html`<p class="warn">The Customer Match terms are not accepted.</p>`}
            ${listTable(state.lists.filter((one) => one.accountId === account.id))}`,
      )}
      <h2>Calls</h2>
      ${calls(state)}`,
    "/google",
  );
}

/** Google's normal form for an address or a number, hashed. */
function hashOf(who: string): string {
  const text = who.normalize("NFC").replace(/\s/g, "").toLowerCase();
  const gmail = /^(.+)@(gmail\.com|googlemail\.com)$/.exec(text);
  const normal = gmail ? `${(gmail[1] ?? "").split("+")[0]?.replaceAll(".", "")}@${gmail[2]}` : text.includes("@") ? text : `+${text.replace(/\D/g, "")}`;
  return createHash("sha256").update(normal, "utf8").digest("hex");
}

function nameOf({ fields }: UserList): string {
  const name = fields["displayName"];
  return typeof name === "string" ? name : "";
}

function found(lists: UserList[], who: string): Html {
  const hash = hashOf(who);
  const inside = lists.filter((one) => one.members.some((member) => member.some((identifier) => identifier.endsWith(hash))));
  return html`<div class="card" role="status">
    ${inside.length > 0 ? html`<strong>Yes</strong>, in ${inside.map((one) => `“${nameOf(one)}”`).join(", ")}.` : html`<strong>No</strong>, in none of them.`}
    <br /><span class="soft">As Google knows this person: <code>${hash}</code></span>
  </div>`;
}

function listTable(lists: UserList[]): Html {
  if (lists.length === 0) return html`<p class="soft">No lists yet.</p>`;
  return html`<table>
    <tr>
      <th>List</th>
      <th class="number">People</th>
      <th>Members</th>
    </tr>
    ${lists.map(
      (one) =>
        html`<tr>
          <td>${nameOf(one)} <code>${one.id}</code></td>
          <td class="number">${one.members.length}</td>
          <td>${one.members.slice(0, 8).map((member) => html`<code>${(member[0] ?? "").slice(0, 16)}…</code> `)}</td>
        </tr>`,
    )}
  </table>`;
}

function calls(state: GoogleState): Html {
  const latest = state.calls.slice(-100).reverse();
  if (latest.length === 0) return html`<p class="soft">No calls yet.</p>`;
  return html`<table>
    <tr>
      <th>When</th>
      <th>Call</th>
      <th class="number">Answer</th>
      <th>What</th>
    </tr>
    ${latest.map(
      (call) =>
        html`<tr>
          <td>${call.at.replace("T", " ").slice(0, 19)}</td>
          <td><code>${call.method} ${call.path}</code></td>
          <td class="number${call.status === 200 ? "" : " warn"}">${call.status === 0 ? "none" : call.status}</td>
          <td>${call.note}</td>
        </tr>`,
    )}
  </table>`;
}
