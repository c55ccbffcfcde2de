// The part of Graph API v26.0 that this stand-in knows. Its test holds it against Meta's published definitions.

export const graphVersion = "v26.0";

/** Fields that can be read, per type. The first of each are what comes back when no fields are asked for. */
export const fields = {
  User: ["id", "name"],
  AdAccount: [
    "id",
    "account_id",
    "name",
    "account_status",
    "currency",
    "timezone_name",
    "business",
    "business_name",
    "business_country_code",
    "tos_accepted",
    "user_tos_accepted",
    "disable_reason",
    "created_time",
    "user_tasks",
  ],
  CustomAudience: [
    "id",
    "account_id",
    "name",
    "description",
    "subtype",
    "customer_file_source",
    "approximate_count_lower_bound",
    "approximate_count_upper_bound",
    "operation_status",
    "delivery_status",
    "data_source",
    "time_created",
    "time_updated",
    "time_content_updated",
    "retention_days",
    "opt_out_link",
    "is_value_based",
  ],
  CustomAudienceSession: ["session_id", "stage", "start_time", "end_time", "num_received", "num_matched", "num_invalid_entries", "progress"],
} as const;

export type GraphType = keyof typeof fields;

export type Operation = {
  /** What is read or written, for Meta's definitions: type, method, and edge (none = the object itself). */
  on: GraphType;
  method: "GET" | "POST" | "DELETE";
  edge?: string;
  params: readonly string[];
  required?: readonly string[];
  /** The type of what comes back, when fields may be chosen; a list also takes `limit`, `after` and `before`. */
  reads?: GraphType;
  list?: boolean;
};

/** Every call the stand-in answers. Anything else gets the error Meta gives for what it does not know. */
export const operations: readonly Operation[] = [
  { on: "User", method: "GET", params: [], reads: "User" },
  { on: "User", method: "GET", edge: "adaccounts", params: [], reads: "AdAccount", list: true },
  { on: "User", method: "GET", edge: "permissions", params: [] },
  { on: "User", method: "DELETE", edge: "permissions", params: [] },
  { on: "AdAccount", method: "GET", params: [], reads: "AdAccount" },
  { on: "AdAccount", method: "GET", edge: "customaudiences", params: [], reads: "CustomAudience", list: true },
  {
    on: "AdAccount",
    method: "POST",
    edge: "customaudiences",
    params: ["name", "subtype", "description", "customer_file_source", "opt_out_link"],
    required: ["name", "subtype"],
  },
  { on: "AdAccount", method: "DELETE", edge: "usersofanyaudience", params: ["payload", "session"], required: ["payload"] },
  { on: "CustomAudience", method: "GET", params: [], reads: "CustomAudience" },
  { on: "CustomAudience", method: "POST", params: ["name", "description", "opt_out_link"] },
  { on: "CustomAudience", method: "DELETE", params: [] },
  { on: "CustomAudience", method: "POST", edge: "users", params: ["payload", "session"], required: ["payload"] },
  { on: "CustomAudience", method: "DELETE", edge: "users", params: ["payload", "session"], required: ["payload"] },
  { on: "CustomAudience", method: "GET", edge: "sessions", params: ["session_id"], reads: "CustomAudienceSession" },
];

/** Parameters that every call may carry. */
export const commonParams = ["access_token", "appsecret_proof", "method", "format", "pretty", "locale"] as const;

/** Permissions the login dialog knows. */
export const permissions = [
  "public_profile",
  "email",
  "ads_management",
  "ads_read",
  "business_management",
  "catalog_management",
  "pages_show_list",
  "pages_read_engagement",
] as const;

/** Keys of an audience payload. `hashed`: SHA-256 in lower-case hex; the others go as they are. */
export const schemaKeys: Record<string, { hashed: boolean; alone?: boolean; sameAs?: string }> = {
  EMAIL: { hashed: true },
  PHONE: { hashed: true },
  GEN: { hashed: true },
  DOBY: { hashed: true },
  DOBM: { hashed: true },
  DOBD: { hashed: true },
  LN: { hashed: true },
  FN: { hashed: true },
  FI: { hashed: true },
  CT: { hashed: true },
  ST: { hashed: true },
  ZIP: { hashed: true },
  COUNTRY: { hashed: true },
  EXTERN_ID: { hashed: false },
  MADID: { hashed: false },
  LOOKALIKE_VALUE: { hashed: false },
  PAGEUID: { hashed: false },
  DATA_PROCESSING_OPTIONS: { hashed: false },
  DATA_PROCESSING_OPTIONS_COUNTRY: { hashed: false },
  DATA_PROCESSING_OPTIONS_STATE: { hashed: false },
  EMAIL_SHA256: { hashed: true, alone: true, sameAs: "EMAIL" },
  PHONE_SHA256: { hashed: true, alone: true, sameAs: "PHONE" },
  MOBILE_ADVERTISER_ID: { hashed: false, alone: true, sameAs: "MADID" },
  UID: { hashed: false, alone: true },
};

export const customerFileSources = ["USER_PROVIDED_ONLY", "PARTNER_PROVIDED_ONLY", "BOTH_USER_AND_PARTNER_PROVIDED"] as const;
