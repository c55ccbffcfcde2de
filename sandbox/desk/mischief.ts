// The troubles that the desk lets loose, each by the control call of the stand-in that makes it.

export type Mischief = {
  key: string;
  /** Whose trouble it is. */
  where: "Webhooks" | "Admin API" | "Mail" | "Meta" | "Google";
  label: string;
  /** What one should see of it; where the product loses something, that is said too. */
  expect: string;
  path: string;
  body: unknown;
};

const webhooks = (options: object) => ({ path: "/shopify/control/faults", body: { webhooks: options } });
const mail = (script: object) => ({ path: "/mail/control/scripts", body: { to: "*", times: 1, ...script } });
const meta = (fault: object) => ({ path: "/meta/control/faults", body: fault });
const google = (fault: object) => ({ path: "/google/control/faults", body: fault });

export const mischief: readonly Mischief[] = [
  {
    key: "webhooks-thrice",
    where: "Webhooks",
    label: "Send the next 10 three times",
    expect: "Copies are counted and change nothing.",
    ...webhooks({ times: 10, duplicates: 2 }),
  },
  {
    key: "webhooks-late",
    where: "Webhooks",
    label: "Send the next 10 five seconds late",
    expect: "Everything ends as it would have without the delay.",
    ...webhooks({ times: 10, delayMs: 5000 }),
  },
  {
    key: "webhooks-held",
    where: "Webhooks",
    label: "Hold the next 10 back",
    expect: "Release them below, the last one first: the state is that of the newest, in whatever order they come.",
    ...webhooks({ times: 10, hold: true }),
  },
  {
    key: "webhooks-lost",
    where: "Webhooks",
    label: "Lose the next 3",
    expect: "The next comparison with Shopify finds them: within the hour, or at once by the button in Settings. A cart alone is in no API and stays lost.",
    ...webhooks({ times: 3, drop: true }),
  },
  {
    key: "webhooks-forged",
    where: "Webhooks",
    label: "Break the signature of the next 3",
    expect: "They are answered 401 and kept nowhere, however often they are tried again.",
    ...webhooks({ times: 3, signature: "tampered" }),
  },
  {
    key: "api-throttled",
    where: "Admin API",
    label: "Throttle the next 5 calls",
    expect: "They are made again, later.",
    path: "/shopify/control/faults",
    body: { throttle: 5 },
  },
  {
    key: "api-down",
    where: "Admin API",
    label: "Answer 503 to the next 5 calls",
    expect: "Nothing breaks; what needs an answer waits.",
    path: "/shopify/control/faults",
    body: { status: { code: 503, times: 5 } },
  },
  {
    key: "mail-busy",
    where: "Mail",
    label: "Ask the next mail to come back later",
    expect: "It is offered again with growing pauses, under the same Message-ID.",
    ...mail({ do: "refuse", code: 451 }),
  },
  {
    key: "mail-no-such-person",
    where: "Mail",
    label: "Refuse the next address for good",
    expect: "The run ends with that reason, and the address is not tried again.",
    ...mail({ do: "refuse", code: 550 }),
  },
  {
    key: "mail-unsure",
    where: "Mail",
    label: "Take the next mail, then hang up without a word",
    expect: "It may have arrived, so it is never sent twice: it counts as unknown.",
    ...mail({ do: "accept-then-reset" }),
  },
  {
    key: "meta-down",
    where: "Meta",
    label: "Fail the next 3 calls",
    expect: "They are tried again after a pause; nobody is added twice.",
    ...meta({ kind: "http", status: 500, times: 3 }),
  },
  {
    key: "meta-lost",
    where: "Meta",
    label: "Do the next change, but lose the answer",
    expect: "The change is made again, which is harmless.",
    ...meta({ kind: "lost-answer", method: "POST" }),
  },
  {
    key: "meta-expired",
    where: "Meta",
    label: "Let the access expire",
    expect: "The Audiences screen asks the merchant to connect again.",
    path: "/meta/control/tokens",
    body: { make: "expired" },
  },
  {
    key: "google-down",
    where: "Google",
    label: "Fail the next 3 calls",
    expect: "They are tried again after a pause.",
    ...google({ kind: "http", status: 503, times: 3 }),
  },
  {
    key: "google-lost",
    where: "Google",
    label: "Do the next change, but lose the answer",
    expect: "The change is made again, which is harmless.",
    ...google({ kind: "lost-answer" }),
  },
];

/** What ends all troubles that are still to come. What was held stays held until it is released. */
export const calming: readonly string[] = ["/shopify/control/faults", "/mail/control/scripts", "/meta/control/faults", "/google/control/faults"];
