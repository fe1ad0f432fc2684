import type { FitResult } from "./fit.ts";
import { PARAMETERS } from "./parameters.ts";

/**
 * A stack file of one pool with the fitted engine: what `twin serve` and `twin simulate` take. Comments give each coefficient's interval, and what was
 * assumed.
 */
export function engineYaml(result: FitResult): string {
  const { engine, identification } = result;
  const estimates = new Map(identification.estimates.map((estimate) => [estimate.name, estimate]));
  const costs = PARAMETERS.flatMap(({ name, meaning }) => {
    if (name === "overhead") return [];
    const estimate = estimates.get(name);
    const said =
      estimate === undefined
        ? "not fitted"
        : `${short(estimate.low)} to ${short(estimate.high)}${estimate.identified ? "" : ", not identified"}`;
    return [`        ${name}: ${plain(engine.costs[name])} # ${meaning}; ${said}`];
  });
  const lines = [
    `# Fitted to ${oneLine(result.source)} by \`plimsoll twin fit\`.`,
    ...result.warnings.map((text) => `# ${oneLine(text)}`),
    ...result.assumptions.map((text) => `# Assumed: ${oneLine(text)}.`),
    ...(result.overhead === undefined
      ? []
      : [`# Outside of the engine a request took ${short(result.overhead)} ms more: network, API server, client.`]),
    "name: fitted engine",
    "parts:",
    "  llm:",
    "    kind: pool",
    "    models: [fitted]",
    `    replicas: ${result.replicas}`,
    "    engine:",
    `      dialect: ${engine.dialect}`,
    "      costs:",
    ...costs,
    ...(result.blocksAtLeast
      ? ["      # The cache never bound: this many were needed. Put num_gpu_blocks of vllm:cache_config_info here."]
      : []),
    `      blocks: ${engine.blocks}`,
    `      blockSize: ${engine.blockSize}`,
    `      tokenBudget: ${engine.tokenBudget}`,
    `      maxSeqs: ${engine.maxSeqs}`,
    `      longPrefill: ${engine.longPrefill}`,
    `      maxModelLen: ${engine.maxModelLen}`,
    `      prefixCache: ${engine.prefixCache}`,
    ...(engine.admitWholePrompt === undefined ? [] : [`      admitWholePrompt: ${engine.admitWholePrompt}`]),
    ...(engine.asyncScheduling === undefined ? [] : [`      asyncScheduling: ${engine.asyncScheduling}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function plain(value: number): string {
  const text = String(value);
  // YAML 1.2 reads `1e-6` as a number; a bare `1e-06` without a dot is text to some readers.
  return text.includes("e") ? Number(value).toFixed(12).replace(/0+$/, "") : text;
}

function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "no bound";
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
