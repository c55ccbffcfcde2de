import { boundary } from "@shopify/shopify-app-remix/server";
import { json, type ActionFunctionArgs, type HeadersFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Form, Layout, Page, Text } from "@shopify/polaris";
import { DraftBar } from "#app/components/draft-bar.tsx";
import { errorOf } from "#app/components/reply.ts";
import { Trouble } from "#app/components/trouble.tsx";
import { useDraft, useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import { requireShop } from "#app/shopify.server.ts";
import { act } from "./act.server.ts";
import { DatabaseCard, RejectedCard, ScopesCard } from "./data-cards.tsx";
import { load } from "./load.server.ts";
import { CompareCard, PastCard } from "./past-cards.tsx";
import { PauseCard } from "./pause-card.tsx";
import { PrivacyCard } from "./privacy-card.tsx";
import { MeasureCard, SenderCard } from "./shop-cards.tsx";

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  return json(await load(shop, new Date()));
}

export async function action({ request }: ActionFunctionArgs) {
  const { shop } = await requireShop(request);
  const reply = await act(shop, await request.formData(), new Date());
  return json(reply, { status: reply.ok ? 200 : 422 });
}

export const headers: HeadersFunction = (given) => boundary.headers(given);
export { Trouble as ErrorBoundary };

const say = words.settings;

export default function SettingsScreen() {
  const data = useLoaderData<typeof loader>();
  const { draft, set, dirty, discard } = useDraft(data.sender);
  const { send, busy, reply } = useIntent();
  const save = () => send("save", draft);
  const error = (field: string) => errorOf(reply, field);
  const problem = error("form");
  return (
    <Page>
      <TitleBar title={say.title} />
      <Text as="h1" variant="headingLg" visuallyHidden>
        {say.title}
      </Text>
      <BlockStack gap="400">
        {problem === undefined ? null : (
          <Banner tone="critical">
            <p>{problem}</p>
          </Banner>
        )}
        <Form noValidate onSubmit={save}>
          <Layout>
            <Layout.AnnotatedSection id="sender" title={say.senderTitle} description={say.senderHelp}>
              <SenderCard draft={draft} set={set} error={error} saved={{ senderAddress: data.sender.senderAddress, confirmedAt: data.senderConfirmedAt }} />
            </Layout.AnnotatedSection>
            <Layout.AnnotatedSection title={say.measureTitle}>
              <MeasureCard draft={draft} set={set} error={error} />
            </Layout.AnnotatedSection>
          </Layout>
        </Form>
        <Layout>
          <Layout.AnnotatedSection title={say.pauseTitle} description={say.pauseHelp}>
            <PauseCard pausedAt={data.pausedAt} />
          </Layout.AnnotatedSection>
          <Layout.AnnotatedSection title={say.privacyTitle} description={say.privacyHelp}>
            <PrivacyCard requests={data.requests} />
          </Layout.AnnotatedSection>
          <Layout.AnnotatedSection id="compare" title={say.data.compareTitle} description={say.data.compareHelp}>
            <CompareCard comparison={data.comparison} />
          </Layout.AnnotatedSection>
          <Layout.AnnotatedSection id="past" title={say.data.pastTitle} description={say.data.pastHelp}>
            <PastCard files={data.past} />
          </Layout.AnnotatedSection>
          <Layout.AnnotatedSection title={say.rejectedTitle} description={say.rejectedHelp}>
            <RejectedCard rejected={data.rejected} />
          </Layout.AnnotatedSection>
          <Layout.AnnotatedSection title={say.databaseTitle}>
            <DatabaseCard note={data.database} />
          </Layout.AnnotatedSection>
          <Layout.AnnotatedSection id="scopes" title={say.scopesTitle} description={say.olderOrders}>
            <ScopesCard scopes={data.scopes} />
          </Layout.AnnotatedSection>
        </Layout>
      </BlockStack>
      <DraftBar id="settings" dirty={dirty} saving={busy} onSave={save} onDiscard={discard} />
    </Page>
  );
}
