import { env } from "../env.server.ts";
import type { Connector } from "./contract.ts";
import { meta, type MetaSettings } from "./meta/connector.ts";

/** The connectors that this installation has credentials for, by id. */
export function connectors(): { meta?: Connector<MetaSettings> } {
  const { META_APP_ID: id, META_APP_SECRET: secret } = env();
  return id === undefined || secret === undefined ? {} : { meta: meta({ id, secret }) };
}
