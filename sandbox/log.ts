// What left the building: every call the product made to the internet, answered by this world.
import express from "express";
import { html, page } from "./page.ts";

export type Departure = { at: string; method: string; host: string; path: string; status: number; ms: number };

const kept = 5_000;

export type DepartureLog = ReturnType<typeof createLog>;

/** The log, its page and its JSON (`/log`, `/log/api`). */
export function createLog() {
  let departures: Departure[] = [];
  const pages = express.Router();

  pages.get("/", (request, response) => {
    const host = typeof request.query["host"] === "string" ? request.query["host"] : "";
    response.send(logPage(departures, host));
  });
  pages.get("/api", (_request, response) => {
    response.json(departures);
  });
  pages.delete("/api", (_request, response) => {
    departures = [];
    response.status(204).end();
  });

  return {
    pages,
    note(departure: Departure): void {
      departures.push(departure);
      if (departures.length > kept) departures = departures.slice(-kept / 2);
    },
    list: (): readonly Departure[] => departures,
  };
}

function logPage(departures: readonly Departure[], host: string): string {
  const hosts = [...new Set(departures.map((departure) => departure.host))].sort();
  const shown = departures
    .filter((departure) => !host || departure.host === host)
    .slice(-300)
    .reverse();
  return page(
    "Log",
    html`<h1>What left the building</h1>
      <p class="lead">Calls that Comeback made to other companies. Here they end in this world; secrets in addresses are blotted out.</p>
      <form class="row" method="get" action="/log">
        <label for="host">Host</label>
        <select id="host" name="host">
          <option value="">all</option>
          ${hosts.map((one) => (one === host ? html`<option selected>${one}</option>` : html`<option>${one}</option>`))}
        </select>
        <button class="quiet">Show</button>
      </form>
      ${
        shown.length === 0
          ? html`<div class="card soft">Nothing yet.</div>`
          : html`<table>
              <tr>
                <th>When</th>
                <th>Host</th>
                <th>Call</th>
                <th class="number">Answer</th>
                <th class="number">ms</th>
              </tr>
              ${shown.map(
                (one) =>
                  html`<tr>
                    <td>${one.at.replace("T", " ").slice(0, 19)}</td>
                    <td>${one.host}</td>
                    <td><code>${one.method} ${one.path}</code></td>
                    <td class="number${one.status >= 200 && one.status < 400 ? "" : " warn"}">${one.status === 0 ? "none" : one.status}</td>
                    <td class="number">${one.ms}</td>
                  </tr>`,
              )}
            </table>`
      }`,
    "/log",
  );
}
