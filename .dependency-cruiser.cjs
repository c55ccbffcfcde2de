// Who may look into whom. The table is the documentation; test/architecture.test.ts plants one sin per rule and sees it caught.
// Rooms stand in the order of the flow, and look back only. Every room may also look into itself, lib and shops.
const rooms = {
  lib: [],
  shops: [],
  events: [],
  connectors: [],
  capture: ["events"],
  identity: ["events"],
  commerce: ["events", "identity"],
  products: ["events"],
  visits: ["events", "identity"],
  consent: ["events", "identity"],
  past: ["connectors", "capture", "events", "identity", "commerce", "products", "consent"],
  predictions: ["commerce"],
  segments: ["events", "identity", "commerce", "predictions", "products", "visits", "consent"],
  holdouts: ["events", "identity"],
  destinations: ["events", "identity", "consent", "segments", "holdouts", "connectors"],
  messages: ["events", "identity", "commerce", "products", "consent", "connectors"],
  offers: ["events"],
  flows: ["events", "identity", "commerce", "products", "visits", "consent", "segments", "holdouts", "connectors", "messages", "offers"],
  attribution: ["events", "identity", "commerce", "messages", "holdouts"],
  dashboard: [
    "capture",
    "events",
    "identity",
    "commerce",
    "products",
    "visits",
    "consent",
    "past",
    "predictions",
    "segments",
    "holdouts",
    "destinations",
    "flows",
    "messages",
    "attribution",
  ],
};
const names = Object.keys(rooms);
/** What is no room: the story, and the ways in. */
const ways = {
  pipeline: names,
  doors: ["capture", "messages", "pipeline"],
  components: names,
  routes: [...names, "pipeline", "components"],
};
const folders = [...names, ...Object.keys(ways)];

/** @param {string[]} list */
const inside = (list) => `^app/(${list.join("|")})/`;
/**
 * @param {string} name
 * @param {object} from
 * @param {object} to
 * @param {string} [comment] said beside what it caught
 */
const rule = (name, from, to, comment) => ({ name, comment, severity: "error", from, to });
const test = "\\.test\\.tsx?$";
/** @param {string[]} list */
const packages = (list) => `(^|/)node_modules/(${list.join("|")})/`;
// Packages without IO, which a decision may use.
const pure = [
  "zod",
  "liquidjs",
  "mjml",
  "@types/mjml",
  "html-to-text",
  "@types/html-to-text",
  "libphonenumber-js",
  "temporal-polyfill",
  "simple-statistics",
  "isbot",
];
const taps = "^app/(env|db|queue|log|tx)\\.server\\.ts$";
const entries = "^app/(start|server|worker|routes)\\.tsx?$|^app/(root|entry\\.(server|client))\\.tsx$";

module.exports = {
  forbidden: [
    ...Object.entries({ ...rooms, ...ways }).map(([room, may]) =>
      rule(
        `room-${room}`,
        { path: `^app/${room}/`, pathNot: test },
        { path: "^app/[^/]+/", pathNot: inside([...new Set([room, "lib", ...(room === "lib" ? [] : ["shops"]), ...may])]) },
        `${room} may look into: ${[room, "lib", "shops", ...may].join(", ")}.`,
      ),
    ),
    rule(
      "every-folder-is-listed",
      { path: "^app/[^/]+/", pathNot: inside(folders) },
      {},
      "A new folder under app/ gets a line in the table above, in the order of the flow.",
    ),
    rule("only-listed-folders-are-used", {}, { path: "^app/[^/]+/", pathNot: inside(folders) }, "A new folder under app/ gets a line in the table above."),
    rule(
      "plain-files-are-pure",
      { path: inside(names), pathNot: ["\\.server\\.ts$", test] },
      { pathNot: ["^app/[^.]+\\.ts$", packages(pure), "^(node:)?crypto$"] },
      "A file without .server in its name decides, and touches nothing: it may use other plain files and the named packages. `now` and the rest come as arguments.",
    ),
    rule("components-are-plain", { path: "^app/components/", pathNot: test }, { path: "\\.server\\." }, "A component is loaded by the browser."),
    rule(
      "only-stores-know-the-database",
      { path: "^app/", pathNot: ["[/-]store\\.server\\.ts$", "^app/(db|queue|tx|check-database)\\.server\\.ts$", "^app/shops/sessions?\\.server\\.ts$", test] },
      { path: ["^app/db\\.server\\.ts$", "^prisma/generated/", packages(["@prisma/[^/]+", "pg", "@types/pg", "pg-boss", "@electric-sql/[^/]+"])] },
      "SQL and Prisma live in store.server.ts, one per room.",
    ),
    rule(
      "a-store-is-private-to-its-room",
      { path: "^app/([^/]+)/", pathNot: test },
      { path: "^app/.+[/-]store\\.server\\.ts$", pathNot: "^app/$1/" },
      "Ask the room, not its tables.",
    ),
    rule("roots-do-not-open-stores", { path: "^app/[^/]+$" }, { path: "store\\.server\\.ts$" }, "Ask the room, not its tables."),
    rule("taps-know-no-room", { path: taps }, { path: "^app/[^/]+/", pathNot: "^app/lib/" }, "Everybody opens the taps, so they open nobody."),
    rule("nobody-calls-an-entry", { path: "^app/[^/]+/", pathNot: test }, { path: entries }, "Entries are started, not imported."),
    rule(
      "a-connector-knows-only-the-contract",
      { path: "^app/connectors/([^/]+)/", pathNot: test },
      { path: "^app/", pathNot: ["^app/connectors/$1/", "^app/connectors/contract\\.ts$", "^app/lib/"] },
      "A vendor's folder translates and calls; it knows no other vendor, no room, and gets wire as an argument.",
    ),
    rule("a-connector-touches-nothing", { path: "^app/connectors/[^/]+/.*\\.server\\.ts$" }, {}, "A vendor's folder holds no .server file."),
    rule(
      "only-wire-opens-sockets",
      { path: "^app/", pathNot: ["^app/connectors/wire\\.server\\.ts$", "^app/server\\.ts$", test] },
      { path: "^(node:)?(net|tls|http2|https|dgram)$", dependencyTypesNot: ["type-only"] },
      "connectors/wire.server.ts alone calls out.",
    ),
    rule(
      "routes-do-not-know-routes",
      { path: "^app/routes/([^/]+)/", pathNot: test },
      { path: "^app/routes/", pathNot: "^app/routes/$1/" },
      "What two routes share is a component, or a room.",
    ),
    rule(
      "the-worker-loads-no-interface",
      { path: "^app/worker\\.ts$" },
      { path: "\\.tsx$|^app/(routes|components)/", reachable: true },
      "The worker starts without React.",
    ),
    rule(
      "the-app-stands-alone",
      { path: "^app/", pathNot: test },
      { path: "^(sandbox|test|tools|bench|extensions)/" },
      "The product does not know the world it is tried in.",
    ),
    rule(
      "extensions-stand-alone",
      { path: "^extensions/", pathNot: test },
      { path: "^(app|sandbox|test|tools|bench|prisma)/" },
      "What runs in the shop's pages carries nothing of ours along.",
    ),
    rule("every-import-resolves", {}, { couldNotResolve: true, pathNot: "\\?url$" }),
    rule("no-cycles", { pathNot: "^prisma/generated/" }, { circular: true }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: ["node_modules", "^prisma/generated/"] },
    exclude: { path: "^build/" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mjs", ".js", ".cjs", ".json", ".css"],
      conditionNames: ["import", "require", "node", "default", "types"],
      exportsFields: ["exports"],
    },
  },
};
