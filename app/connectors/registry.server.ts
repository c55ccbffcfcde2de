import { env } from "../env.server.ts";
import type { AnyConnector, Connector } from "./contract.ts";
import { google } from "./google/connector.ts";
import type { GoogleSettings } from "./google/settings.ts";
import { meta, type MetaSettings } from "./meta/connector.ts";

type Registry = { meta?: Connector<MetaSettings>; google?: Connector<GoogleSettings> };

/** The connectors that this installation has credentials for, by id. */
export function connectors(): Registry {
  const { META_APP_ID, META_APP_SECRET, GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET } = env();
  const known: Registry = {};
  if (META_APP_ID !== undefined && META_APP_SECRET !== undefined) known.meta = meta({ id: META_APP_ID, secret: META_APP_SECRET });
  if (GOOGLE_CLIENT_ID !== undefined && GOOGLE_CLIENT_SECRET !== undefined) known.google = google({ id: GOOGLE_CLIENT_ID, secret: GOOGLE_CLIENT_SECRET });
  return known;
}

/** All of them, for whoever treats them alike. */
export function everyConnector(): AnyConnector[] {
  return Object.values(connectors());
}

/** One by its id, which may come from an address or a form; null where there is none. */
export function connectorOf(id: string): AnyConnector | null {
  return everyConnector().find((one) => one.id === id) ?? null;
}
