/**
 * The house: a room imports only rooms below it, through their doors. tools/rooms.json holds the one list, top to bottom.
 * The parser is swc: with TypeScript 7 alone dependency-cruiser sees no module, and so no fault (test/house.test.ts guards that).
 */
const rooms = require("./tools/rooms.json");

const upward = rooms.slice(1).map((room, index) => ({
  name: `upward-from-${room}`,
  comment: `${room} imports a room above it; move what both need into a room below, or pass it in.`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: { path: `^src/(${rooms.slice(0, index + 1).join("|")})/` },
}));

/** The twin is a house of its own; types.ts of a room is its contract, and open to all below and above. */
const twinRooms = require("./tools/twin-rooms.json");

const upwardInTwin = twinRooms.slice(1).map((room, index) => ({
  name: `upward-from-twin-${room}`,
  comment: `twin/${room} imports a room of the twin above it.`,
  severity: "error",
  from: { path: `^src/twin/${room}/` },
  to: { path: `^src/twin/(${twinRooms.slice(0, index + 1).join("|")})/` },
}));

module.exports = {
  forbidden: [
    ...upward,
    ...upwardInTwin,
    {
      name: "past-a-door-of-the-twin",
      comment: "A room of the twin is entered through its index.ts or its types.ts.",
      severity: "error",
      from: { path: "^src/twin/([^/]+)/" },
      to: { path: "^src/twin/[^/]+/", pathNot: ["^src/twin/$1/", "^src/twin/[^/]+/(index|types)\\.ts$"] },
    },
    {
      name: "past-the-door",
      comment: "A room is entered through its index.ts; export there what others need.",
      severity: "error",
      from: { path: "^src/([^/]+)/" },
      to: { path: "^src/[^/]+/", pathNot: ["^src/$1/", "^src/[^/]+/index\\.ts$"] },
    },
    {
      name: "past-the-door-from-the-top",
      comment: "src/index.ts shows what the doors of the rooms show.",
      severity: "error",
      from: { path: "^src/[^/]+\\.ts$" },
      to: { path: "^src/[^/]+/", pathNot: "^src/[^/]+/index\\.ts$" },
    },
    {
      name: "into-the-top",
      comment: "src/index.ts is the library's face; no room stands on it.",
      severity: "error",
      from: { path: "^src/[^/]+/" },
      to: { path: "^src/[^/]+\\.ts$" },
    },
    {
      name: "unlisted-room",
      comment: "A folder of src that tools/rooms.json does not list has no place in the order.",
      severity: "error",
      from: { path: "^src/[^/]+/", pathNot: `^src/(${rooms.join("|")})/` },
      to: {},
    },
    {
      name: "out-of-the-house",
      comment: "What ships imports nothing from tests, benches or tools.",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.test\\.ts$" },
      to: { path: "^(test|bench|tools|examples)/" },
    },
    {
      name: "circle",
      comment: "Two files that need each other are one file, or need a third below them.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "orphan",
      comment: "A file that nobody imports and that imports nobody is dead.",
      severity: "error",
      from: { orphan: true, path: "^src/" },
      to: {},
    },
    {
      name: "unresolved",
      comment: "An import that leads nowhere.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "development-only",
      comment: "What ships stands on `dependencies`, not on `devDependencies`.",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".mjs", ".cjs", ".json", ".d.ts"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
