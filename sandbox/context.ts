// What every stand-in of the world is given, and what it gives back.
import type { Router } from "express";

/** The one shop, app and clock that a world is made for. */
export type WorldContext = {
  /** Where the app really listens, e.g. `http://127.0.0.1:3000`; webhooks go there. May change when a test restarts it. */
  appUrl: () => string;
  /** Where this world listens, e.g. `http://127.0.0.1:4000`. Known once the server listens. */
  worldUrl: () => string;
  appKey: string;
  appSecret: string;
  metaAppId: string;
  metaAppSecret: string;
  googleClientId: string;
  googleClientSecret: string;
  /** The world's movable clock. */
  now: () => Date;
};

/** One vendor or tool of the world. `name` is also the path its pages are mounted at (`/mail`, `/meta`, `/google`, …). */
export type StandIn = {
  name: string;
  label: string;
  /** Pages for people and the JSON control calls for tests, mounted at `/<name>`. */
  pages: Router;
  /** What the app reaches over the internet: the first entry whose `hosts` matches gets the request, with the path as the vendor would see it. */
  outbound: { hosts: RegExp; router: Router }[];
  /** Everything needed to go on after a restart, as JSON; restored with `restore`. */
  save: () => unknown;
  restore: (saved: unknown) => void;
  close?: () => Promise<void>;
};
