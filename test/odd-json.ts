// JSON as it should not be, made in the families of the known parsing suites.

/** Text that a JSON parser must refuse, in the families of the JSON parsing suite: structure, numbers, strings, literals, ends. */
export function* brokenJson(): Generator<string> {
  for (const body of [
    "",
    " ",
    "{",
    "[",
    "]",
    "}",
    "{]",
    "[}",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    '{"a":1,}',
    '{"a",1}',
    '{"a" 1}',
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    '{"a":}',
    "{:1}",
    '{"a":1 "b":2}',
    "[1]x",
    "[][]",
    '{"a":1}#',
  ])
    yield body;
  for (const value of [
    "01",
    "-01",
    "+1",
    ".5",
    "5.",
    "-",
    "1e",
    "1e+",
    "0x1F",
    "1_000",
    "NaN",
    "Infinity",
    "-Infinity",
    "１",
    "1.e1",
    "--1",
    "1e1.5",
    "0e+-1",
    "- 1",
  ])
    yield `[${value}]`;
  for (const text of ["\\x00", "\\u12", "\\uZZZZ", "\\", "\\a", "\t", "\n", "\u0000", "\u001f", "\\u{1}", "\\uD800\\u"]) yield `["${text}"]`;
  for (const value of ["True", "nul", "tru", "FALSE", "undefined", "None", "nulll", "'a'", "`a`", "/*c*/1", "//", "<a>", "(1)"]) yield `[${value}]`;
  const whole = '{"token":"t","line_items":[{"id":1,"title":"\\u00e9"}]}';
  for (let end = 1; end < whole.length; end += 1) yield whole.slice(0, end);
  yield "[".repeat(10_000);
  yield '{"a":'.repeat(10_000);
  yield `\ufeff[]`;
}

/** Text that is JSON and still unpleasant. */
export function* oddJson(): Generator<string> {
  for (const value of [
    "null",
    "true",
    "0",
    "-0",
    '""',
    "[]",
    "{}",
    "1e400",
    "-1e400",
    "1E-400",
    "123456789012345678901234567890",
    "[[[]]]",
    '{"":{"":null}}',
    '"\\ud800"',
    '"\\u0000"',
    '"\\udc00\\ud800"',
    '{"a":1,"a":2}',
    '{"__proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"toString":1,"hasOwnProperty":2}',
  ])
    yield value;
  yield "[".repeat(10_000) + "]".repeat(10_000);
  yield '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000);
  yield `{"token":"deep","line_items":${"[".repeat(5_000)}${"]".repeat(5_000)}}`;
  yield `{${Array.from({ length: 4_000 }, (_none, index) => `"k${index}":${index}`).join(",")}}`;
}
