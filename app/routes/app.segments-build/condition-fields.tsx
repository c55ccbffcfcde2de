import { Button, InlineStack, Text } from "@shopify/polaris";
import { useState } from "react";
import { useFormat } from "#app/components/shop-context.tsx";
import { words } from "#app/components/words.ts";
import { horizons } from "#app/predictions/model.ts";
import { replaced, valueAt, withDeed, withValue, type DraftCondition, type Path, type Value } from "#app/segments/draft.ts";
import type { DeedKind } from "#app/segments/deed.ts";
import { fieldsOf, freshDue, freshWhen, type Field } from "#app/segments/draft-fields.ts";
import { ruleWords } from "#app/segments/rule-words.ts";
import { problemOf, useBuilding } from "./building.tsx";
import { ChoicesInput } from "./choices-input.tsx";
import { ChoiceInput, DateInput, FlagInput, LengthInput, MoneyInput, NumberInput, PriceInput, SetInput, type InputProps } from "./field-inputs.tsx";
import { NamedInput } from "./named-input.tsx";
import { SegmentInput, ValuesInput } from "./values-input.tsx";

const say = words.builder;

/** Labels by the way to the field, the longest that is known. */
function labelOf({ kind, measure, did, onDays }: DraftCondition, path: string[]): string {
  if (kind === "orders" && measure !== "number" && path[0] === "is") return say.labels["spent.is"] ?? "";
  if (path[0] === "times" && (did === "visited" || onDays === true)) return say.labels[`days.${path[1] ?? ""}`] ?? "";
  const last = path.at(-1) ?? "";
  return say.labels[path.slice(-2).join(".")] ?? say.labels[last] ?? last;
}

const setWords: Record<string, Record<string, string>> = {
  ...say.options,
  groups: ruleWords.groups,
  stages: ruleWords.stages,
};

const flowNames = Object.fromEntries(Object.entries(words.flow.each).map(([key, { name }]) => [key, name]));

function flowsIn(value: Value): string[] {
  const chosen = Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
  return [...new Set([...Object.keys(flowNames), ...chosen])];
}

/** Which fields stand in a row of their own: those that grow. */
const isWide = (field: Field) => field.as === "values" || field.as === "set" || field.as === "price";

/** Whether a field may be left out: it says which of the deeds, not what of her. */
const narrows = (field: Field) => field.path.includes("where");

/** All fields of one condition. */
export function ConditionFields({ condition, path }: { condition: DraftCondition; path: Path }) {
  const { change, problems } = useBuilding();
  const put = (next: DraftCondition, field: Field) => change((root) => replaced(root, path, next), { field: [...path, ...field.path].join(" ") });
  const fields = fieldsOf(condition);
  const narrow = fields.filter((field) => !isWide(field) && field.as !== "flag");
  const flags = fields.filter((field) => field.as === "flag");
  const used = (field: Field) => valueAt(condition, field.path) !== undefined;
  // What only narrows a deed down stays out of the way until it is wanted.
  const [opened, setOpened] = useState(false);
  const wide = fields.filter((field) => isWide(field) && (opened || !narrows(field) || used(field)));
  const more = fields.some((field) => isWide(field) && narrows(field) && !used(field));
  const draw = (field: Field) => (
    <div key={field.path.join(".")} style={{ flex: isWide(field) ? "1 1 14rem" : "0 1 auto", minWidth: field.as === "choice" ? "10rem" : undefined }}>
      <FieldInput
        field={field}
        errorIn={(part) => problemOf(problems, path, [...field.path, part].join("."))}
        input={{
          label: labelOf(condition, field.path),
          help: say.help[field.path.at(-1) ?? ""],
          value: valueAt(condition, field.path),
          error: problemOf(problems, path, field.path.join(".")),
          onChange: (value) => put(withField(condition, field, value), field),
        }}
      />
    </div>
  );
  return (
    <>
      {narrow.length === 0 ? null : (
        <InlineStack gap="300" align="start" blockAlign="start">
          {narrow.map(draw)}
        </InlineStack>
      )}
      <Among condition={condition} />
      {flags.map(draw)}
      {wide.length === 0 ? null : (
        <InlineStack gap="300" align="start" blockAlign="start">
          {wide.map(draw)}
        </InlineStack>
      )}
      {more && !opened ? (
        <InlineStack align="start">
          <Button variant="plain" disclosure="down" onClick={() => setOpened(true)}>
            {say.narrow}
          </Button>
        </InlineStack>
      ) : null}
    </>
  );
}

/** What can be reached: how what a condition asks for lies among the shop's customers now. */
function Among({ condition }: { condition: DraftCondition }) {
  const { figures } = useBuilding();
  const format = useFormat();
  const within = horizons.find((one) => one === condition["within"]);
  const chance = condition.kind === "chance-of-order" && within !== undefined ? figures.chance[within] : undefined;
  const spend = condition.kind === "predicted-spend" ? figures.spend : null;
  if (chance === undefined && spend === null) return null;
  return (
    <Text as="p" variant="bodySm" tone="subdued">
      {chance === undefined ? null : say.among.chance(chance.highest, chance.half)}
      {spend === null ? null : say.among.spend(format.about(spend.highest), format.about(spend.half))}
    </Text>
  );
}

/** A field changed; what hung on it changes along. */
function withField(condition: DraftCondition, field: Field, value: Value): DraftCondition {
  const last = field.path.at(-1);
  const parent = field.path.slice(0, -1);
  if (field.as === "choice" && field.name === "did" && typeof value === "string") return withDeed(condition, parent, value as DeedKind);
  if (field.as === "choice" && field.name === "when" && last === "kind" && typeof value === "string") return withValue(condition, parent, freshWhen(value));
  if (field.as === "choice" && field.name === "due" && typeof value === "string") return withValue(condition, parent, freshDue(value));
  return withValue(condition, field.path, value);
}

type FieldProps = { field: Field; input: InputProps; errorIn: (part: string) => string | undefined };

function FieldInput({ field, input, errorIn }: FieldProps) {
  // Which flows there are is known; one that a rule names and that is gone can still be taken out.
  if (field.as === "values" && field.path.at(-1) === "flows") return <SetInput {...input} labels={flowNames} options={flowsIn(input.value)} optional />;
  switch (field.as) {
    case "choice":
      return <ChoiceInput {...input} name={field.name} options={field.options} />;
    case "set":
      return <SetInput {...input} labels={setWords[field.name] ?? {}} options={field.options} optional={field.name === "scores"} />;
    case "values":
      if (field.from === "product" || field.from === "collection" || field.from === "vendor") return <ChoicesInput {...input} of={field.from} />;
      if (field.from === "country" || field.from === "language") return <NamedInput {...input} of={field.from} />;
      return <ValuesInput {...input} />;
    case "one":
      return <SegmentInput {...input} />;
    case "number":
      return <NumberInput {...input} />;
    case "money":
      return <MoneyInput {...input} />;
    case "price":
      return <PriceInput {...input} errorIn={errorIn} />;
    case "flag":
      return <FlagInput {...input} />;
    case "length":
      return <LengthInput {...input} />;
    case "date":
      return <DateInput {...input} />;
  }
}
