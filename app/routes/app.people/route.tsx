import { boundary } from "@shopify/shopify-app-remix/server";
import { json, type ActionFunctionArgs, type HeadersFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData, useNavigate } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { BlockStack, Box, Button, Card, Form, InlineStack, Page, Select, Text, TextField } from "@shopify/polaris";
import { useState } from "react";
import { textOf } from "#app/components/reply.ts";
import { Trouble } from "#app/components/trouble.tsx";
import { words } from "#app/components/words.ts";
import { findPeople, peoplePage } from "#app/dashboard/people.server.ts";
import { segmentsByKey } from "#app/segments/saved.server.ts";
import { requireShop } from "#app/shopify.server.ts";
import { PeopleTable } from "./people-table.tsx";

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  const { searchParams } = new URL(request.url);
  const named = await segmentsByKey(shop);
  const segment = named.get(searchParams.get("segment") ?? "");
  const page = await peoplePage(shop, segment?.key ?? null, { older: searchParams.get("older"), newer: searchParams.get("newer") });
  return json({ page, segment: segment?.key ?? null, segments: [...named.values()].map(({ key, name }) => ({ value: key, label: name })) });
}

/** Looks for people. What is typed may be somebody's address: it travels in the body, since addresses of pages are written down everywhere. */
export async function action({ request }: ActionFunctionArgs) {
  const { shop } = await requireShop(request);
  return json({ found: await findPeople(shop, textOf(await request.formData(), "text")) });
}

export const headers: HeadersFunction = (given) => boundary.headers(given);
export { Trouble as ErrorBoundary };

const say = words.peopleList;

export default function PeopleScreen() {
  const { page, segment, segments } = useLoaderData<typeof loader>();
  const search = useFetcher<typeof action>();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [searching, setSearching] = useState(false);
  const found = searching ? search.data?.found : undefined;
  const clear = () => {
    setText("");
    setSearching(false);
  };
  const look = () => {
    if (text.trim() === "") return clear();
    setSearching(true);
    search.submit({ text }, { method: "post", action: "/app/people" });
  };
  const shown = found ?? page;
  const empty = found !== undefined ? say.emptySearch : segment !== null ? say.emptySegment : null;
  return (
    <Page title={say.title} subtitle={say.intro}>
      <TitleBar title={say.title} />
      <Card padding="0">
        <Box padding="400">
          <BlockStack gap="300">
            <InlineStack gap="300" blockAlign="end">
              <div style={{ flex: "1 1 20rem" }}>
                <Form onSubmit={look}>
                  <TextField
                    label={say.search}
                    value={text}
                    onChange={setText}
                    autoComplete="off"
                    type="search"
                    clearButton
                    onClearButtonClick={clear}
                    connectedRight={
                      <Button submit loading={search.state !== "idle"}>
                        {say.searchButton}
                      </Button>
                    }
                  />
                </Form>
              </div>
              <Select
                label={say.segment}
                options={[{ value: "", label: say.everybody }, ...segments]}
                value={segment ?? ""}
                onChange={(key) => {
                  clear();
                  navigate(key === "" ? "/app/people" : `/app/people?segment=${key}`);
                }}
              />
            </InlineStack>
            <div role="status">
              {found === undefined || search.state !== "idle" ? null : (
                <Text as="p" tone="subdued">
                  {say.found(found.lines.length, found.more)}
                </Text>
              )}
            </div>
          </BlockStack>
        </Box>
        <PeopleTable page={shown} segment={segment} empty={empty} />
      </Card>
    </Page>
  );
}
