// An audience of the ad account: who is in it, and how Meta would describe it.
import type { Member } from "./payload.ts";

export type Audience = {
  id: string;
  accountId: string;
  name: string;
  description: string;
  subtype: "CUSTOM";
  customerFileSource: string;
  optOutLink: string;
  createdAt: number;
  updatedAt: number;
  contentUpdatedAt: number;
  members: Map<string, Member>;
};

/** Values that say who a person is all by themselves, strongest first. */
const strongKeys = ["EMAIL", "PHONE", "MADID", "EXTERN_ID", "UID", "PAGEUID"];

/** What makes a row the same person as another row. */
export function identity(member: Member): string {
  const strong = strongKeys.find((key) => member[key]);
  if (strong) return `${strong}:${member[strong]}`;
  return Object.keys(member)
    .sort()
    .map((key) => `${key}:${member[key]}`)
    .join("|");
}

/** Adds people; one who is there already is completed, not doubled. */
export function addMembers(audience: Audience, members: readonly Member[], now: number): void {
  for (const member of members) {
    const key = identity(member);
    audience.members.set(key, { ...audience.members.get(key), ...member });
  }
  audience.contentUpdatedAt = now;
}

/** Removes everybody who shares a strong value with one of the rows; returns how many went. */
export function removeMembers(audience: Audience, members: readonly Member[], now: number): number {
  const gone = new Set<string>();
  for (const member of members) {
    gone.add(identity(member));
    for (const key of strongKeys) if (member[key]) gone.add(`${key}:${member[key]}`);
  }
  let removed = 0;
  for (const [key, member] of audience.members) {
    const hit = gone.has(key) || strongKeys.some((strong) => member[strong] && gone.has(`${strong}:${member[strong]}`));
    if (hit && audience.members.delete(key)) removed += 1;
  }
  audience.contentUpdatedAt = now;
  return removed;
}

/** Whether a hash stands in any column of any member. */
export function holds(audience: Audience, hash: string): boolean {
  for (const member of audience.members.values()) if (Object.values(member).includes(hash)) return true;
  return false;
}

/** The audience as the Graph API shows it, all fields. Everybody is taken as matched; Meta matches fewer. */
export function audienceFields(audience: Audience): Record<string, unknown> {
  const size = audience.members.size;
  return {
    id: audience.id,
    account_id: audience.accountId,
    name: audience.name,
    description: audience.description,
    subtype: audience.subtype,
    customer_file_source: audience.customerFileSource,
    ...bounds(size),
    operation_status: { code: 200, description: "Normal" },
    delivery_status:
      size >= 100 ? { code: 200, description: "This audience is ready for use." } : { code: 300, description: "This audience is too small to be used in ads." },
    data_source: { type: "FILE_IMPORTED", sub_type: "HASHES", creation_params: "[]" },
    time_created: seconds(audience.createdAt),
    time_updated: seconds(audience.updatedAt),
    time_content_updated: seconds(audience.contentUpdatedAt),
    retention_days: 0,
    opt_out_link: audience.optOutLink,
    is_value_based: false,
  };
}

// Small audiences are not told apart, so that nobody can be singled out: below 1,000 the size reads 1,000, and -1 while empty.
function bounds(size: number) {
  const lower = size === 0 ? -1 : size < 1000 ? 1000 : Math.floor(size / 100) * 100;
  const upper = size === 0 ? -1 : size < 1000 ? 1000 : Math.ceil((size + 1) / 100) * 100;
  return { approximate_count_lower_bound: lower, approximate_count_upper_bound: upper };
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
