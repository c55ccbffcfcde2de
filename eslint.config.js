// What imports cannot show: globals, clocks, promises nobody waits for. Who may import whom is in .dependency-cruiser.cjs.
// @ts-expect-error it comes without types
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const tests = ["**/*.test.{ts,tsx}"];

const clock = "`now` comes as an argument.";
const chance = "Chance comes as an argument.";
const world = "A plain file touches nothing: put this into a .server.ts file, or take it as an argument.";

const environment = { object: "process", property: "env", message: "The environment is read in app/env.server.ts alone." };
const environmentImport = { name: "node:process", message: "The environment is read in app/env.server.ts alone." };
const call = "connectors/wire.server.ts alone calls out: it knows time limits, rate limits and what may be logged.";
const calling = [
  { name: "fetch", message: call },
  { name: "XMLHttpRequest", message: call },
  { name: "WebSocket", message: call },
];
const callingByProperty = ["globalThis", "window", "self"].map((object) => ({ object, property: "fetch", message: call }));

const impure = [
  "process",
  "console",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "performance",
  "localStorage",
  "sessionStorage",
  "document",
  "window",
  "navigator",
];
const pureGlobals = [...calling.map(({ name }) => ({ name, message: world })), ...impure.map((name) => ({ name, message: world }))];
const pureProperties = [
  { object: "Date", property: "now", message: clock },
  { object: "Math", property: "random", message: chance },
  { object: "crypto", property: "randomUUID", message: chance },
  { object: "crypto", property: "getRandomValues", message: chance },
  { object: "Temporal", property: "Now", message: clock },
  ...["fetch", "process", "console", "setTimeout", "setInterval", "crypto"].map((property) => ({ object: "globalThis", property, message: world })),
];
const pureSyntax = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clock },
  { selector: "CallExpression[callee.name='Date']", message: clock },
];
const chanceImports = ["node:crypto", "crypto"].map((name) => ({
  name,
  importNames: ["randomUUID", "randomBytes", "randomInt", "randomFillSync", "randomFill", "getRandomValues", "webcrypto", "default"],
  message: chance,
}));

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      "tools/node/",
      "build/",
      ".cache/",
      ".data/",
      "prisma/generated/",
      "public/",
      "extensions/*/assets/",
      "extensions/*/dist/",
      "sandbox/**/browser/*.js",
      "sandbox/storefront/theme/",
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-var": "error",
      "prefer-const": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // `async` without `await` is how a function promises to reject instead of to throw.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    files: ["**/*.{mjs,cjs,js}"],
    rules: {
      // JSDoc cannot name the type of what JSON.parse returns without naming it twice.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-require-imports": "off",
      "@typescript-eslint/prefer-promise-reject-errors": "off",
    },
  },
  {
    files: ["**/*.tsx"],
    plugins: { "react-hooks": reactHooks, ...jsxA11y.flatConfigs.recommended.plugins },
    rules: { ...jsxA11y.flatConfigs.recommended.rules, "react-hooks/rules-of-hooks": "error", "react-hooks/exhaustive-deps": "error" },
  },
  {
    // What a form or a query holds is text or a file, and a file as text is simply a wrong answer.
    files: ["app/routes/**/*.{ts,tsx}"],
    rules: { "@typescript-eslint/no-base-to-string": ["error", { ignoredTypeNames: ["File"] }] },
  },
  {
    // Stand-ins look at whatever they are sent; what is not text is refused a line later.
    files: ["sandbox/**/*.ts"],
    rules: { "@typescript-eslint/no-base-to-string": "off" },
  },
  {
    // Remix redirects and Shopify's bounce are thrown answers.
    files: ["app/routes/**/*.{ts,tsx}", "app/root.tsx"],
    rules: { "@typescript-eslint/only-throw-error": "off" },
  },
  {
    files: ["app/**/*.{ts,tsx}"],
    ignores: tests,
    rules: {
      "no-console": "error",
      "no-restricted-globals": ["error", ...calling],
      "no-restricted-properties": ["error", environment, ...callingByProperty],
      "no-restricted-imports": ["error", { paths: [environmentImport] }],
    },
  },
  {
    // In the browser the app asks its own server; App Bridge adds the session token to that.
    files: ["app/routes/**/*.tsx"],
    rules: { "no-restricted-globals": "off" },
  },
  {
    files: ["app/connectors/wire.server.ts"],
    rules: { "no-restricted-globals": "off", "no-restricted-properties": ["error", environment] },
  },
  {
    files: ["app/env.server.ts"],
    rules: { "no-restricted-properties": ["error", ...callingByProperty], "no-restricted-imports": "off" },
  },
  {
    // Plain files in rooms: everything that is not a way in, and has no .server in its name.
    files: ["app/*/**/*.ts"],
    ignores: ["**/*.server.ts", ...tests, "app/{routes,components,doors,pipeline}/**"],
    rules: {
      "no-restricted-globals": ["error", ...pureGlobals],
      "no-restricted-properties": ["error", environment, ...callingByProperty, ...pureProperties],
      "no-restricted-syntax": ["error", ...pureSyntax],
      "no-restricted-imports": ["error", { paths: [environmentImport, ...chanceImports] }],
    },
  },
  {
    files: tests,
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "CallExpression[callee.object.name='vi'][callee.property.name=/^(mock|doMock)$/] > Literal[value=/^[.#]/]",
          message: "Our own modules are never mocked: pass what they need as an argument.",
        },
        { selector: "CallExpression[callee.property.name='only'][callee.object.name=/^(test|it|describe)$/]", message: "One test alone hides all the others." },
      ],
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
);
