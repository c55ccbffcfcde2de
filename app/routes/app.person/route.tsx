import { boundary } from "@shopify/shopify-app-remix/server";
import { json, redirect, type ActionFunctionArgs, type HeadersFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { BlockStack, Card, Layout, Page, Text } from "@shopify/polaris";
import { textOf, type Reply } from "#app/components/reply.ts";
import { Timeline } from "#app/components/timeline.tsx";
import { Trouble } from "#app/components/trouble.tsx";
import { whoever, words } from "#app/components/words.ts";
import { personView } from "#app/dashboard/person.server.ts";
import { takeBack } from "#app/pipeline/same-person.server.ts";
import { requireShop } from "#app/shopify.server.ts";
import { useFormat } from "#app/components/shop-context.tsx";
import { ExpectedCard } from "./expected-card.tsx";
import { KeysCard, KnownCard } from "./known-cards.tsx";
import { MergesCard } from "./merges-card.tsx";
import { ArmsCard, AudiencesCard, ConsentCard, SegmentsCard, VisitCard } from "./standing-cards.tsx";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  const now = new Date();
  const found = await personView(shop, params.profileId ?? "", now);
  if (found === null) throw json(null, { status: 404 });
  // Somebody who turned out to be another is found there.
  if (found.kind === "elsewhere") throw redirect(`/app/people/${found.id}${new URL(request.url).search}`);
  return json({ ...found.view, now });
}

export async function action({ request }: ActionFunctionArgs) {
  const { shop } = await requireShop(request);
  const form = await request.formData();
  if (textOf(form, "intent") !== "take-back") throw json(null, { status: 400 });
  const outcome = await takeBack(shop, textOf(form, "merge"), new Date());
  const reply: Reply = outcome === "done" ? { ok: true, done: "taken-back" } : { ok: false, errors: { form: words.profile.problem[outcome] ?? outcome } };
  return json(reply, { status: reply.ok ? 200 : 422 });
}

export const headers: HeadersFunction = (given) => boundary.headers(given);
export { Trouble as ErrorBoundary };

const say = words.profile;

/** One person: what we know and from where, what may be done, what happened, and what did not and why. */
export default function PersonScreen() {
  const person = useLoaderData<typeof loader>();
  const { currency } = useFormat();
  const { profile } = person;
  const title = profile.redacted ? words.person.forgotten : whoever(profile);
  return (
    <Page title={title} backAction={{ content: say.back, url: "/app/people" }}>
      <TitleBar title={title} />
      {profile.redacted ? (
        <Card>
          <Text as="p">{say.forgotten}</Text>
        </Card>
      ) : (
        <Layout>
          <Layout.Section>
            <BlockStack gap="400">
              {person.moments.length === 0 ? (
                <Card>
                  <BlockStack gap="200">
                    <Text as="h2" variant="headingMd">
                      {say.timeline}
                    </Text>
                    <Text as="p" tone="subdued">
                      {say.timelineEmpty}
                    </Text>
                  </BlockStack>
                </Card>
              ) : (
                <Timeline title={say.timeline} moments={person.moments} currency={currency} from={`person=${profile.id}`} />
              )}
              <KeysCard keys={person.keys} more={person.moreKeys} />
              <MergesCard merges={person.merges} />
            </BlockStack>
          </Layout.Section>
          <Layout.Section variant="oneThird">
            <BlockStack gap="400">
              <KnownCard known={person.known} />
              <ConsentCard consent={person.consent} />
              <ExpectedCard expected={person.expected} now={person.now} />
              <SegmentsCard segments={person.segments} />
              <VisitCard visit={person.visit} />
              <AudiencesCard audiences={person.audiences} />
              <ArmsCard arms={person.arms} />
            </BlockStack>
          </Layout.Section>
        </Layout>
      )}
    </Page>
  );
}
