// The classic names of RFM, and the stages of a customer's life. What each means as a rule stands in written-out.ts.

export const rfmGroups = [
  "champions",
  "loyal",
  "potential-loyalists",
  "new-customers",
  "promising",
  "need-attention",
  "about-to-sleep",
  "at-risk",
  "cannot-lose",
  "hibernating",
] as const;
export type RfmGroup = (typeof rfmGroups)[number];

/** The usual map of recency × frequency: every one of its 25 fields belongs to exactly one group. */
export const groupScores: Record<RfmGroup, { recency: number[]; frequency: number[] }> = {
  champions: { recency: [5], frequency: [4, 5] },
  loyal: { recency: [3, 4], frequency: [4, 5] },
  "potential-loyalists": { recency: [4, 5], frequency: [2, 3] },
  "new-customers": { recency: [5], frequency: [1] },
  promising: { recency: [4], frequency: [1] },
  "need-attention": { recency: [3], frequency: [3] },
  "about-to-sleep": { recency: [3], frequency: [1, 2] },
  "at-risk": { recency: [1, 2], frequency: [3, 4] },
  "cannot-lose": { recency: [1, 2], frequency: [5] },
  hibernating: { recency: [1, 2], frequency: [1, 2] },
};

export const stages = ["prospect", "new", "active", "at-risk", "lapsed", "lost"] as const;
export type Stage = (typeof stages)[number];

/** Days since the last order at which a customer counts as at risk, lapsed and lost. */
export const stageDays = { atRisk: 60, lapsed: 90, lost: 365 } as const;
