// How the desk looks. It works without a script; with one, what passes by and the time are kept up to date.
import { html, places, raw, type Html } from "../page.ts";
import { mischief } from "./mischief.ts";
import type { Passed } from "./outside.ts";

export type DeskFacts = {
  now: Date;
  offsetMs: number;
  appUrl: string;
  shops: { name: string; title: string; installed: boolean }[];
  /** How many of each are still to go wrong. */
  waiting: Record<string, number>;
  held: number;
  letters: number;
  outside: Passed[];
};

const clock = (now: Date) => now.toISOString().replace("T", " ").slice(0, 16);

function shops(facts: DeskFacts): Html {
  return html`<div class="cards">
    ${facts.shops.map(
      (shop) =>
        html`<div class="card">
          <strong class="title">${shop.title}</strong>
          <span class="badge">${shop.installed ? "Comeback is installed" : "Comeback is not installed yet"}</span>
          <p>
            <a href="/shop/${shop.name}/">Storefront</a>: be a shopper: look around, fill a cart, leave.<br />
            <a href="/admin/store/${shop.name}/apps/comeback">Admin</a>: be the merchant. ${shop.installed ? "" : "Opening it installs Comeback."}
          </p>
        </div>`,
    )}
  </div>`;
}

function time(facts: DeskFacts): Html {
  const jump = (duration: string, label: string) =>
    html`<form method="post" action="/clock/api">
      <input type="hidden" name="advance" value="${duration}" /><input type="hidden" name="from" value="desk" />
      <button>${label}</button>
    </form>`;
  return html`<div class="card" id="time">
    <p class="big"><span id="now">${clock(facts.now)}</span> UTC</p>
    <div class="row">${jump("PT1H", "+1 hour")} ${jump("P1D", "+1 day")} ${jump("P3D", "+3 days")} <a href="/clock">More of the clock</a></div>
    <p class="soft">A checkout counts as left after an hour. What has become due happens within a few seconds after a jump.</p>
  </div>`;
}

function passed(list: Passed[]): Html {
  return html`<table>
    <thead>
      <tr>
        <th>When</th>
        <th>What</th>
        <th>About</th>
        <th>End</th>
      </tr>
    </thead>
    <tbody id="outside">
      ${
        list.length === 0
          ? html`<tr>
              <td colspan="4" class="soft">Nothing yet. Open the admin: that installs Comeback, and it asks Shopify who the shop is.</td>
            </tr>`
          : list.map(
              (one) =>
                html`<tr>
                  <td>${one.at.replace("T", " ").slice(0, 19)}</td>
                  <td>${one.what}</td>
                  <td><a href="${one.link}">${one.about}</a></td>
                  <td class="${one.well ? "" : "warn"}">${one.end}</td>
                </tr>`,
            )
      }
    </tbody>
  </table>`;
}

function trouble(facts: DeskFacts): Html {
  const waiting = Object.entries(facts.waiting).filter(([, count]) => count > 0);
  const kinds = [...new Set(mischief.map((one) => one.where))];
  return html`<div class="card" role="status">
      ${
        waiting.length === 0 && facts.held === 0
          ? html`<p>Nothing is going wrong at the moment.</p>`
          : html`<p>
              ${waiting.length === 0 ? "" : html`Still to go wrong: ${waiting.map(([what, count]) => `${count} ${what}`).join(", ")}.`}
              ${facts.held === 0 ? "" : html`Held back: ${facts.held} ${facts.held === 1 ? "webhook" : "webhooks"}.`}
            </p>`
      }
      <div class="row">
        <form method="post" action="/desk/calm"><button class="quiet">End all troubles</button></form>
        <form method="post" action="/desk/release">
          <button class="quiet" ${facts.held === 0 ? raw("disabled") : ""}>Release what is held, the last one first</button>
        </form>
      </div>
    </div>
    <div class="cards">
      ${kinds.map(
        (kind) =>
          html`<section class="card" aria-labelledby="trouble-${kind.replace(" ", "-")}">
            <h3 id="trouble-${kind.replace(" ", "-")}">${kind}</h3>
            ${mischief
              .filter((one) => one.where === kind)
              .map(
                (one) =>
                  html`<form method="post" action="/desk/mischief/${one.key}">
                    <button class="quiet">${one.label}</button>
                    <p class="soft">${one.expect}</p>
                  </form>`,
              )}
          </section>`,
      )}
    </div>`;
}

// Only text is put into the page, so what passed by cannot bring markup with it.
const live = `
const put = (row, text, parent) => { const cell = row.insertCell(); (parent ? cell.appendChild(parent) : cell).textContent = text; return cell; };
setInterval(async () => {
  if (document.visibilityState !== "visible") return;
  try {
    const facts = await (await fetch("/desk/state")).json();
    document.getElementById("now").textContent = facts.now.replace("T", " ").slice(0, 16);
    document.getElementById("letters").textContent = facts.letters;
    if (facts.outside.length === 0) return;
    const body = document.createElement("tbody");
    body.id = "outside";
    for (const one of facts.outside) {
      const row = body.insertRow();
      put(row, one.at.replace("T", " ").slice(0, 19));
      put(row, one.what);
      const link = document.createElement("a");
      link.href = one.link;
      put(row, one.about, link);
      put(row, one.end).className = one.well ? "" : "warn";
    }
    document.getElementById("outside").replaceWith(body);
  } catch {}
}, 2000);`;

/** The desk itself. */
export function deskPage(facts: DeskFacts): Html {
  return html`<h1>A whole world on one machine</h1>
    <p class="lead">
      Shops, their shoppers, the Shopify admin, two ad platforms and a mailbox: all stand-ins, all here, nothing reaches the internet. Be a shopper who leaves a
      full cart, let an hour pass, read the mail that comes, and see in the admin what it earned.
    </p>
    <h2>Shops</h2>
    ${shops(facts)}
    <h2>Time</h2>
    ${time(facts)}
    <h2>Places</h2>
    <div class="cards">
      ${places
        .filter((place) => !["/", "/clock"].includes(place.path) && !/^\/(shop|admin)\//.test(place.path))
        .map(
          (place) =>
            html`<a class="card" href="${place.path}"
              ><strong class="title">${place.label}</strong>${place.about}
              ${place.path === "/mail" ? html`<br /><span class="badge"><span id="letters">${facts.letters}</span> letters</span>` : ""}</a
            >`,
        )}
    </div>
    <h2>What passed by</h2>
    <p class="soft">Calls and letters that left Comeback, and webhooks that reached it. <a href="/log">All calls</a> · <a href="/mail">All letters</a></p>
    ${passed(facts.outside)}
    <h2 id="trouble">Trouble</h2>
    <p class="soft">Duplicates, delays and failures, as the real world has them. Let one loose, do something, and look at what comes of it.</p>
    ${trouble(facts)}
    <p class="soft">Comeback itself listens at <code>${facts.appUrl}</code>.</p>
    <script>
      ${raw(live)};
    </script>`;
}
