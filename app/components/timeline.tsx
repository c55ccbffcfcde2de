import { Badge, BlockStack, Card, InlineStack, Link, Text } from "@shopify/polaris";
import type { SerializeFrom } from "@remix-run/node";
import type { Moment as Happened } from "../dashboard/timeline.ts";
import type { Formats } from "./format.ts";
import { useFormat } from "./shop-context.tsx";
import { flowName, reasonWords, stepName, words } from "./words.ts";

type Moment = SerializeFrom<Happened>;
type Told = { title: string; details: string[]; strong?: boolean; mail?: string; order?: string; badge?: string };

const say = words.order.moment;

/** One moment in words. */
function tell(moment: Moment, money: Formats["money"]): Told {
  switch (moment.kind) {
    case "cart":
      return { title: say.cart(moment.items), details: [] };
    case "checkout":
      return { title: say.checkout(money(moment.totalMinor)), details: [] };
    case "consent":
      return { title: words.order.consent[moment.state] ?? moment.state, details: [words.order.consentAt[moment.source] ?? moment.source] };
    case "run":
      return {
        title: (moment.arm === "holdout" ? say.run.holdout : say.run.treated)(flowName(moment.flowKey)),
        details: moment.reason === null ? [] : [reasonWords(moment.reason)],
      };
    case "ended":
      return { title: say.ended, details: [reasonWords(moment.reason)] };
    case "message": {
      const sent = moment.state === "sent" || moment.state === "unknown";
      const details = [
        moment.subject ?? "",
        moment.basis === null ? "" : say.basis(moment.basis),
        moment.offerCode === null ? "" : say.code(moment.offerCode),
        moment.reason ?? "",
      ].filter((one) => one !== "");
      return {
        title: sent ? say.message(stepName(moment.stepKey)) : say.notSent(stepName(moment.stepKey)),
        details,
        ...(moment.subject === null ? {} : { mail: moment.id }),
      };
    }
    case "click":
      return {
        title: moment.by === "human" ? say.click.human : say.click.machine,
        details: [stepName(moment.stepKey), ...(moment.reason === null ? [] : [words.click[moment.reason] ?? moment.reason])],
        ...(moment.counted ? { badge: say.counted } : {}),
      };
    case "order":
      return {
        ...{ title: say.order(moment.name, money(moment.totalMinor)), details: [], strong: true },
        ...(moment.id === undefined ? {} : { order: moment.id }),
      };
    case "waiting":
      return { title: say.waiting(flowName(moment.flowKey)), details: [moment.reason === null ? reasonWords("not due") : reasonWords(moment.reason)] };
    case "cancelled":
      return { title: say.cancelled, details: [] };
    case "refund":
      return { title: say.refund(money(moment.amountMinor)), details: [] };
  }
}

const colour: Partial<Record<Moment["kind"], string>> = { message: "#2c6ecb", click: "#2c6ecb", order: "#0c7c59", refund: "#b98900", cancelled: "#b98900" };

type Props = {
  title: string;
  moments: Moment[];
  currency: string;
  /** What follows the address of a mail, so that its screen leads back here. */
  from: string;
};

/** Moments one below the other. */
export function Timeline({ title, moments, currency, from }: Props) {
  const format = useFormat();
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        <ol style={{ listStyle: "none", margin: 0, padding: 0 }}>
          {moments.map((moment, index) => {
            const told = tell(moment, (minor) => format.moneyIn(minor, currency));
            return (
              <li
                key={index}
                style={{
                  position: "relative",
                  padding: "0 0 18px 26px",
                  borderInlineStart: index === moments.length - 1 ? "2px solid transparent" : "2px solid #e3e3e3",
                  marginInlineStart: 7,
                }}
              >
                <span
                  aria-hidden="true"
                  style={{
                    position: "absolute",
                    insetInlineStart: -8,
                    top: 3,
                    width: 14,
                    height: 14,
                    borderRadius: 7,
                    background: colour[moment.kind] ?? "#8a8a8a",
                    border: "3px solid #fff",
                    boxSizing: "border-box",
                  }}
                />
                <InlineStack align="space-between" gap="200" blockAlign="start">
                  <InlineStack align="start" gap="200" blockAlign="center">
                    <Text as="span" fontWeight={told.strong ? "bold" : "medium"}>
                      {told.title}
                    </Text>
                    {told.badge === undefined ? null : <Badge tone="success">{told.badge}</Badge>}
                  </InlineStack>
                  <Text as="span" tone="subdued" variant="bodySm">
                    <time dateTime={moment.at}>{format.dateTime(moment.at)}</time>
                  </Text>
                </InlineStack>
                {told.details.map((detail) => (
                  <Text key={detail} as="p" tone="subdued" breakWord>
                    {detail}
                  </Text>
                ))}
                {told.mail === undefined ? null : <Link url={`/app/messages/${told.mail}?${from}`}>{say.see}</Link>}
                {told.order === undefined ? null : <Link url={`/app/orders/${told.order}`}>{say.seeOrder}</Link>}
              </li>
            );
          })}
        </ol>
      </BlockStack>
    </Card>
  );
}
