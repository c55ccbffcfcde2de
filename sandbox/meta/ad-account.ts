// The ad accounts of the one Facebook user in this world.

export type AdAccount = { id: string; name: string; currency: string; timezone: string; businessId: string; termsAccepted: boolean };

export const facebookUser = { id: "10160000000000001", name: "Robin Harbour" };

/** Two accounts, so that one has to be chosen; the second still has to accept the Custom Audience Terms. */
export function startingAccounts(): AdAccount[] {
  const common = { currency: "GBP", timezone: "Europe/London", businessId: "700100200300400" };
  return [
    { id: "120210000000001", name: "Harbour & Pine", ...common, termsAccepted: true },
    { id: "120210000000002", name: "Harbour & Pine (trade)", ...common, termsAccepted: false },
  ];
}

/** The account as the Graph API shows it, all fields. */
export function accountFields(account: AdAccount): Record<string, unknown> {
  const terms = account.termsAccepted ? { custom_audience_tos: 1 } : {};
  return {
    id: `act_${account.id}`,
    account_id: account.id,
    name: account.name,
    account_status: 1,
    currency: account.currency,
    timezone_name: account.timezone,
    business: { id: account.businessId, name: "Harbour & Pine Ltd" },
    business_name: "Harbour & Pine Ltd",
    business_country_code: "GB",
    tos_accepted: terms,
    user_tos_accepted: terms,
    disable_reason: 0,
    created_time: "2024-03-04T09:00:00+0000",
    user_tasks: ["DRAFT", "ANALYZE", "ADVERTISE", "MANAGE"],
  };
}
