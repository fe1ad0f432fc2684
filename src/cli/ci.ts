import { appendFile } from "node:fs/promises";
import { basename, relative, resolve } from "node:path";
import { type Command, Option } from "commander";
import { redactor } from "../base/index.ts";
import type { CiReport } from "../report/index.ts";
import type { Io } from "./io.ts";
import { writeNew } from "./write-new.ts";

export interface CiFlags {
  readonly junit?: string;
  readonly markdown?: string;
  readonly gitlab?: string;
  /** Absent: on where the environment says that GitHub Actions runs this. */
  readonly github?: boolean;
}

/** Options of every command whose result a build shows. */
export function addCiOptions(command: Command): void {
  command
    .addOption(new Option("--junit <file>", "write the result as JUnit XML: each threshold or figure a test"))
    .addOption(new Option("--markdown <file>", "write the result as Markdown, for a pull request"))
    .addOption(new Option("--gitlab <file>", "write the result as a GitLab code quality report"))
    .addOption(new Option("--github", "annotate the step and write its summary (on by itself in GitHub Actions)"))
    .addOption(new Option("--no-github", "leave GitHub's step alone"));
}

/** Whether anything was asked for, so that nothing is loaded for nothing. */
export function wantsCi(flags: CiFlags, { env }: Io): boolean {
  return [flags.junit, flags.markdown, flags.gitlab].some((file) => file !== undefined) || wantsGithub(flags, env);
}

function wantsGithub({ github }: CiFlags, env: Io["env"]): boolean {
  return github ?? env.GITHUB_ACTIONS === "true";
}

/** Writes what was asked for; annotations go with the progress, since a program may read the output. `about`: the file that was tested. */
export async function writeCi(report: CiReport, flags: CiFlags, io: Io, about: string): Promise<void> {
  const { githubAnnotations, gitlabReport, junit, markdown } = await import("../report/index.ts");
  const redact = redactor(io.secrets);
  const near = relative(io.cwd, resolve(io.cwd, about));
  // A file outside of the repository has no line to be shown at.
  const inside = about !== "-" && near !== "" && !near.startsWith("..");
  const file = inside ? near : basename(about);
  const write = async (path: string | undefined, content: () => string): Promise<void> => {
    if (path !== undefined) await writeNew(path, redact(content()), io.cwd, undefined);
  };
  await write(flags.junit, () => junit(report));
  await write(flags.markdown, () => markdown(report));
  await write(flags.gitlab, () => gitlabReport(report, file));
  if (!wantsGithub(flags, io.env)) return;
  io.err(redact(githubAnnotations(report, inside ? file : undefined)));
  const { GITHUB_STEP_SUMMARY: summary } = io.env;
  if (summary) await appendFile(resolve(io.cwd, summary), redact(markdown(report)));
}
