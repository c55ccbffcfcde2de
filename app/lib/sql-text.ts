// SQL in which a value can only ever be a parameter: text with gaps, and what belongs into each.

export type Value = string | number | boolean | Date | readonly string[] | readonly number[];
/** One gap between every two texts. */
export type Sql = { readonly strings: readonly string[]; readonly values: readonly Value[] };

const isSql = (one: Sql | Value): one is Sql => typeof one === "object" && "strings" in one;

function append(strings: string[], values: Value[], one: Sql): void {
  one.strings.forEach((text, index) => {
    if (index === 0) strings[strings.length - 1] += text;
    else strings.push(text);
  });
  values.push(...one.values);
}

/** A tag: other pieces are laid in as they are, all else becomes a parameter. */
export function sql(texts: TemplateStringsArray, ...inner: (Sql | Value)[]): Sql {
  const [strings, values]: [string[], Value[]] = [[texts[0] ?? ""], []];
  inner.forEach((one, index) => {
    append(strings, values, isSql(one) ? one : { strings: ["", ""], values: [one] });
    append(strings, values, { strings: [texts[index + 1] ?? ""], values: [] });
  });
  return { strings, values };
}

/** Pieces with one of a few known words between them; nothing for none. */
export function joined(pieces: readonly Sql[], between: " AND " | " OR " | " UNION ALL " | " + " | " "): Sql {
  const [strings, values]: [string[], Value[]] = [[""], []];
  pieces.forEach((one, index) =>
    append(strings, values, index === 0 ? one : { strings: [between + (one.strings[0] ?? ""), ...one.strings.slice(1)], values: one.values }),
  );
  return { strings, values };
}
