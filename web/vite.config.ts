import { resolve } from "node:path";
import { defineConfig } from "vite";
import { oneFile } from "./one-file.ts";

const root = import.meta.dirname;

export default defineConfig({
  root,
  base: "./",
  // What the page shares with the terminal formats figures; the rest of the room belongs to Node.
  resolve: { alias: [{ find: /^\.\.\/base\/index\.ts$/, replacement: resolve(root, "../src/base/units.ts") }] },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: resolve(root, "../dist/web"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    reportCompressedSize: false,
    rolldownOptions: { input: resolve(root, "report.html") },
  },
  plugins: [oneFile()],
});
