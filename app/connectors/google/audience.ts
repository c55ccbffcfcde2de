// Google's user lists: one is shown to on Display, Search, YouTube and Gmail alike, and is filled by calls that Google works off later.
import { z } from "zod";
import { Rejected, Unauthorized, type BatchOutcome, type Connector, type HttpRequest, type Identifiers, type LateOutcome, type Wire } from "../contract.ts";
import { read } from "./answer.ts";
import { errorOf, NameTaken } from "./errors.ts";
import { identify, userIdentifiers } from "./map.ts";
import type { GoogleSettings } from "./settings.ts";

const base = "https://datamanager.googleapis.com/v1";
/** Google takes at most this many people in one call. */
const limit = 10_000;
/** The longest Google keeps somebody in a list: 540 days. */
const membershipDuration = "46656000s";
/** Under so many names an audience is tried to be made, when the first is taken. */
const names = 9;

const count = z.coerce.number().int().nonnegative();
const created = z.object({ id: z.coerce.string().regex(/^\d+$/) });
const listed = z.object({ userLists: z.array(z.object({})).optional() });
const taken = z.object({ requestId: z.string().min(1) });
const sizeAnswer = z.object({
  sizeInfo: z
    .object({ displayNetworkMembersCount: count.optional(), searchNetworkMembersCount: count.optional(), youtubeMembersCount: count.optional() })
    .optional(),
  membershipStatus: z.string().optional(),
});
const counts = z.array(z.object({ recordCount: count.optional(), reason: z.string().optional() })).optional();
const statusAnswer = z.object({
  requestStatusPerDestination: z
    .array(
      z.object({
        requestStatus: z.string(),
        errorInfo: z.object({ errorCounts: counts }).optional(),
        warningInfo: z.object({ warningCounts: counts }).optional(),
      }),
    )
    .min(1),
});

async function call<Answer>(wire: Wire, settings: GoogleSettings, answer: z.ZodType<Answer>, request: HttpRequest): Promise<Answer> {
  const response = await wire.http({ ...request, headers: { authorization: `Bearer ${settings.token}` } });
  if (response.status < 200 || response.status > 299) throw errorOf(response);
  const parsed = read(answer, response.text);
  if (parsed === null) throw new Rejected("Google answered something we do not understand.");
  return parsed;
}

function account({ accountId }: GoogleSettings): string {
  if (accountId === null) throw new Unauthorized("No Google Ads account was chosen.");
  return accountId;
}

const lists = (accountId: string) => `${base}/accountTypes/GOOGLE_ADS/accounts/${accountId}/userLists`;

/** Whether the connected person may see the audiences of an account; throws what Google says otherwise. */
export async function mayUse(wire: Wire, settings: GoogleSettings, accountId: string): Promise<void> {
  await call(wire, settings, listed, { method: "GET", url: lists(accountId), query: { pageSize: "1" } });
}

async function members(
  wire: Wire,
  settings: GoogleSettings,
  externalId: string,
  people: Identifiers[],
  verb: "ingest" | "remove",
  extra: { each?: object; whole?: object } = {},
): Promise<BatchOutcome> {
  if (people.length > limit) throw new Rejected(`Google takes at most ${limit} people in one call.`);
  const answer = await call(wire, settings, taken, {
    method: "POST",
    url: `${base}/audienceMembers:${verb}`,
    json: {
      destinations: [{ operatingAccount: { accountType: "GOOGLE_ADS", accountId: account(settings) }, productDestinationId: externalId }],
      audienceMembers: people.map((one) => ({ userData: { userIdentifiers: userIdentifiers(one) }, ...extra.each })),
      encoding: "HEX",
      ...extra.whole,
    },
  });
  return { received: people.length, refused: 0, reference: answer.requestId, pending: true };
}

async function create(wire: Wire, settings: GoogleSettings, { name, description }: { name: string; description: string }): Promise<{ externalId: string }> {
  // Names are unique in an account. One that is taken may be an audience of ours whose answer was lost, or of an earlier connection, with people in it: a new one
  // starts empty.
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { id } = await call(wire, settings, created, {
        method: "POST",
        url: lists(account(settings)),
        json: {
          displayName: attempt === 1 ? name : `${name} (${attempt})`,
          description,
          membershipDuration,
          ingestedUserListInfo: { uploadKeyTypes: ["CONTACT_ID"], contactIdInfo: { dataSourceType: "DATA_SOURCE_TYPE_FIRST_PARTY" } },
        },
      });
      return { externalId: id };
    } catch (error) {
      if (!(error instanceof NameTaken) || attempt === names) throw error;
    }
  }
}

/** How a call went that Google took earlier: who was refused, and whether all of it failed. */
async function outcome(wire: Wire, settings: GoogleSettings, reference: string): Promise<LateOutcome> {
  const answer = await call(wire, settings, statusAnswer, { method: "GET", url: `${base}/requestStatus:retrieve`, query: { requestId: reference } });
  const all = answer.requestStatusPerDestination;
  const states = all.map((one) => one.requestStatus);
  if (!states.every((one) => ["SUCCESS", "PARTIAL_SUCCESS", "FAILED"].includes(one))) return null;
  const errors = all.flatMap((one) => one.errorInfo?.errorCounts ?? []);
  const refused = errors.reduce((sum, one) => sum + (one.recordCount ?? 0), 0);
  const reasons = [...new Set(errors.map((one) => one.reason ?? ""))].filter((one) => /^[A-Z_]{1,90}$/.test(one)).map(readable);
  const why = reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
  if (states.includes("FAILED"))
    return {
      refused,
      problem: `Google took a change but could not carry it out${why}. Stop the audience, wait until it is empty, then resume it: everybody is sent again.`,
    };
  return { refused, problem: refused === 0 ? null : `Google left out ${refused === 1 ? "one person" : `${refused} people`} of a change${why}.` };
}

const readable = (reason: string) =>
  reason
    .replace(/^PROCESSING_ERROR_(REASON_)?/, "")
    .toLowerCase()
    .replaceAll("_", " ");

/** A list is as large as its networks make it: the smallest and the largest of Display, Search and YouTube. */
async function size(wire: Wire, settings: GoogleSettings, externalId: string) {
  const answer = await call(wire, settings, sizeAnswer, { method: "GET", url: `${lists(account(settings))}/${externalId}` });
  const { displayNetworkMembersCount, searchNetworkMembersCount, youtubeMembersCount } = answer.sizeInfo ?? {};
  const known = [displayNetworkMembersCount, searchNetworkMembersCount, youtubeMembersCount].filter((one) => one !== undefined);
  return {
    lower: known.length === 0 ? null : Math.min(...known),
    upper: known.length === 0 ? null : Math.max(...known),
    status: answer.membershipStatus ?? null,
  };
}

const granted = { consent: { adUserData: "CONSENT_GRANTED", adPersonalization: "CONSENT_GRANTED" } };

export const audience: NonNullable<Connector<GoogleSettings>["audience"]> = {
  limit,
  minimum: 100,
  create,
  identify,
  // Nobody is given to a connector who has not agreed to ads: that is what is told here, for each.
  add: (wire, settings, externalId, people) =>
    members(wire, settings, externalId, people, "ingest", { each: granted, whole: { termsOfService: { customerMatchTermsOfServiceStatus: "ACCEPTED" } } }),
  remove: (wire, settings, externalId, people) => members(wire, settings, externalId, people, "remove"),
  outcome,
  size,
};
