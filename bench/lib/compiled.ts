import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { BENCH, benchFolder, REPOSITORY } from "./paths.ts";

const SCRIPTS = ["undici-client", "fetch-client", "node-stub", "twin-client"] as const;

let done = false;

/**
 * Path of a script of bench/lib as plain JavaScript, so that a client's CPU time holds no TypeScript loader. All of them are
 * compiled once a bench, with what they use of the product.
 */
export function compiledScript(name: (typeof SCRIPTS)[number]): string {
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
      REPOSITORY,
      "--outDir",
      out,
    ];
    const sources = SCRIPTS.map((script) => join(BENCH, "lib", `${script}.ts`));
    const built = spawnSync(
      process.execPath,
      [join(REPOSITORY, "node_modules/typescript/bin/tsc"), ...flags, ...sources],
      { encoding: "utf8" },
    );
    if (built.status !== 0) throw new Error(`bench/lib does not compile:\n${built.stdout}${built.stderr}`);
    done = true;
  }
  return join(out, "bench", "lib", `${name}.js`);
}
