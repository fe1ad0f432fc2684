/**
 * The figures of docs/TWIN.md about fitting, written between its marks:
 *
 *   PLIMSOLL_REFERENCE_DATA=/path/to/data npx jiti bench/twin-fit.ts [more folders of the same kind ...]
 *
 * Each folder holds requests.jsonl and, beside it, meta.json. Sections of runs that are not there, or whose search ran out of time, stay as they are.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type FitResult, fitEngine, readEvidence } from "../src/twin/index.ts";

const PAGE = join(import.meta.dirname, "../docs/TWIN.md");
const root = process.env.PLIMSOLL_REFERENCE_DATA ?? join(import.meta.dirname, "../../shared/data");
const folders = [join(root, "engine-runs/rtx4090-llama-3.1-8b"), ...process.argv.slice(2)].filter((folder) =>
  existsSync(join(folder, "requests.jsonl")),
);

if (folders.length === 0) process.stdout.write("No engine runs were found; nothing was written.\n");
else await main();

async function main(): Promise<void> {
  const page = readFileSync(PAGE, "utf8");
  const marked = /(?<=<!-- fits -->\n)[\s\S]*(?=<!-- end of fits -->)/;
  const written = (marked.exec(page)?.[0] ?? "").split(/^(?=### )/m).map((text) => text.trimEnd());
  const sections = new Map(written.map((text) => [headOf(text), text]));
  for (const folder of folders) {
    const { observations, settings } = await readEvidence({ runs: [], requests: join(folder, "requests.jsonl") });
    const result = fitEngine(observations, settings, {
      seed: 1,
      holdout: 0.5,
      budgetMs: 90_000,
      now: () => performance.now(),
    });
    if (result.cut) {
      process.stdout.write(`${basename(folder)}: the time ran out on this busy machine; its section stays as it is\n`);
      continue;
    }
    const text = section(folder, result);
    sections.set(headOf(text), text);
    process.stdout.write(`${basename(folder)}: ${(result.ms / 1000).toFixed(1)} s\n`);
  }
  writeFileSync(
    PAGE,
    page.replace(marked, () => `${[...sections.values()].join("\n\n")}\n`),
  );
}

/** `### name`, which a section begins with. */
function headOf(section: string): string {
  return section.split("\n", 1)[0] ?? "";
}

function section(folder: string, result: FitResult): string {
  const kept = [
    "ttft mean",
    "ttft p50",
    "ttft p90",
    "ttft p99",
    "tpot mean",
    "tpot p50",
    "tpot p99",
    "e2e mean",
    "e2e p50",
    "e2e p99",
    "tokens/s",
  ];
  const rows = kept.map((name) => {
    const cell = (part: FitResult["held"]): string => {
      const found = part?.measures.find((measure) => measure.name === name);
      if (found === undefined) return " | | ";
      const off = `${((found.predicted / found.measured - 1) * 100).toFixed(1)} %`;
      return `${figure(found.measured)} | ${figure(found.predicted)} | ${off.replace("-", "−")}`;
    };
    return `| ${name} | ${cell(result.fitted)} | ${cell(result.held)} |`;
  });
  const estimates = result.identification.estimates.map(
    ({ name, value, low, high, identified, condition = "" }) =>
      `| ${name} | ${digits(value)} | ${digits(low)} to ${digits(high)} | ${identified ? condition : "not identified"} |`,
  );
  const { combination } = result.identification;
  const residuals = result.residuals.map(
    ({ name, n, bias, spread }) =>
      `| ${name} | ${n} | ${(Math.expm1(bias) * 100).toFixed(1).replace("-", "−")} % | ${(Math.expm1(spread) * 100).toFixed(1)} % |`,
  );
  return [
    `### ${basename(folder)}`,
    "",
    `${result.fitted.requests} requests fitted, ${result.held?.requests ?? 0} held out; ${result.preemptions.predicted} preemptions predicted; ${result.evaluations} simulations in ${(result.ms / 1000).toFixed(0)} s.`,
    ...(result.assumptions.length === 0 ? [] : [`Assumed: ${result.assumptions.join("; ")}.`]),
    "",
    "| ms | measured | fitted | off | measured, held out | predicted | off |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
    "| coefficient | value | interval | |",
    "| --- | --- | --- | --- |",
    ...estimates,
    "",
    ...(combination === undefined
      ? []
      : [
          `Known together: ${combination.terms.map(({ name, factor }) => `${digits(factor)}·${name}`).join(" + ")} = ${digits(combination.value)} ms (${digits(combination.low)} to ${digits(combination.high)}).`,
          "",
        ]),
    "| residuals (log ratios, means of 12 bins) | n | median | median of the absolute values |",
    "| --- | --- | --- | --- |",
    ...residuals,
  ].join("\n");
}

function figure(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3);
}

function digits(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}
