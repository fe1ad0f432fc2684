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
        : `${short(estimate.low)} to ${short(estimate.high)}${estimate.identified ? "" : ", not identified"}${estimate.condition === undefined ? "" : `, ${estimate.condition}`}`;
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

/** With a dot before an exponent: without one, readers of YAML 1.1 take it for text. */
function plain(value: number): string {
  return String(value).replace(/^(\d+)e/, "$1.0e");
}

function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "no bound";
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
