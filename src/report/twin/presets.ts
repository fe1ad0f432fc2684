import { formatBytes, formatDuration, formatMs, formatNumber } from "../../base/index.ts";
import { type EnginePreset, stepMs } from "../../twin/index.ts";
import { counted, formatCount, NONE } from "../figures.ts";
import { type Paint, painter } from "../paint.ts";
import { table } from "../table.ts";
import { wrap } from "../text.ts";

export interface PresetsOptions {
  readonly width: number;
  readonly color: boolean;
}

/** Batches and the context at which a preset's decode step is shown: what its name promises, in figures that an operator has seen. */
const BATCHES = [1, 64] as const;
const CONTEXT = 1000;

/** Of a cold start, in their order. */
const PHASES = ["node", "image", "weights", "init"] as const;
/** In the order of the formula. */
const COEFFICIENTS = ["c0", "c1", "c2", "n0", "ch", "d1", "d2", "p1", "p2", "kappa"] as const;

/** Every engine that a stack can name: on what, how long a decode step takes, what its memory holds, where its numbers come from. */
export function renderPresets(presets: readonly EnginePreset[], options: PresetsOptions): string {
  const width = Math.min(100, options.width);
  const paint = painter(options.color);
  const columns = [
    { title: "preset", align: "left" },
    { title: "runs on", align: "left", shrinkTo: 10 },
    ...BATCHES.map((batch) => ({ title: `step of ${batch}`, align: "right" }) as const),
    { title: "KV tokens", align: "right" },
    { title: "at once", align: "right" },
    { title: "step times", align: "left" },
  ] as const;
  const rows = presets.map((preset) => [
    { text: preset.name, styles: ["bold"] as const },
    { text: hardwareOf(preset) },
    ...BATCHES.map((batch) => ({ text: decodeTime(preset, batch) })),
    { text: formatCount(preset.spec.blocks * preset.spec.blockSize) },
    { text: formatCount(preset.spec.maxSeqs) },
    { text: preset.costsOrigin },
  ]);
  return [
    paint(`${counted(presets.length, "engine")} to name in a pool: { kind: pool, preset: NAME }`, "bold"),
    "",
    ...table(columns, rows, { width, paint }),
    "",
    ...wrap(`A step of 1 or 64 decodes, each on ${formatCount(CONTEXT)} tokens of context.`, width),
    ...wrap(
      "Where its numbers come from: npx plimsoll twin presets NAME. Any other pair: model and gpu in the pool.",
      width,
    ),
    "",
  ].join("\n");
}

/** One preset whole: its coefficients, memory, limits and cold start, and the source of each. */
export function renderPreset(preset: EnginePreset, options: PresetsOptions): string {
  const { spec, coldStart } = preset;
  const width = Math.min(100, options.width);
  const paint = painter(options.color);
  const costs = COEFFICIENTS.map((name) => `${name} ${formatNumber(spec.costs[name])}`);
  const blocks = `${formatCount(spec.blocks)} blocks of ${spec.blockSize}`;
  const facts: readonly (readonly [string, string])[] = [
    ["runs on", `${hardwareOf(preset)}, as ${spec.dialect} schedules`],
    ["step times", `${preset.costsOrigin}: ${costs.join(" · ")} (ms; docs/TWIN.md has the formula)`],
    ["a step of 1", decodeTime(preset, 1)],
    ["a step of 64", spec.maxSeqs < 64 ? `${NONE} (it runs ${spec.maxSeqs} at once)` : decodeTime(preset, 64)],
    ["KV cache", `${preset.blocksOrigin}: ${blocks}, ${formatBytes(preset.kvBytesPerToken)} a token`],
    ["weights", formatBytes(preset.weightBytes)],
    [
      "limits",
      `${spec.maxSeqs} sequences, ${formatCount(spec.tokenBudget)} tokens a step, context ${formatCount(spec.maxModelLen)}`,
    ],
    ["cold start", PHASES.map((phase) => `${phase} ${formatDuration(coldStart[phase])}`).join(" · ")],
  ];
  return [
    paint(`${preset.name}: ${preset.model}`, "bold"),
    "",
    ...facts.flatMap(([name, text]) => fact(name, text, width, paint)),
    "",
    paint("Sources", "bold"),
    ...preset.sources.flatMap((source) => wrap(source, width, "    ", "  - ")),
    "",
  ].join("\n");
}

function fact(name: string, text: string, width: number, paint: Paint): string[] {
  return wrap(text, width, " ".repeat(16), `  ${paint(name, "dim")}${" ".repeat(14 - name.length)}`);
}

const hardwareOf = ({ gpu, tensorParallel }: EnginePreset): string =>
  tensorParallel === 1 ? gpu : `${tensorParallel} x ${gpu}`;

/** Nothing where the engine never runs so many. */
function decodeTime({ spec }: EnginePreset, batch: number): string {
  return batch > spec.maxSeqs ? NONE : formatMs(stepMs(spec.costs, batch, batch, batch, batch * CONTEXT, 0, 0));
}
