import { useNavigate } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Box, Card, InlineGrid, Page, TextField } from "@shopify/polaris";
import { useEffect, useMemo, useState } from "react";
import { DraftBar } from "#app/components/draft-bar.tsx";
import { errorOf } from "#app/components/reply.ts";
import { useDraft, useIntent } from "#app/components/use-form.ts";
import { words } from "#app/components/words.ts";
import type { Figures } from "#app/segments/figures.ts";
import type { Draft } from "#app/segments/draft.ts";
import { BuildingProvider, type Building, type Placed } from "./building.tsx";
import { ChangesModal } from "./changes-modal.tsx";
import type { BuildAnswer, BuildData } from "./data.ts";
import { ImportCard } from "./import-card.tsx";
import { RuleHead } from "./rule-head.tsx";
import { SeenCard } from "./seen-card.tsx";
import { Tree } from "./tree.tsx";
import { useLook } from "./use-look.ts";
import { useSteps } from "./use-steps.ts";
import { useStepKeys } from "./use-step-keys.ts";

const say = words.builder;

/** The builder: the rule on one side, who fits it on the other. */
export function Builder({ data }: { data: BuildData }) {
  const saved = { name: data.saved.name, root: data.saved.root as Draft };
  const { draft, set, dirty, discard } = useDraft<{ name: string; root: Draft }>(saved);
  const { look, figures, current, waiting } = useLook(draft.root, data.look);
  const { send, busy, reply } = useIntent();
  const [sent, setSent] = useState("");
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const answer = answerOf(reply);
  const key = answer?.ok === true ? answer.key : undefined;
  useEffect(() => {
    if (key !== undefined) void navigate(`/app/segments/${key}`);
  }, [key, navigate]);
  useEffect(() => {
    if (answer?.changes !== undefined) setAsking(true);
  }, [answer]);

  const text = JSON.stringify(draft);
  const fields = {
    ...{ name: draft.name, rule: JSON.stringify({ version: 1, match: draft.root }) },
    ...{ version: data.version ?? "", madeFrom: data.madeFrom ?? "" },
  };
  const submit = (intent: "save" | "compare") => {
    setSent(text);
    send(intent, fields);
  };
  // What depends on it is told who comes and goes before it does.
  const careful = data.key !== null && data.uses.length > 0 && JSON.stringify(draft.root) !== JSON.stringify(saved.root);
  // What was said to the last attempt stands until something is typed.
  const standing = sent === text && !busy ? answer : undefined;
  // The first field that keeps it from being saved may be out of sight.
  useEffect(() => {
    if (standing?.ok === false) document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [standing]);
  const { change, steps, forget } = useSteps(draft.root, (root) => set("root", root));
  useStepKeys(asking ? null : steps);
  const building = useBuildingOf(data, change, current ? (look?.problems ?? []) : [], standing?.placed ?? [], current ? (look?.warnings ?? []) : [], figures);
  const problem = errorOf(standing, "form");
  const onImport = (root: Draft) => change(() => (root.kind === "all" || root.kind === "any" ? root : { kind: "all", of: [root] }));
  const title = data.key === null ? say.newTitle : say.editTitle(data.saved.name);
  return (
    <Page
      title={title}
      backAction={{ content: words.segment.back, url: data.key === null ? "/app/segments" : `/app/segments/${data.key}` }}
      // A copy can be saved as it is; what was typed is saved from the bar.
      {...(data.key === null && !dirty ? { primaryAction: { content: words.action.save, loading: busy, onAction: () => submit("save") } } : {})}
      fullWidth
    >
      <TitleBar title={title} />
      <BuildingProvider value={building}>
        <InlineGrid columns={{ xs: 1, lg: ["twoThirds", "oneThird"] }} gap="400" alignItems="start">
          <BlockStack gap="400">
            {problem === undefined ? null : (
              <Banner tone="critical">
                <p>{problem}</p>
              </Banner>
            )}
            {data.standard ? (
              <Banner tone="info" title={say.standardTitle}>
                <p>{say.standardBody}</p>
              </Banner>
            ) : null}
            <Card>
              <TextField
                label={say.name}
                value={draft.name}
                onChange={(name) => set("name", name)}
                helpText={say.nameHelp}
                error={errorOf(standing, "name")}
                maxLength={100}
                autoComplete="off"
              />
            </Card>
            <Card padding="0">
              <RuleHead steps={steps} look={look} current={current} />
              <Box padding="400">
                <Tree root={draft.root} />
              </Box>
            </Card>
          </BlockStack>
          <div style={{ position: "sticky", top: 16 }}>
            <SeenCard root={draft.root} look={look} waiting={waiting} current={current} />
          </div>
          {/* On a phone who fits comes first: few ever import anything. */}
          <ImportCard onImport={onImport} />
        </InlineGrid>
      </BuildingProvider>
      <DraftBar
        id="segment"
        dirty={dirty && key === undefined}
        saving={busy}
        onSave={() => submit(careful ? "compare" : "save")}
        onDiscard={() => (forget(), discard())}
      />
      <ChangesModal
        open={asking}
        changes={answer?.changes ?? null}
        uses={data.uses}
        busy={busy}
        onSave={() => {
          setAsking(false);
          submit("save");
        }}
        onClose={() => setAsking(false)}
      />
    </Page>
  );
}

/** What every form gets back, with what this one gets besides. */
function answerOf(reply: unknown): BuildAnswer | undefined {
  return reply as BuildAnswer | undefined;
}

/** What the parts of the tree share, and how they change it. */
function useBuildingOf(data: BuildData, change: Building["change"], looked: Placed[], refused: Placed[], warnings: Placed[], figures: Figures): Building {
  const [learnt, setLearnt] = useState<{ products: Record<string, string>; collections: Record<string, string> }>({ products: {}, collections: {} });
  const [products, collections] = useMemo(
    () => (["product", "collection"] as const).map((of) => Object.fromEntries(data.choices[of].first.map(({ value, label }) => [value, label]))),
    [data],
  );
  return useMemo(
    () => ({
      change,
      problems: looked.length > 0 ? looked : refused,
      warnings,
      names: {
        segments: data.segments,
        products: { ...products, ...data.products, ...learnt.products },
        collections: { ...collections, ...data.collections, ...learnt.collections },
      },
      choices: data.choices,
      learn: (kind, names) => setLearnt((before) => ({ ...before, [kind]: { ...before[kind], ...names } })),
      country: data.country,
      figures,
    }),
    [data, change, looked, refused, warnings, learnt, products, collections, figures],
  );
}
