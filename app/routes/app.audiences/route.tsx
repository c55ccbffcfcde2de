import { boundary } from "@shopify/shopify-app-remix/server";
import { json, type ActionFunctionArgs, type HeadersFunction, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useSearchParams } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Page, Text } from "@shopify/polaris";
import { Fragment, useEffect, useRef } from "react";
import { errorOf } from "#app/components/reply.ts";
import { Trouble } from "#app/components/trouble.tsx";
import { useIntent } from "#app/components/use-form.ts";
import { useLookAgain } from "#app/components/use-look-again.ts";
import { words } from "#app/components/words.ts";
import { requireShop } from "#app/shopify.server.ts";
import { act } from "./act.server.ts";
import { AudienceCard } from "./audience-card.tsx";
import { load } from "./load.server.ts";
import { PlatformCard } from "./platform-card.tsx";
import { StartCard } from "./start-card.tsx";

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop } = await requireShop(request);
  return json(await load(shop, new URL(request.url).searchParams, new Date()));
}

export async function action({ request }: ActionFunctionArgs) {
  const { shop } = await requireShop(request);
  const reply = await act(shop, await request.formData(), new Date());
  return json(reply, { status: reply.ok ? 200 : 422 });
}

export const headers: HeadersFunction = (given) => boundary.headers(given);
export { Trouble as ErrorBoundary };

/** A merchant who comes back from a platform brings a code: it is redeemed here, in her own session, and taken out of the address. */
function useReturn() {
  const [params, setParams] = useSearchParams();
  const { send, busy, reply } = useIntent("/app/audiences");
  const [code, state] = [params.get("code"), params.get("state")];
  const sent = useRef<string | null>(null);
  useEffect(() => {
    if (code === null || state === null || sent.current === code) return;
    sent.current = code;
    send("finish", { code, state });
    setParams(
      (before) => {
        const kept = new URLSearchParams(before);
        for (const name of ["code", "state"]) kept.delete(name);
        return kept;
      },
      { replace: true, preventScrollReset: true },
    );
  }, [code, state, send, setParams]);
  return { busy, error: errorOf(reply, "connect") };
}

export default function AudiencesScreen() {
  const data = useLoaderData<typeof loader>();
  const returned = useReturn();
  useLookAgain(
    data.platforms.some(
      ({ connection, audiences }) =>
        connection?.state === "connected" &&
        audiences.some((one) => one.state !== "paused" && (one.members.adding + one.members.removing > 0 || (one.syncedAt === null && one.problem === null))),
    ),
  );
  return (
    <Page>
      <TitleBar title={words.audiences.title} />
      <BlockStack gap="400">
        <Text as="h1" variant="headingLg" visuallyHidden>
          {words.audiences.title}
        </Text>
        {data.denied ? (
          <Banner tone="info">
            <p>{words.audiences.denied}</p>
          </Banner>
        ) : null}
        {returned.error === undefined ? null : (
          <Banner tone="critical" title={words.connect.failedTitle}>
            <p>{returned.error}</p>
          </Banner>
        )}
        {data.platforms.map((platform) => (
          <Fragment key={platform.id}>
            <PlatformCard platform={platform} finishing={returned.busy} />
            {platform.audiences.map((audience) => (
              <AudienceCard key={audience.id} audience={audience} platform={platform} />
            ))}
            {platform.connection?.state === "connected" ? <StartCard platform={platform} /> : null}
          </Fragment>
        ))}
      </BlockStack>
    </Page>
  );
}
