import type { Random } from "../../base/index.ts";
import { median } from "../../stats/index.ts";
import type { ProbeEpisode } from "../fit/types.ts";
import type { Ask, Asked, Asker } from "./asker.ts";
import type { Speed } from "./speed.ts";
import type { Spend } from "./spend.ts";
import { uniqueText } from "./words.ts";

/** What every experiment works with. */
export interface Bench {
  asker: Asker;
  readonly spend: Spend;
  readonly speed: Speed;
  readonly random: Random;
  /** Prompt tokens for `words` words, as the server counted: `base + each words`. */
  base: number;
  each: number;
  /** Longest prompt, tokens. */
  maxPrompt: number;
  /** Tokens of an answer whose gaps are looked at. */
  output: number;
  readonly episodes: ProbeEpisode[];
  /** Where an experiment ended early, and why. */
  readonly cut: string[];
  readonly tell: (text: string) => void;
}

/** One experiment: `run` sends episodes until it is through or the means are spent. */
export interface Experiment {
  readonly name: string;
  run(bench: Bench): Promise<void>;
}

/** A prompt of about so many tokens; no two begin alike. */
export function promptOf(bench: Bench, tokens: number): string {
  return uniqueText(bench.random, Math.max(1, Math.round((tokens - bench.base) / bench.each)));
}

/** Sends one episode if the means allow it; undefined where they do not. */
export async function send(
  bench: Bench,
  kind: string,
  level: number,
  asks: readonly Ask[],
  tokens: number,
  ms: number,
): Promise<readonly Asked[] | undefined> {
  const { spend, asker } = bench;
  if (!spend.allows(asks.length, tokens, ms)) return undefined;
  const asked = await asker.episode(asks, spend.until);
  spend.take(
    asks.length,
    asked.reduce((sum, { row }) => sum + (row.inputTokens ?? 0) + (row.outputTokens ?? 0), 0),
  );
  bench.episodes.push({ kind, level, requests: asked.map(({ row }) => row) });
  return asked.length === asks.length ? asked : undefined;
}

export function first({ row }: Asked): number {
  return row.firstTokenAt === null ? Number.NaN : row.firstTokenAt - row.sentAt;
}

const REPETITIONS = 3;
/** Tokens of an answer whose first token alone is looked at. */
const TWO = 2;

/** First token by prompt length: what a token of prefill costs, and what lies outside of the engine. */
const prompts: Experiment = {
  name: "first token by prompt length",
  async run(bench) {
    const lengths: number[] = [];
    for (let length = bench.maxPrompt; length > bench.base + 4 && lengths.length < 6; length = Math.round(length / 2))
      lengths.unshift(length);
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      for (const length of lengths) {
        const ms = bench.speed.first(length) + TWO * bench.speed.gap(1);
        const ask = { text: promptOf(bench, length), outputTokens: TWO, after: 0 };
        const asked = await send(bench, "prompt", length, [ask], length + TWO, ms);
        const [one] = asked ?? [];
        if (one === undefined) {
          bench.cut.push(`first token by prompt length ended before repetition ${repetition + 1} of ${REPETITIONS}`);
          return;
        }
        bench.speed.sawFirst(one.row.inputTokens ?? length, first(one));
      }
    }
  },
};

/** Gaps of a single stream on a short and a long context: the fixed cost of a step, and what context adds. */
const idle: Experiment = {
  name: "gaps of a single stream",
  async run(bench) {
    const lengths = [Math.min(bench.maxPrompt, Math.ceil(bench.base) + 16), bench.maxPrompt];
    for (let repetition = 0; repetition < 2; repetition++) {
      for (const length of lengths) {
        const ms = bench.speed.first(length) + bench.output * bench.speed.gap(1);
        const ask = { text: promptOf(bench, length), outputTokens: bench.output, after: 0 };
        const asked = await send(bench, "idle", length, [ask], length + bench.output, ms);
        const [one] = asked ?? [];
        if (one === undefined) {
          bench.cut.push("gaps of a single stream ended early");
          return;
        }
        if (one.gaps.length > 0) bench.speed.sawGap(1, median(one.gaps));
      }
    }
  },
};

const MOST_STREAMS = 512;

/** More and more streams at once: how a step grows with its batch, and how many it holds. */
const ladder: Experiment = {
  name: "ladder of streams",
  async run(bench) {
    const length = Math.ceil(bench.base) + 16;
    for (let streams = 1; streams <= MOST_STREAMS; streams *= 2) {
      const ms = streams * bench.speed.first(length) + bench.output * bench.speed.gap(streams);
      const asks = Array.from({ length: streams }, () => ({
        text: promptOf(bench, length),
        outputTokens: bench.output,
        after: 0,
      }));
      const asked = await send(bench, "ladder", streams, asks, streams * (length + bench.output), ms);
      if (asked === undefined) {
        bench.cut.push(`the ladder ended at ${streams / 2} streams: ${streams} would exceed the budget`);
        return;
      }
      bench.speed.sawGap(streams, median(asked.flatMap(({ gaps }) => (gaps.length > 0 ? [median(gaps)] : []))));
      if (queuedIn(asked.map(({ row }) => row)) > 0) return;
    }
  },
};

/** Requests of an episode whose first token came only after another's last: they waited for its place. */
export function queuedIn(rows: ProbeEpisode["requests"]): number {
  const ends = rows.flatMap(({ lastTokenAt }) => (lastTokenAt === null ? [] : [lastTokenAt]));
  const earliest = Math.min(...ends);
  return rows.filter(({ firstTokenAt }) => firstTokenAt !== null && firstTokenAt > earliest).length;
}

/** Several streams on long contexts: what their contexts add to a step, where one stream's adds too little to be seen. */
const deep: Experiment = {
  name: "streams on long contexts",
  async run(bench) {
    const streams = 8;
    const length = bench.maxPrompt;
    const ms = streams * bench.speed.first(length) + bench.output * bench.speed.gap(streams);
    const asks = Array.from({ length: streams }, () => ({
      text: promptOf(bench, length),
      outputTokens: bench.output,
      after: 0,
    }));
    const asked = await send(bench, "deep", length, asks, streams * (length + bench.output), ms);
    if (asked === undefined) bench.cut.push("streams on long contexts: no means were left");
  },
};

/** A long prompt into running decodes: how far it holds them up. */
const interference: Experiment = {
  name: "a long prompt into running decodes",
  async run(bench) {
    const streams = 4;
    const length = Math.ceil(bench.base) + 16;
    for (let repetition = 0; repetition < 2; repetition++) {
      const decode = bench.output * bench.speed.gap(streams);
      const start = streams * bench.speed.first(length);
      const ms = start + decode + bench.speed.first(bench.maxPrompt);
      const asks: Ask[] = Array.from({ length: streams }, () => ({
        text: promptOf(bench, length),
        outputTokens: bench.output,
        after: 0,
      }));
      asks.push({ text: promptOf(bench, bench.maxPrompt), outputTokens: TWO, after: start + decode / 3 });
      const tokens = streams * (length + bench.output) + bench.maxPrompt + TWO;
      if ((await send(bench, "interference", bench.maxPrompt, asks, tokens, ms)) === undefined) {
        bench.cut.push("a long prompt into running decodes ended early");
        return;
      }
    }
  },
};

/** The same prompt again, whole and by half: whether the engine finds what it has computed. */
const prefix: Experiment = {
  name: "prefix reuse",
  async run(bench) {
    const length = bench.maxPrompt;
    for (let repetition = 0; repetition < 2; repetition++) {
      const text = promptOf(bench, length);
      const words = text.split(" ");
      const half = `${words.slice(0, words.length >> 1).join(" ")} ${uniqueText(bench.random, words.length - (words.length >> 1))}`;
      for (const [level, again] of [
        [0, text],
        [1, text],
        [0.5, half],
      ] as const) {
        const ms = bench.speed.first(length) + TWO * bench.speed.gap(1);
        const ask = { text: again, outputTokens: TWO, after: 0 };
        if ((await send(bench, "prefix", level, [ask], length + TWO, ms)) === undefined) {
          bench.cut.push("prefix reuse ended early");
          return;
        }
      }
    }
  },
};

/** In the order of what they are worth. */
export const EXPERIMENTS: readonly Experiment[] = [prompts, idle, ladder, prefix, interference, deep];
