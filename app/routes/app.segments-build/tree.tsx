import { ActionList, Banner, BlockStack, Box, Button, InlineError, InlineStack, Popover, Select, Text } from "@shopify/polaris";
import { Fragment, useId, useState } from "react";
import { Said as Quoted } from "#app/components/said.tsx";
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
import { idOf, saidAt, useBuilding } from "./building.tsx";
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

function Frame({ path, label, tone, children }: { path: Path; label: string; tone: "plain" | "not"; children: React.ReactNode }) {
  return (
    <div
      id={idOf.node(path)}
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
  const odd = new Set(saidAt(warnings, path));
  return (
    <>
      {wrong.map((message) => (
        <InlineError key={message} message={message} fieldID={id} />
      ))}
      {[...odd].map((message) => (
        <Banner key={message} tone="warning">
          <p>
            <Quoted text={message} />
          </p>
        </Banner>
      ))}
    </>
  );
}

function GroupView({ node, standing: { path, first, last } }: { node: DraftGroup; standing: Standing }) {
  const { change } = useBuilding();
  const label = say.group[node.kind];
  return (
    <Frame path={path} label={label} tone="plain">
      <InlineStack align="space-between" blockAlign="center" gap="200" wrap={false}>
        <div style={{ minWidth: 0 }}>
          <Select
            label={say.groupKind}
            labelHidden
            options={(["all", "any"] as const).map((kind) => ({ value: kind, label: say.groupOption[kind] }))}
            value={node.kind}
            onChange={(kind) =>
              change((root) => replaced(root, path, { ...node, kind: kind === "any" ? "any" : "all" }), { field: [...path, "kind"].join(" ") })
            }
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
        <AddCondition path={path} count={node.of.length} />
        {path.length < limits.depth - 1 ? <AddGroup path={path} count={node.of.length} /> : null}
      </InlineStack>
    </Frame>
  );
}

function NotView({ node, standing: { path, first, last } }: { node: { kind: "not"; of: Draft }; standing: Standing }) {
  return (
    <Frame path={path} label={say.not} tone="not">
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
      <div id={idOf.node(path)} role="group" aria-label={name}>
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
  const item = (content: string, how: (root: Draft) => Draft, next = [idOf.actions(path)], destructive = false): Item => ({
    ...{ content, destructive },
    onAction: () => {
      setOpen(false);
      change(how, { next });
    },
  });
  const beside = (by: number): Path => [...path.slice(0, -1), (path.at(-1) ?? 0) + by];
  // What comes after it stands in its place then, or what came before; where it took groups along, what they lay in.
  const left = [path, beside(-1)].map(idOf.actions);
  const around = path.map((_, index) => path.slice(0, path.length - 1 - index)).flatMap((one) => [idOf.add(one), idOf.actions(one)]);
  const items = [
    ...(first ? [] : [item(say.up, (root) => moved(root, path, -1), [idOf.actions(beside(-1))])]),
    ...(last ? [] : [item(say.down, (root) => moved(root, path, 1), [idOf.actions(beside(1))])]),
    turned ? item(say.turnBack, (root) => unwrapped(root, path)) : item(say.turnAround, (root) => wrapped(root, path, "not")),
    ...(group ? [item(say.dissolve, (root) => unwrapped(root, path))] : [item(say.makeGroup, (root) => wrapped(root, path, "any"))]),
    item(say.removeIt, (root) => removed(root, path), [...left, ...around], true),
  ];
  return (
    <Popover
      active={open}
      onClose={() => setOpen(false)}
      activator={
        <Button id={idOf.actions(path)} variant="tertiary" disclosure onClick={() => setOpen(!open)} accessibilityLabel={say.actionsFor(of)}>
          {say.actions}
        </Button>
      }
    >
      <ActionList items={items} />
    </Popover>
  );
}

/** The kinds of conditions, a click away. */
function AddCondition({ path, count }: { path: Path; count: number }) {
  const { change, names, country } = useBuilding();
  const [open, setOpen] = useState(false);
  const add = (kind: Kind) => {
    setOpen(false);
    change((root) => added(root, path, freshCondition(kind, { segment: Object.keys(names.segments)[0] ?? "", country })), {
      next: [idOf.node([...path, count])],
    });
  };
  return (
    <Popover
      active={open}
      onClose={() => setOpen(false)}
      activator={
        <Button id={idOf.add(path)} disclosure onClick={() => setOpen(!open)}>
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

function AddGroup({ path, count }: { path: Path; count: number }) {
  const { change, country } = useBuilding();
  const group: Draft = { kind: "any", of: [freshCondition("did", { segment: "", country })] };
  return (
    <Button variant="tertiary" onClick={() => change((root) => added(root, path, group), { next: [idOf.node([...path, count])] })}>
      {say.addGroup}
    </Button>
  );
}
