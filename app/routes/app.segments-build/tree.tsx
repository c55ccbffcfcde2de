import { ActionList, Banner, BlockStack, Box, Button, InlineError, InlineStack, Popover, Select, Text } from "@shopify/polaris";
import { Fragment, useId, useState } from "react";
import { words } from "#app/components/words.ts";
import {
  added,
  freshCondition,
  isGroup,
  isNot,
  moved,
  removed,
  replaced,
  unwrapped,
  wrapped,
  type Draft,
  type DraftCondition,
  type DraftGroup,
  type Path,
} from "#app/segments/draft.ts";
import { conditionGroups, fieldsOf } from "#app/segments/draft-fields.ts";
import { limits } from "#app/segments/rule.ts";
import { saidAt, useBuilding } from "./building.tsx";
import { ConditionFields } from "./condition-fields.tsx";

const say = words.builder;

type Kind = DraftCondition["kind"];
type Standing = { path: Path; first: boolean; last: boolean };

/** A rule as a tree of groups and conditions, each of which can be changed in its place. */
export function Tree({ root }: { root: Draft }) {
  return <NodeView node={root} standing={{ path: [], first: true, last: true }} />;
}

function NodeView({ node, standing }: { node: Draft; standing: Standing }) {
  if (isNot(node)) return <NotView node={node} standing={standing} />;
  return isGroup(node) ? <GroupView node={node} standing={standing} /> : <ConditionView node={node} standing={standing} />;
}

function Frame({ label, tone, children }: { label: string; tone: "plain" | "not"; children: React.ReactNode }) {
  return (
    <div
      role="group"
      aria-label={label}
      style={{
        borderInlineStart: `3px solid ${tone === "not" ? "#c4320a" : "#8a8a8a"}`,
        background: "#fafafa",
        borderRadius: 8,
        // A phone has room for six in each other, if none takes much.
        padding: "clamp(6px, 2vw, 12px)",
      }}
    >
      <BlockStack gap="300">{children}</BlockStack>
    </div>
  );
}

/** What is wrong or odd with a node as a whole. */
function Said({ path, fields = [] }: { path: Path; fields?: string[] }) {
  const { problems, warnings } = useBuilding();
  const id = useId();
  const wrong = saidAt(problems, path, fields);
  const odd = saidAt(warnings, path);
  return (
    <>
      {wrong.map((message) => (
        <InlineError key={message} message={message} fieldID={id} />
      ))}
      {odd.map((message) => (
        <Banner key={message} tone="warning">
          <p>{message}</p>
        </Banner>
      ))}
    </>
  );
}

function GroupView({ node, standing: { path, first, last } }: { node: DraftGroup; standing: Standing }) {
  const { change } = useBuilding();
  const label = say.group[node.kind];
  return (
    <Frame label={label} tone="plain">
      <InlineStack align="space-between" blockAlign="center" gap="200" wrap={false}>
        <div style={{ minWidth: 0 }}>
          <Select
            label={say.groupKind}
            labelHidden
            options={(["all", "any"] as const).map((kind) => ({ value: kind, label: say.groupOption[kind] }))}
            value={node.kind}
            onChange={(kind) => change((root) => replaced(root, path, { ...node, kind: kind === "any" ? "any" : "all" }))}
          />
        </div>
        {path.length === 0 ? null : <Actions of={label} standing={{ path, first, last }} group />}
      </InlineStack>
      <Said path={path} />
      {node.of.length === 0 ? (
        <Text as="p" tone="subdued">
          {say.empty}
        </Text>
      ) : null}
      {node.of.map((one, index) => (
        // A part is its place: nothing else tells two alike conditions from each other.
        <Fragment key={index}>
          {index === 0 ? null : (
            <Text as="p" variant="bodySm" fontWeight="semibold" tone="subdued">
              {say.between[node.kind]}
            </Text>
          )}
          <NodeView node={one} standing={{ path: [...path, index], first: index === 0, last: index === node.of.length - 1 }} />
        </Fragment>
      ))}
      <InlineStack gap="200" align="start">
        <AddCondition path={path} />
        {path.length < limits.depth - 1 ? <AddGroup path={path} /> : null}
      </InlineStack>
    </Frame>
  );
}

function NotView({ node, standing: { path, first, last } }: { node: { kind: "not"; of: Draft }; standing: Standing }) {
  return (
    <Frame label={say.not} tone="not">
      <InlineStack align="space-between" blockAlign="center" gap="200">
        <Text as="p" fontWeight="semibold" tone="critical">
          {say.not}
        </Text>
        <Actions of={say.not} standing={{ path, first, last }} turned />
      </InlineStack>
      <Said path={path} />
      <NodeView node={node.of} standing={{ path: [...path, 0], first: true, last: true }} />
    </Frame>
  );
}

function ConditionView({ node, standing: { path, first, last } }: { node: DraftCondition; standing: Standing }) {
  const name = say.kinds[node.kind];
  return (
    <Box background="bg-surface" borderColor="border" borderWidth="025" borderRadius="200" padding={{ xs: "200", sm: "300" }}>
      <div role="group" aria-label={name}>
        <BlockStack gap="300">
          <InlineStack align="space-between" blockAlign="center" gap="200" wrap={false}>
            <Text as="h3" variant="headingSm">
              {name}
            </Text>
            <Actions of={name} standing={{ path, first, last }} />
          </InlineStack>
          <ConditionFields condition={node} path={path} />
          <Said path={path} fields={fieldsOf(node).map((field) => field.path.join("."))} />
        </BlockStack>
      </div>
    </Box>
  );
}

type Item = { content: string; destructive?: boolean; onAction: () => void };

/** Everything that can be done with a node as a whole. */
function Actions({
  of,
  standing: { path, first, last },
  group = false,
  turned = false,
}: {
  of: string;
  standing: Standing;
  group?: boolean;
  turned?: boolean;
}) {
  const { change } = useBuilding();
  const [open, setOpen] = useState(false);
  const item = (content: string, how: (root: Draft) => Draft, destructive = false): Item => ({
    ...{ content, destructive },
    onAction: () => {
      setOpen(false);
      change(how);
    },
  });
  const items = [
    ...(first ? [] : [item(say.up, (root) => moved(root, path, -1))]),
    ...(last ? [] : [item(say.down, (root) => moved(root, path, 1))]),
    turned ? item(say.turnBack, (root) => unwrapped(root, path)) : item(say.turnAround, (root) => wrapped(root, path, "not")),
    ...(group ? [item(say.dissolve, (root) => unwrapped(root, path))] : [item(say.makeGroup, (root) => wrapped(root, path, "any"))]),
    item(say.removeIt, (root) => removed(root, path), true),
  ];
  return (
    <Popover
      active={open}
      onClose={() => setOpen(false)}
      activator={
        <Button variant="tertiary" disclosure onClick={() => setOpen(!open)} accessibilityLabel={say.actionsFor(of)}>
          {say.actions}
        </Button>
      }
    >
      <ActionList items={items} />
    </Popover>
  );
}

/** The kinds of conditions, a click away. */
function AddCondition({ path }: { path: Path }) {
  const { change, names, country } = useBuilding();
  const [open, setOpen] = useState(false);
  const add = (kind: Kind) => {
    setOpen(false);
    change((root) => added(root, path, freshCondition(kind, { segment: Object.keys(names.segments)[0] ?? "", country })));
  };
  return (
    <Popover
      active={open}
      onClose={() => setOpen(false)}
      activator={
        <Button disclosure onClick={() => setOpen(!open)}>
          {say.addCondition}
        </Button>
      }
    >
      <ActionList
        sections={conditionGroups.map(({ name, kinds }) => ({
          title: say.conditionGroups[name],
          items: kinds.map((kind) => ({ content: say.kinds[kind], onAction: () => add(kind) })),
        }))}
      />
    </Popover>
  );
}

function AddGroup({ path }: { path: Path }) {
  const { change, country } = useBuilding();
  return (
    <Button variant="tertiary" onClick={() => change((root) => added(root, path, { kind: "any", of: [freshCondition("did", { segment: "", country })] }))}>
      {say.addGroup}
    </Button>
  );
}
