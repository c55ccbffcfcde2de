// The clock as a place in the world: a page with buttons, and a JSON door for tests.
import express, { type Request } from "express";
import type { StandIn } from "../context.ts";
import { html, page } from "../page.ts";
import type { Clock, Move } from "./clock.ts";

/** Pages: `GET /`; JSON: `GET /api`, `POST /api {advance | at | reset}`. The clock file itself is its memory. */
export function clockStandIn(clock: Clock): StandIn {
  const pages = express.Router();

  pages.get("/", (_request, response) => {
    response.send(page("Clock", clockPage(clock), "/clock"));
  });

  pages.get("/api", (_request, response) => {
    response.json(reading(clock));
  });

  pages.post("/api", express.json(), express.urlencoded({ extended: false }), (request, response) => {
    const move = moveOf(request);
    const moved = move ? clock.move(move) : { ok: false as const, reason: "say one of advance, at, reset" };
    if (!moved.ok) return response.status(400).json({ error: moved.reason });
    if (request.is("urlencoded")) return response.redirect(303, (request.body as { from?: unknown }).from === "desk" ? "/#time" : "/clock");
    return response.json(reading(clock));
  });

  return { name: "clock", label: "Clock", pages, outbound: [], save: () => null, restore: () => undefined };
}

function reading(clock: Clock) {
  return { now: clock.now().toISOString(), offsetMs: clock.offsetMs(), real: clock.offsetMs() === 0 };
}

function moveOf(request: Request): Move | undefined {
  const body: unknown = request.body;
  if (typeof body !== "object" || body === null) return undefined;
  const { advance, at, reset } = body as Record<string, unknown>;
  const given = [advance, at, reset].filter((value) => value !== undefined);
  if (given.length !== 1) return undefined;
  if (typeof advance === "string") return { advance };
  // A date field sends "2026-11-21T09:00", without a zone; this page speaks UTC.
  if (typeof at === "string") return { at: /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(at) ? `${at}:00Z` : at };
  if (reset === true || reset === "true") return { reset: true };
  return undefined;
}

function clockPage(clock: Clock) {
  const now = clock.now();
  const button = (name: string, value: string, label: string, quiet = false) =>
    html`<form method="post" action="/clock/api">
      <input type="hidden" name="${name}" value="${value}" />
      <button class="${quiet ? "quiet" : ""}">${label}</button>
    </form>`;
  return html`<h1>Clock</h1>
    <p class="lead">
      Time in this world. The product and every stand-in read this clock, so three days can pass while you watch. Waiting steps run within a few seconds after a
      jump.
    </p>
    <div class="card">
      <p class="big" id="now">${now.toISOString().replace("T", " ").slice(0, 19)} UTC</p>
      <p class="soft">${clock.offsetMs() === 0 ? "This is real time." : `${distance(clock.offsetMs())} real time.`}</p>
      <div class="row">
        ${button("advance", "PT1H", "+1 hour")} ${button("advance", "P1D", "+1 day")} ${button("advance", "P3D", "+3 days")}
        ${button("reset", "true", "Back to real time", true)}
      </div>
      <form class="row" method="post" action="/clock/api">
        <label for="at">Set to (UTC)</label>
        <input id="at" type="datetime-local" name="at" value="${now.toISOString().slice(0, 16)}" required />
        <button class="quiet">Set</button>
      </form>
    </div>`;
}

function distance(offsetMs: number): string {
  const hours = Math.abs(offsetMs) / 3_600_000;
  const amount = hours >= 48 ? `${(hours / 24).toFixed(1)} days` : `${hours.toFixed(1)} hours`;
  return `${amount} ${offsetMs > 0 ? "ahead of" : "behind"}`;
}
