// Countries and languages by their names, as they are looked for: whoever means Ireland need not know that it is IE.
type Of = "country" | "language";
export type Named = { value: string; label: string };

const letters = [..."abcdefghijklmnopqrstuvwxyz"];
/** Of what has a name among the countries, what nobody lives in. */
const noCountry: ReadonlySet<string> = new Set(["EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"]);

const naming = {
  country: new Intl.DisplayNames("en", { type: "region", fallback: "none" }),
  language: new Intl.DisplayNames("en", { type: "language", fallback: "none" }),
};

/** As rules write it: UK is GB there, and eng is en. Null for what is no such code. */
function codeOf(of: Of, typed: string): string | null {
  const text = typed.trim().toLowerCase();
  if (!(of === "country" ? /^[a-z]{2}$/ : /^[a-z]{2,3}$/).test(text)) return null;
  const [written = ""] = Intl.getCanonicalLocales(of === "country" ? `und-${text}` : text);
  const code = of === "country" ? written.replace("und-", "") : written;
  // Some are written with more than that, such as one of two alphabets; no rule asks for it.
  return code.includes("-") || noCountry.has(code) || naming[of].of(code) === undefined ? null : code;
}

/** What it is called; what has no name is called what it is. */
export function nameOf(of: Of, code: string): string {
  try {
    return naming[of].of(code) ?? code;
  } catch {
    return code;
  }
}

const known = new Map<Of, Named[]>();

/** All of them, by name. */
function everyOne(of: Of): Named[] {
  const before = known.get(of);
  if (before !== undefined) return before;
  const codes = new Set(letters.flatMap((one) => letters.flatMap((other) => codeOf(of, one + other) ?? [])));
  const all = [...codes].map((value) => ({ value, label: nameOf(of, value) })).sort((a, b) => a.label.localeCompare(b.label, "en"));
  known.set(of, all);
  return all;
}

/** As names are compared: without accents, and with the marks that a keyboard has. */
const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("’", "'").toLowerCase();

/** What was typed: the one whose code it is, then those whose names begin with it, then those that have it elsewhere. */
export function namedLike(of: Of, typed: string): Named[] {
  const text = plain(typed.trim());
  const code = codeOf(of, typed);
  const rank = ({ value, label }: Named) => (value === code ? 0 : plain(label).startsWith(text) ? 1 : plain(label).includes(text) ? 2 : 3);
  const all = everyOne(of);
  const more = code === null || all.some(({ value }) => value === code) ? [] : [{ value: code, label: nameOf(of, code) }];
  return [...more, ...all].filter((one) => rank(one) < 3).sort((a, b) => rank(a) - rank(b));
}

/** The one that can only be meant by what was typed: its code, its whole name, or a part that no other has. Null where several may be. */
export function meantBy(of: Of, typed: string): string | null {
  const found = namedLike(of, typed);
  const [first] = found;
  if (typed.trim() === "" || first === undefined) return null;
  return found.length === 1 || first.value === codeOf(of, typed) || plain(first.label) === plain(typed.trim()) ? first.value : null;
}
