// Google Ads by the Data Manager API: one list reaches Display, Search and YouTube.
import { z } from "zod";
import { Rejected, type Connector, type Wire } from "../contract.ts";
import { read } from "./answer.ts";
import { audience, mayUse } from "./audience.ts";
import { tokenErrorOf } from "./errors.ts";
import { settings, type GoogleSettings } from "./settings.ts";

const scope = "https://www.googleapis.com/auth/datamanager";
const tokenUrl = "https://oauth2.googleapis.com/token";
/** A token this close to its end is renewed: a sync may take some minutes. */
const marginMs = 10 * 60_000;

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).optional(),
  scope: z.string().optional(),
});

/** The ten digits of a Google Ads customer id, however they were typed; null when they are not ten. */
export function customerId(text: string): string | null {
  const digits = text.replace(/[\s-]/g, "");
  return /^\d{10}$/.test(digits) ? digits : null;
}

/** Makes the connector for one Google OAuth client. */
export function google(client: { id: string; secret: string }): Connector<GoogleSettings> {
  async function token(wire: Wire, form: Record<string, string>, now: Date) {
    const response = await wire.http({ method: "POST", url: tokenUrl, form: { client_id: client.id, client_secret: client.secret, ...form } });
    if (response.status !== 200) throw tokenErrorOf(response);
    const answer = read(tokenAnswer, response.text);
    if (answer === null) throw new Rejected("Google answered something we do not understand.");
    return { ...answer, expiresAt: new Date(now.getTime() + answer.expires_in * 1000).toISOString() };
  }

  return {
    id: "google",
    label: "Google Ads",
    apiVersion: "v1",
    settings,
    connect: {
      scopes: [scope],
      authorizeUrl: ({ state, redirectUri }) => {
        const url = new URL("https://accounts.google.com/o/oauth2/v2/auth");
        // Only a consent that is asked for anew gives a lasting token again.
        url.search = new URLSearchParams({
          client_id: client.id,
          redirect_uri: redirectUri,
          response_type: "code",
          scope,
          access_type: "offline",
          prompt: "consent",
          state,
        }).toString();
        return url.href;
      },
      async exchange(wire, { code, redirectUri, now }) {
        const answer = await token(wire, { grant_type: "authorization_code", code, redirect_uri: redirectUri }, now);
        if (answer.refresh_token === undefined) throw new Rejected("Google gave no lasting access. Connect again.");
        // The merchant can untick what is asked for.
        if (answer.scope !== undefined && !answer.scope.split(" ").includes(scope)) throw new Rejected("Access to audiences was not allowed at Google.");
        return { token: answer.access_token, expiresAt: answer.expiresAt, refreshToken: answer.refresh_token, accountId: null };
      },
      // The Data Manager API cannot list the accounts of a person.
      accounts: () => Promise.resolve(null),
      async typed(wire, from, text) {
        const id = customerId(text);
        if (id === null) return null;
        const account = { id, name: id.replace(/(\d{3})(\d{3})(\d{4})/, "$1-$2-$3"), currency: null };
        try {
          await mayUse(wire, from, id);
          return { ...account, problem: null };
        } catch (error) {
          if (error instanceof Rejected) return { ...account, problem: error.message };
          throw error;
        }
      },
    },
    async renew(wire, from, now) {
      if (Date.parse(from.expiresAt) - marginMs > now.getTime()) return null;
      const answer = await token(wire, { grant_type: "refresh_token", refresh_token: from.refreshToken }, now);
      return { ...from, token: answer.access_token, expiresAt: answer.expiresAt, refreshToken: answer.refresh_token ?? from.refreshToken };
    },
    audience,
  };
}
