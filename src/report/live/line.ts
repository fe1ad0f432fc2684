import { formatDuration, formatMoney, formatNumber } from "../../base/index.ts";
import type { Progress } from "../../run/index.ts";
import { clockText, formatCount } from "../figures.ts";
import { plain } from "../text.ts";
import { errorsText, GENERATOR_WORDS, highest, loadText, PHASES } from "./words.ts";

/** One plain line on where a run stands, for logs. */
export function progressLine(progress: Progress): string {
  const { load, recent, generator } = progress;
  const parts = [
    clockText(progress.elapsed),
    PHASES[progress.phase] === "" ? plain(progress.stage.name) : progress.phase,
    `asked ${loadText(load.asked, load.unit)}`,
    `reached ${loadText(load.reached, load.unit)}`,
    `in flight ${formatCount(progress.inFlight)}`,
    `ended ${formatCount(progress.ended)}`,
    `errors ${errorsText(progress)}`,
    `ttft ${highest(recent.ttft)}`,
    `response ${highest(recent.response)}`,
  ];
  if (progress.tokensPerSecond !== undefined) parts.push(`${formatNumber(progress.tokensPerSecond)} tokens/s`);
  if (progress.cost !== undefined) parts.push(formatMoney(progress.cost));
  if (generator.word !== "well") parts.push(`the generator ${GENERATOR_WORDS[generator.word]}`);
  return parts.join("  ");
}

export function stageLine(progress: Progress): string {
  const { stage } = progress;
  return `${clockText(progress.elapsed)}  stage ${stage.index + 1} of ${stage.count}: ${plain(stage.name)} (${stage.kind}), ${formatDuration(stage.duration)}`;
}
