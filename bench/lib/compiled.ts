import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { BENCH, benchFolder, REPOSITORY } from "./paths.ts";

let done = false;

/**
 * Path of a script of bench/lib as plain JavaScript, so that a client's CPU time holds no TypeScript loader. All of bench/lib is
 * compiled once a bench.
 */
export function compiledScript(name: "undici-client" | "fetch-client" | "node-stub"): string {
  const out = join(benchFolder(".build"), "js");
  if (!done) {
    const flags = [
      "--module",
      "nodenext",
      "--target",
      "es2023",
      "--rewriteRelativeImportExtensions",
      "--noCheck",
      "--ignoreConfig",
      "--rootDir",
      BENCH,
      "--outDir",
      out,
    ];
    const sources = ["undici-client", "fetch-client", "node-stub"].map((script) => join(BENCH, "lib", `${script}.ts`));
    const built = spawnSync(
      process.execPath,
      [join(REPOSITORY, "node_modules/typescript/bin/tsc"), ...flags, ...sources],
      { encoding: "utf8" },
    );
    if (built.status !== 0) throw new Error(`bench/lib does not compile:\n${built.stdout}${built.stderr}`);
    done = true;
  }
  return join(out, "lib", `${name}.js`);
}
