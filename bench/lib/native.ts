import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { BENCH, benchFolder } from "./paths.ts";

const COMPILERS = ["cc", "gcc", "clang"];

/** Path of a built program of bench/native, or why there is none. Builds when the source is newer. */
export function native(name: "stub" | "client"): { readonly path: string } | { readonly why: string } {
  if (process.platform !== "linux") return { why: "epoll needs Linux" };
  const path = join(benchFolder(".build"), name);
  const sources = [join(BENCH, "native", `${name}.c`), join(BENCH, "native", "wire.h")];
  if (existsSync(path) && sources.every((source) => statSync(source).mtimeMs < statSync(path).mtimeMs)) return { path };
  const compiler = COMPILERS.find((candidate) => spawnSync(candidate, ["--version"]).status === 0);
  if (compiler === undefined) return { why: "no C compiler here" };
  const built = spawnSync(compiler, ["-O2", "-Wall", "-Wextra", "-o", path, ...sources.slice(0, 1)], {
    encoding: "utf8",
  });
  if (built.status !== 0) throw new Error(`${name}.c does not build:\n${built.stderr}`);
  return { path };
}
