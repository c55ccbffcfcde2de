// Reads the people of a call: one wrong identifier refuses all of it.
import { limits } from "./definition.ts";
import { ApiError, invalid } from "./error.ts";
import { checkShape } from "./shape.ts";
import type { AdsAccount, GoogleState, Member, UserList } from "./state.ts";

export type Upload = { account: AdsAccount; list: UserList; members: Member[]; destination: unknown; validateOnly: boolean };

type Body = {
  destinations?: { operatingAccount?: { accountType?: string; accountId?: string }; productDestinationId?: string }[];
  audienceMembers?: { userData?: { userIdentifiers?: Identifier[] }; consent?: Consent }[];
  consent?: Consent;
  encoding?: string;
  termsOfService?: { customerMatchTermsOfServiceStatus?: string };
  validateOnly?: boolean;
};
type Identifier = { emailAddress?: string; phoneNumber?: string; address?: Record<string, string> };
type Consent = { adUserData?: string; adPersonalization?: string };

/** What a call wants done, for one list; `verb` decides whether consent and terms are needed. */
export function readUpload(state: GoogleState, verb: "ingest" | "remove", input: unknown): Upload {
  checkShape(verb === "ingest" ? "IngestAudienceMembersRequest" : "RemoveAudienceMembersRequest", input);
  const body = input as Body; // its shape was checked just now
  const { account, list, destination } = destinationOf(state, body);
  if (body.encoding !== "HEX" && body.encoding !== "BASE64") throw invalid("encoding", "The encoding is required for user data.", "REQUIRED_FIELD_MISSING");
  const people = body.audienceMembers ?? [];
  if (people.length === 0) throw invalid("audience_members", "At least one audience member is required.", "REQUIRED_FIELD_MISSING");
  if (people.length > limits.members) throw invalid("audience_members", `At most ${limits.members} audience members.`, "TOO_MANY_AUDIENCE_MEMBERS");
  if (verb === "ingest") {
    const terms = body.termsOfService?.customerMatchTermsOfServiceStatus;
    if (terms !== "ACCEPTED" || !account.termsAccepted) {
      throw new ApiError("FAILED_PRECONDITION", "The Customer Match terms of service are not accepted.", "TERMS_AND_CONDITIONS_NOT_SIGNED");
    }
  }
  const members = people.map((one, index) => {
    const at = `audience_members[${index}]`;
    // Google takes a person without consent and leaves her out later. Here it fails at once: for this product it is a mistake.
    const consent = { ...body.consent, ...one.consent };
    if (verb === "ingest" && (consent.adUserData !== "CONSENT_GRANTED" || consent.adPersonalization !== "CONSENT_GRANTED")) {
      throw invalid(`${at}.consent`, "Both consents must be granted.", "INVALID_ARGUMENT");
    }
    return memberOf(state, one.userData?.userIdentifiers ?? [], body.encoding ?? "", at);
  });
  return { account, list, members, destination, validateOnly: body.validateOnly === true };
}

function destinationOf(state: GoogleState, { destinations = [] }: Body) {
  if (destinations.length === 0) throw invalid("destinations", "At least one destination is required.", "REQUIRED_FIELD_MISSING");
  if (destinations.length > limits.destinations) throw invalid("destinations", `At most ${limits.destinations} destinations.`, "TOO_MANY_DESTINATIONS");
  const [destination] = destinations;
  if (destination === undefined || destinations.length > 1)
    throw invalid("destinations", "This stand-in takes one destination in a call.", "INVALID_DESTINATION");
  const { operatingAccount: named, productDestinationId: listId } = destination;
  if (named?.accountType !== "GOOGLE_ADS") throw invalid("destinations[0].operating_account", "A Google Ads account is required.", "INVALID_DESTINATION");
  const account = accountOf(state, named.accountId ?? "");
  const list = state.lists.find((one) => one.id === listId && one.accountId === account.id);
  if (list === undefined) throw invalid("destinations[0].product_destination_id", "No such user list in this account.", "INVALID_USER_LIST_ID");
  return { account, list, destination };
}

/** The account of an id, or the refusal for one that this person may not see. */
export function accountOf(state: GoogleState, id: string): AdsAccount {
  const account = state.accounts.find((one) => one.id === id);
  if (account === undefined) throw new ApiError("PERMISSION_DENIED", "The caller does not have permission.", "PERMISSION_DENIED");
  return account;
}

function memberOf(state: GoogleState, identifiers: Identifier[], encoding: string, at: string): Member {
  if (identifiers.length === 0) throw invalid(`${at}.user_data.user_identifiers`, "No identifiers were given.", "NO_IDENTIFIERS_PROVIDED");
  if (identifiers.length > limits.identifiers) throw invalid(`${at}.user_data.user_identifiers`, "Too many identifiers.", "TOO_MANY_USER_IDENTIFIERS");
  return identifiers.map((one, index) => {
    const here = `${at}.user_data.user_identifiers[${index}]`;
    if (Object.keys(one).length !== 1) throw invalid(here, "An identifier is an address, a number or a postal address.", "INVALID_AUDIENCE_MEMBER");
    if (one.emailAddress !== undefined) return `email:${hashIn(state, one.emailAddress, encoding, `${here}.email_address`)}`;
    if (one.phoneNumber !== undefined) return `phone:${hashIn(state, one.phoneNumber, encoding, `${here}.phone_number`)}`;
    const { givenName = "", familyName = "", regionCode = "", postalCode = "" } = one.address ?? {};
    if (!/^[A-Z]{2}$/.test(regionCode)) throw invalid(`${here}.address.region_code`, "Two capital letters are required.", "INVALID_REGION_CODE");
    if (postalCode.trim() === "") throw invalid(`${here}.address.postal_code`, "The postal code is required.", "REQUIRED_FIELD_MISSING");
    const names = [hashIn(state, givenName, encoding, `${here}.address.given_name`), hashIn(state, familyName, encoding, `${here}.address.family_name`)];
    return `address:${[...names, regionCode, postalCode].join("/")}`;
  });
}

/** The hash in hex, however it was written; anything else refuses the call. */
function hashIn(state: GoogleState, text: string, encoding: string, at: string): string {
  const hex = encoding === "HEX" ? text.toLowerCase() : Buffer.from(text, "base64").toString("hex");
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  if (/@|^\+?\d[\d ().-]{5,}$/.test(text)) state.plainValues += 1;
  throw invalid(at, "The value is not a SHA-256 hash in the encoding that was given.", encoding === "HEX" ? "INVALID_HEX_ENCODING" : "INVALID_FORMAT");
}
