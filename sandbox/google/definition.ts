// The part of the Data Manager API v1 that this stand-in knows. Its test holds it against Google's published discovery document.

export const scope = "https://www.googleapis.com/auth/datamanager";

/** What a field holds: a plain value, one of some words, another object, or a list of either. */
export type Kind = "string" | "boolean" | "digits" | { oneOf: readonly string[] } | { is: string } | { listOf: Kind };

const encodings = ["ENCODING_UNSPECIFIED", "HEX", "BASE64"];
const consents = ["CONSENT_STATUS_UNSPECIFIED", "CONSENT_GRANTED", "CONSENT_DENIED"];
const accountTypes = ["ACCOUNT_TYPE_UNSPECIFIED", "GOOGLE_ADS"];

/** The objects that may be sent, with every field that is known here. */
export const schemas: Record<string, Record<string, Kind>> = {
  UserList: {
    displayName: "string",
    description: "string",
    integrationCode: "string",
    membershipDuration: "string",
    membershipStatus: { oneOf: ["MEMBERSHIP_STATUS_UNSPECIFIED", "OPEN", "CLOSED"] },
    ingestedUserListInfo: { is: "IngestedUserListInfo" },
  },
  IngestedUserListInfo: { uploadKeyTypes: { listOf: { oneOf: ["CONTACT_ID"] } }, contactIdInfo: { is: "ContactIdInfo" } },
  ContactIdInfo: { dataSourceType: { oneOf: ["DATA_SOURCE_TYPE_UNSPECIFIED", "DATA_SOURCE_TYPE_FIRST_PARTY"] } },
  IngestAudienceMembersRequest: {
    destinations: { listOf: { is: "Destination" } },
    audienceMembers: { listOf: { is: "AudienceMember" } },
    consent: { is: "Consent" },
    encoding: { oneOf: encodings },
    termsOfService: { is: "TermsOfService" },
    validateOnly: "boolean",
  },
  RemoveAudienceMembersRequest: {
    destinations: { listOf: { is: "Destination" } },
    audienceMembers: { listOf: { is: "AudienceMember" } },
    encoding: { oneOf: encodings },
    validateOnly: "boolean",
  },
  Destination: { reference: "string", operatingAccount: { is: "ProductAccount" }, productDestinationId: "string" },
  ProductAccount: { accountType: { oneOf: accountTypes }, accountId: "string" },
  AudienceMember: { userData: { is: "UserData" }, consent: { is: "Consent" } },
  UserData: { userIdentifiers: { listOf: { is: "UserIdentifier" } } },
  UserIdentifier: { emailAddress: "string", phoneNumber: "string", address: { is: "AddressInfo" } },
  AddressInfo: { givenName: "string", familyName: "string", regionCode: "string", postalCode: "string" },
  Consent: { adUserData: { oneOf: consents }, adPersonalization: { oneOf: consents } },
  TermsOfService: { customerMatchTermsOfServiceStatus: { oneOf: ["TERMS_OF_SERVICE_STATUS_UNSPECIFIED", "ACCEPTED", "REJECTED"] } },
};

/** The objects that are answered, with the fields that this stand-in fills in beyond what was sent. */
export const answers: Record<string, readonly string[]> = {
  UserList: ["name", "id", "readOnly", "accessReason", "sizeInfo", "targetNetworkInfo"],
  SizeInfo: ["displayNetworkMembersCount", "searchNetworkMembersCount", "youtubeMembersCount", "gmailMembersCount"],
  TargetNetworkInfo: ["eligibleForDisplay", "eligibleForSearch"],
  ListUserListsResponse: ["userLists", "nextPageToken"],
  IngestAudienceMembersResponse: ["requestId"],
  RemoveAudienceMembersResponse: ["requestId"],
  RetrieveRequestStatusResponse: ["requestStatusPerDestination"],
  RequestStatusPerDestination: ["destination", "requestStatus", "errorInfo", "audienceMembersIngestionStatus", "audienceMembersRemovalStatus"],
  ErrorInfo: ["errorCounts"],
  ErrorCount: ["recordCount", "reason"],
  IngestAudienceMembersStatus: ["userDataIngestionStatus"],
  IngestUserDataStatus: ["recordCount", "userIdentifierCount"],
  RemoveAudienceMembersStatus: ["userDataRemovalStatus"],
  RemoveUserDataStatus: ["recordCount", "userIdentifierCount"],
};

/** Every call that is known: its id at Google, and the query parameters it takes. */
export const methods = {
  "datamanager.accountTypes.accounts.userLists.create": { method: "POST", params: ["validateOnly"] },
  "datamanager.accountTypes.accounts.userLists.get": { method: "GET", params: [] },
  "datamanager.accountTypes.accounts.userLists.list": { method: "GET", params: ["filter", "pageSize", "pageToken"] },
  "datamanager.audienceMembers.ingest": { method: "POST", params: [] },
  "datamanager.audienceMembers.remove": { method: "POST", params: [] },
  "datamanager.requestStatus.retrieve": { method: "GET", params: ["requestId"] },
} as const;

export type MethodId = keyof typeof methods;

export const limits = { members: 10_000, destinations: 10, identifiers: 10, pageSize: 1000, durationDays: 540 };
