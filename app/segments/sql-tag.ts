// Texts compared without case exactly as match.ts does, whatever the database's own idea of letters is.
import { sql, type Sql } from "../lib/sql-text.ts";

const ascii = { upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", lower: "abcdefghijklmnopqrstuvwxyz" };
let uppers: Map<string, string[]> | undefined;

/** All letters that become a given small one, beyond ASCII's own. Made at first use: it looks at every character there is. */
function uppersOf(lower: string): string[] {
  if (uppers === undefined) {
    uppers = new Map();
    for (let code = 128; code <= 0x1ffff; code += 1) {
      const letter = String.fromCodePoint(code);
      const small = letter.toLowerCase();
      if (small !== letter) uppers.set(small, [...(uppers.get(small) ?? []), letter]);
    }
  }
  return uppers.get(lower) ?? [];
}

/** Whether a value's small letters hang on their neighbours: a final sigma, or a dot that İ leaves behind. Such a comparison is refused. */
export const isTwisted = (value: string) => /[σς\u0307]/.test(value.toLowerCase());

/** A column in small letters, as far as these (small) values can tell. */
export function lowered(column: Sql, values: readonly string[]): Sql {
  const letters = [...new Set(values.flatMap((one) => [...one]))];
  const pairs = letters.flatMap((small) => uppersOf(small).map((upper) => [upper, small] as const));
  return sql`translate(${column}, ${ascii.upper + pairs.map(([upper]) => upper).join("")}, ${ascii.lower + pairs.map(([, small]) => small).join("")})`;
}

/** Whether a column is one of some values but for case. Most texts are ASCII, whose small letters the database knows as we do: only others are spelled out. */
export function sameTagAs(column: Sql, values: readonly string[]): Sql {
  const small = values.map((one) => one.toLowerCase());
  return sql`(lower(${column} COLLATE "C") = ANY(${small}::text[]) OR (octet_length(${column}) <> length(${column}) AND ${lowered(column, small)} = ANY(${small}::text[])))`;
}
