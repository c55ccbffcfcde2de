// What a person sees of the mailbox: the list, one letter with its tabs, and the letter's body for the frame.
import { isLocal, insteadOf, outward } from "../addresses.ts";
import { html, page, type Html } from "../page.ts";
import type { Letter, Mailbox, OpenedLetter } from "./mailbox.ts";
import { unsubscribeAddresses } from "./rules.ts";

export const letterTabs = { html: "HTML", text: "Plain text", source: "Headers and source" } as const;
export type LetterTab = keyof typeof letterTabs;

/** Gmail cuts a message off above this size. */
const clippedAbove = 102 * 1024;

/** The list of letters, newest first. */
export function listPage(mailbox: Mailbox, to: string | undefined): string {
  const letters = mailbox.list(to).slice(0, 200);
  const refused = mailbox
    .attempts()
    .filter((attempt) => attempt.outcome !== "accepted")
    .slice(-10)
    .reverse();
  return page(
    "Mailbox",
    html`<h1>Mailbox</h1>
      <p class="lead">Every email this shop's readers received, all in one place. Mail that a big provider would refuse is refused here as well.</p>
      <form class="row" method="get" action="/mail">
        <label for="to">Recipient</label>
        <input id="to" name="to" type="search" value="${to ?? ""}" placeholder="anyone" />
        <button class="quiet">Show</button>
      </form>
      ${letters.length === 0 ? html`<div class="card soft">No mail ${to ? `for ${to} ` : ""}yet.</div>` : letterTable(letters)}
      ${
        refused.length > 0 &&
        html`<h2>Not delivered lately</h2>
          <table>
            <tr>
              <th>When</th>
              <th>To</th>
              <th>What happened</th>
            </tr>
            ${refused.map(
              (one) =>
                html`<tr>
                  <td>${time(one.at)}</td>
                  <td>${one.to.join(", ")}</td>
                  <td class="warn">${one.outcome}</td>
                </tr>`,
            )}
          </table>`
      }`,
    "/mail",
  );
}

function letterTable(letters: Letter[]): Html {
  return html`<table>
    <tr>
      <th>Arrived</th>
      <th>To</th>
      <th>From</th>
      <th>Subject</th>
    </tr>
    ${letters.map(
      (letter) =>
        html`<tr>
          <td>${time(letter.arrivedAt)}</td>
          <td>${letter.to.join(", ")}</td>
          <td>${letter.from}</td>
          <td><a href="/mail/${letter.id}">${letter.subject || "(no subject)"}</a></td>
        </tr>`,
    )}
  </table>`;
}

/** One letter: its envelope, the one-click unsubscribe a mail program would offer, and the chosen tab. */
export function letterPage(letter: Letter, opened: OpenedLetter, tab: LetterTab, notice?: string): string {
  const list = opened.headers.find((header) => header.name.toLowerCase() === "list-unsubscribe");
  const canUnsubscribe = list !== undefined && unsubscribeAddresses(list.value).length > 0;
  return page(
    letter.subject || "Letter",
    html`<p><a href="/mail">← Mailbox</a></p>
      <h1>${letter.subject || "(no subject)"}</h1>
      <p class="lead">From ${letter.from} to ${letter.to.join(", ")}, ${time(letter.arrivedAt)}, ${Math.ceil(letter.bytes / 1024)} KB</p>
      ${notice && html`<div class="card" role="status">${notice}</div>`}
      ${letter.bytes > clippedAbove && html`<div class="card warn">Gmail would cut this message off: it is over 102 KB.</div>`}
      ${
        canUnsubscribe &&
        html`<form class="row" method="post" action="/mail/${letter.id}/unsubscribe">
          <button class="quiet">Unsubscribe</button><span class="soft">what a mail program's own button does (one-click, RFC 8058)</span>
        </form>`
      }
      <nav class="tabs" aria-label="Ways to read">
        ${Object.entries(letterTabs).map(([key, label]) => {
          const address = `/mail/${letter.id}?show=${key}`;
          return key === tab ? html`<a href="${address}" aria-current="page">${label}</a>` : html`<a href="${address}">${label}</a>`;
        })}
      </nav>
      ${tabBody(letter, opened, tab)}`,
    "/mail",
  );
}

function tabBody(letter: Letter, opened: OpenedLetter, tab: LetterTab): Html {
  if (tab === "source") return html`<pre>${opened.source}</pre>`;
  if (tab === "text") return opened.text ? html`<pre>${linked(opened.text)}</pre>` : html`<pre class="soft">This message has no plain text part.</pre>`;
  if (!opened.html) return html`<pre class="soft">This message has no HTML part.</pre>`;
  return html`<iframe class="letter" title="The message" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mail/${letter.id}/body"></iframe>`;
}

function linked(text: string): Html[] {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, index) => (index % 2 === 1 ? html`<a href="${insteadOf(part)}" target="_blank" rel="noopener">${part}</a>` : html`${part}`));
}

/** The HTML part as the frame shows it: links open outside the frame, and addresses on the internet lead into this world. */
export function letterBody(markup: string, worldUrl: string): string {
  const inWorld = markup
    .replace(/(<(?:a|area)\b[^>]*?\bhref\s*=\s*")([^"]*)(")/gi, (_all, before: string, url: string, after: string) => {
      return before + insteadOf(url, worldUrl) + after;
    })
    .replace(/(<img\b[^>]*?\bsrc\s*=\s*")(https?:[^"]*)(")/gi, (_all, before: string, source: string, after: string) => {
      return before + imageAddress(source, worldUrl) + after;
    });
  return `<base target="_blank">${inWorld}`;
}

function imageAddress(source: string, worldUrl: string): string {
  const decoded = source.replaceAll("&amp;", "&");
  if (!URL.canParse(decoded)) return source;
  const url = new URL(decoded);
  return isLocal(url.hostname) ? source : outward(worldUrl, url).replaceAll("&", "&amp;");
}

function time(iso: string): string {
  return iso.replace("T", " ").slice(0, 16) + " UTC";
}
