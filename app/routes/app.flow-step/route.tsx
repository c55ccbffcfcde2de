import { boundary } from "@shopify/shopify-app-remix/server";
import { json, type ActionFunctionArgs, type HeadersFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Form, InlineGrid, Page } from "@shopify/polaris";
import { DraftBar } from "#app/components/draft-bar.tsx";
import { errorOf } from "#app/components/reply.ts";
import { Trouble } from "#app/components/trouble.tsx";
import { useDraft, useIntent } from "#app/components/use-form.ts";
import { stepName, words } from "#app/components/words.ts";
import { requireShop } from "#app/shopify.server.ts";
import { act } from "./act.server.ts";
import { load } from "./load.server.ts";
import { PreviewCard } from "./preview-card.tsx";
import { MessageCard, OfferCard, TimingCard } from "./step-cards.tsx";
import { TestCard } from "./test-card.tsx";
import { usePreview } from "./use-preview.ts";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  return json(await load(shop, params, new Date()));
}

export async function action({ request, params }: ActionFunctionArgs) {
  const { shop } = await requireShop(request);
  const form = await request.formData();
  const reply = await act(shop, params, form, new Date());
  return json(reply, { status: reply.ok || form.get("intent") === "preview" ? 200 : 422 });
}

export const headers: HeadersFunction = (given) => boundary.headers(given);
export { Trouble as ErrorBoundary };

/** One step of the flow, with the mail beside it as it is written. */
export default function StepScreen() {
  const data = useLoaderData<typeof loader>();
  const form = useDraft(data.draft);
  const { send, busy, reply } = useIntent();
  const preview = usePreview(form.draft, data.preview);
  const name = stepName(data.key);
  const each = words.flow.each[data.flow];
  const save = () => send("save", form.draft);
  // What the server said to the last save stands until something is typed; then the preview's own word counts.
  const error = (field: string) => preview.errors[field] ?? (form.dirty && preview.asked ? undefined : errorOf(reply, field));
  const problem = error("form");
  return (
    <Page title={name} subtitle={words.stepKind[data.kind]} backAction={{ content: each.name, url: `/app/flows/${data.flow}` }} fullWidth>
      <TitleBar title={name} />
      <Form noValidate onSubmit={save}>
        <InlineGrid columns={{ xs: 1, lg: 2 }} gap="400" alignItems="start">
          <BlockStack gap="400">
            {problem === undefined ? null : (
              <Banner tone="critical">
                <p>{problem}</p>
              </Banner>
            )}
            <MessageCard draft={form.draft} set={form.set} error={error} values={each.values} />
            {data.kind === "offer-email" ? <OfferCard draft={form.draft} set={form.set} error={error} /> : null}
            <TimingCard draft={form.draft} set={form.set} error={error} waitHelp={data.first ? each.waitFirstHelp : words.editor.waitNextHelp} />
            <TestCard to={data.testTo} dirty={form.dirty} />
          </BlockStack>
          <PreviewCard note={each.previewNote} rendered={preview.rendered} waiting={preview.waiting} broken={Object.keys(preview.errors).length > 0} />
        </InlineGrid>
      </Form>
      <DraftBar id="step" dirty={form.dirty} saving={busy} onSave={save} onDiscard={form.discard} />
    </Page>
  );
}
