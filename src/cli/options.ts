import { InvalidArgumentError, Option } from "commander";

/** For options that may be given several times. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

export function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It has to be a whole number of at least ${least}.`);
  };
}

/** An address that HTTP can be spoken to, as it was written. */
export function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return text;
  throw new InvalidArgumentError("Write an address such as http://127.0.0.1:4318.");
}

/** `name: value` of a header. */
export function header(text: string, previous: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const match = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*?)\s*$/s.exec(text);
  if (match?.[1] === undefined || !match[2]) throw new InvalidArgumentError('Write it as "name: value".');
  return { ...previous, [match[1].toLowerCase()]: match[2] };
}

export const variableOption = (file: "plan" | "stack" | "plan and the stack" = "plan"): Option =>
  new Option("-e, --env <KEY=VALUE>", `a variable for \${KEY} in the ${file}; beats the environment; repeatable`)
    .default([])
    .argParser(collect);

export const setOption = (): Option =>
  new Option("--set <path=value>", "a value over the plan's: target.model=x, stages[0].at=2x; repeatable")
    .default([])
    .argParser(collect);

export const stackSetOption = (flag = "--set"): Option =>
  new Option(`${flag} <path=value>`, "a value over the stack's: parts.llm.replicas=4, seed=3; repeatable")
    .default([])
    .argParser(collect);

export const ownOption = (): Option =>
  new Option("--i-own-this-target", "your word that you may load a target that is not on this machine").default(false);

export const summaryOption = (): Option =>
  new Option("--summary <kind>", "how much the summary shows").choices(["full", "compact"]).default("full");

export const metricsPortOption = (): Option =>
  new Option(
    "--metrics-port <port>",
    "serve the run's figures for Prometheus on this port while it lasts; 0 is any free one",
  ).argParser(whole(0));

/** What the option stands for in the plan, for `--set`. */
export const metricsPortSet = (port: number | undefined): readonly string[] =>
  port === undefined ? [] : [`export.listen=${port}`];

export const pageOption = (): Option => new Option("--no-page", "write no report.html into the run folder");

export const runsOption = (): Option =>
  new Option("--runs <folder>", "the folder of run folders").env("PLIMSOLL_RUNS").default("runs");
