import type { Facts } from "../../facts/types.ts";
import { joinedBins, meanOver, type Window } from "./columns.ts";

/** Attempts that a block holds at least on average: below, its means are too noisy to choose by. */
const ATTEMPTS = 8;
/** Of the span of loads, what counts as low and what as high. */
const LOW = 0.3;
const HIGH = 0.7;
/** Loads that differ by less are one load. */
const ONE_LOAD = 1.3;

export interface Block {
  readonly bins: Window;
  /** In the plan's unit. */
  readonly load: number;
  readonly attempts: number;
  /** ms; NaN where nothing was answered. */
  readonly response: number;
  readonly ttft: number;
  /** Of the attempts that ended, those that were not answered: errors, and users who left. */
  readonly lost: number;
  readonly errors: number;
}

export interface Windows {
  readonly blocks: readonly Block[];
  /** Blocks of low load. */
  readonly low: readonly Block[];
  /** Low load, at its quickest: what the run is compared with. */
  readonly base: Window;
  /** The highest loads. */
  readonly top: Window;
  /** Whether low and high are different loads. */
  readonly hasRange: boolean;
}

/** Blocks of equal length inside the stages, each long enough for a mean. */
export function windowsOf(facts: Facts): Windows {
  const bins = binsUnderLoad(facts);
  const attempts = bins.reduce((sum, bin) => sum + (facts.client.attempts[bin] ?? 0), 0);
  const length = Math.max(1, Math.ceil((ATTEMPTS * bins.length) / Math.max(1, attempts)), Math.ceil(bins.length / 240));
  const blocks: Block[] = [];
  for (let at = 0; at < bins.length; at += length) blocks.push(blockOf(facts, bins.slice(at, at + length)));
  const used = blocks.filter((block) => block.attempts > 0 && Number.isFinite(block.load));
  const loads = used.map((block) => block.load);
  const [least, most] = [Math.min(...loads), Math.max(...loads)];
  const hasRange = most > least * ONE_LOAD;
  const low = used.filter((block) => !hasRange || block.load <= least + LOW * (most - least));
  const top = used.filter((block) => !hasRange || block.load >= least + HIGH * (most - least));
  return { blocks: used, low, base: joinedBins(quickest(low)), top: joinedBins(top), hasRange };
}

/** Half of the blocks, and the better one: what came before a failure and what was left after it differ, and only one of them is the baseline. */
function quickest(blocks: readonly Block[]): readonly Block[] {
  const ranked = blocks
    .filter((block) => Number.isFinite(block.response))
    .toSorted((a, b) => a.lost - b.lost || a.response - b.response);
  return ranked.slice(0, Math.max(2, Math.ceil(ranked.length / 2)));
}

function binsUnderLoad({ stages, bins }: Facts): Window {
  const inside = stages.flatMap(({ from, to }) => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i));
  return [...new Set(inside)].filter((bin) => bin < bins).toSorted((a, b) => a - b);
}

function blockOf({ client, load }: Facts, bins: Window): Block {
  const ended = meanOver(load.ended, bins);
  const of = (column: typeof load.ended): number => (ended > 0 ? meanOver(column, bins) / ended : 0);
  return {
    bins,
    load: meanOver(load.asked, bins),
    attempts: bins.reduce((sum, bin) => sum + (client.attempts[bin] ?? 0), 0),
    response: meanOver(client.responseP50, bins, client.attempts),
    ttft: meanOver(client.ttftMean, bins, client.attempts),
    lost: ended > 0 ? Math.max(0, 1 - of(load.answered)) : 0,
    errors: of(load.errors),
  };
}
