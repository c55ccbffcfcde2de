// What a person sees of the ad account: its audiences, who is in them, and the calls that were made.
import { createHash } from "node:crypto";
import { html, page, type Html } from "../page.ts";
import { holds, type Audience } from "./audience.ts";
import type { MetaState } from "./state.ts";

/** The ad account page; `who` is an address or number typed into the search box. */
export function accountPage(state: MetaState, who: string | undefined): string {
  const audiences = [...state.audiences.values()].reverse();
  return page(
    "Meta",
    html`<h1>Meta ad accounts</h1>
      <p class="lead">
        What an ad platform would hold: hashes of people's addresses, never the addresses. Type an address to see whether its owner is in an audience.
      </p>
      <form class="row" method="get" action="/meta">
        <label for="who">Is this person in it?</label>
        <input id="who" name="who" type="search" value="${who ?? ""}" placeholder="maya@example.com or +44…" size="34" />
        <button class="quiet">Look</button>
      </form>
      ${who && found(audiences, who)}
      ${state.plainValues > 0 && html`<div class="card warn">${state.plainValues} values arrived that were not hashed. They were refused.</div>`}
      ${state.accounts.map(
        (account) =>
          html`<h2>${account.name} <span class="soft">act_${account.id}</span></h2>
            ${!account.termsAccepted && html`<p class="warn">The Custom Audience Terms are not accepted. <a href="${termsPath(account.id)}">Read and accept them</a></p>`}
            ${audienceTable(audiences.filter((audience) => audience.accountId === account.id))}`,
      )}
      <h2>Calls</h2>
      ${calls(state)}`,
    "/meta",
  );
}

export const termsPath = (accountId: string): string => `/meta/business/ads/manage/customaudiences/tos/?act=${accountId}`;

/** Meta's normal form for an address or a number, hashed. */
export function hashOf(who: string): string {
  const text = who.trim().normalize("NFC").toLowerCase();
  const normal = text.includes("@") ? text : text.replace(/\D/g, "").replace(/^0+/, "");
  return createHash("sha256").update(normal, "utf8").digest("hex");
}

function found(audiences: Audience[], who: string): Html {
  const hash = hashOf(who);
  const inside = audiences.filter((audience) => holds(audience, hash));
  return html`<div class="card" role="status">
    ${inside.length > 0 ? html`<strong>Yes</strong>, in ${inside.map((audience) => `“${audience.name}”`).join(", ")}.` : html`<strong>No</strong>, in none of them.`}
    <br /><span class="soft">As Meta knows this person: <code>${hash}</code></span>
  </div>`;
}

function audienceTable(audiences: Audience[]): Html {
  if (audiences.length === 0) return html`<p class="soft">No audiences yet.</p>`;
  return html`<table>
    <tr>
      <th>Audience</th>
      <th class="number">People</th>
      <th>Members</th>
      <th>Changed</th>
    </tr>
    ${audiences.map(
      (audience) =>
        html`<tr>
          <td>${audience.name}<br /><span class="soft">${audience.description}</span> <code>${audience.id}</code></td>
          <td class="number">${audience.members.size}</td>
          <td>${shortened(audience)}</td>
          <td>${new Date(audience.contentUpdatedAt).toISOString().replace("T", " ").slice(0, 16)}</td>
        </tr>`,
    )}
  </table>`;
}

function shortened(audience: Audience): Html {
  const first = [...audience.members.values()].slice(0, 8);
  const rest = audience.members.size - first.length;
  return html`${first.map((member) => html`<code>${(Object.values(member)[0] ?? "").slice(0, 10)}…</code> `)}${rest > 0 && html`<span class="soft">and ${rest} more</span>`}`;
}

function calls(state: MetaState): Html {
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
