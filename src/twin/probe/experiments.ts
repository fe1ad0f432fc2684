import { median } from "../../stats/index.ts";
import type { ProbeEpisode } from "../fit/types.ts";
import type { Ask } from "./asker.ts";
import { figure } from "./failures.ts";
import { firstOf, promptOf, type Rig, send } from "./rig.ts";
import { uniqueText } from "./words.ts";

/** One experiment: `run` sends episodes until it is through, and resolves to why it ended early where it did. */
export interface Experiment {
  readonly name: string;
  run(rig: Rig): Promise<string | undefined>;
}

const REPETITIONS = 3;
/** Tokens of an answer whose first token alone is looked at. */
const TWO = 2;

/** First token by prompt length: what a token of prefill costs, and what lies outside of the engine. */
const prompts: Experiment = {
  name: "first token by prompt length",
  async run(rig) {
    const lengths: number[] = [];
    for (let length = rig.maxPrompt; length > rig.base + 4 && lengths.length < 6; length = Math.round(length / 2))
      lengths.unshift(length);
    // A length that fails says nothing of the others.
    const failed = new Map<number, string>();
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      for (const length of lengths.filter((one) => !failed.has(one))) {
        const ms = rig.speed.first(length) + TWO * rig.speed.gap(1);
        const ask = { text: promptOf(rig, length), outputTokens: TWO, after: 0 };
        const what = `a prompt of ${figure(length)} tokens`;
        const sent = await send(rig, { kind: "prompt", level: length, what }, [ask], length + TWO, ms);
        if (sent.ended === "unsent") return `ended in round ${repetition + 1} of ${REPETITIONS}: ${sent.why}`;
        if (sent.ended === "failed") failed.set(length, sent.why);
        else for (const one of sent.asked) rig.speed.sawFirst(one.row.inputTokens ?? length, firstOf(one.row));
      }
    }
    return failed.size === 0 ? undefined : [...failed.values()].join("; ");
  },
};

/** Gaps of a single stream on a short and a long context: the fixed cost of a step, and what context adds. */
const idle: Experiment = {
  name: "gaps of a single stream",
  async run(rig) {
    const lengths = [Math.min(rig.maxPrompt, Math.ceil(rig.base) + 16), rig.maxPrompt];
    const failed = new Map<number, string>();
    for (let repetition = 0; repetition < 2; repetition++) {
      for (const length of lengths.filter((one) => !failed.has(one))) {
        const ms = rig.speed.first(length) + rig.output * rig.speed.gap(1);
        const ask = { text: promptOf(rig, length), outputTokens: rig.output, after: 0 };
        const what = `a stream on a prompt of ${figure(length)} tokens`;
        const sent = await send(rig, { kind: "idle", level: length, what }, [ask], length + rig.output, ms);
        if (sent.ended === "unsent") return `ended in round ${repetition + 1} of 2: ${sent.why}`;
        if (sent.ended === "failed") {
          failed.set(length, sent.why);
          continue;
        }
        const gaps = sent.asked.flatMap((one) => one.gaps);
        if (gaps.length > 0) rig.speed.sawGap(1, median(gaps));
      }
    }
    return failed.size === 0 ? undefined : [...failed.values()].join("; ");
  },
};

const MOST_STREAMS = 512;

/** More and more streams at once, from one: how a step grows with its batch, and how many it holds. */
const ladder: Experiment = {
  name: "the ladder of streams",
  async run(rig) {
    const length = Math.ceil(rig.base) + 16;
    let reached = 0;
    for (let streams = 1; streams <= MOST_STREAMS; streams *= 2) {
      const ms = streams * rig.speed.first(length) + rig.output * rig.speed.gap(streams);
      const tokens = streams * (length + rig.output);
      const what = counted(streams);
      const episode = { kind: "ladder", level: streams, what };
      const sent = await send(rig, episode, streamsOf(rig, streams, length), tokens, ms);
      if (sent.ended !== "whole")
        return `${reached === 0 ? "did not get beyond its first rung" : `ended at ${counted(reached)}`}: ${sent.why}`;
      reached = streams;
      const gaps = sent.asked.flatMap((one) => (one.gaps.length > 0 ? [median(one.gaps)] : []));
      if (gaps.length > 0) rig.speed.sawGap(streams, median(gaps));
      if (queuedIn(sent.asked.map(({ row }) => row)) > 0) return undefined;
    }
    return undefined;
  },
};

/** Requests of an episode whose first token came only after another's last: they waited for its place. */
export function queuedIn(rows: ProbeEpisode["requests"]): number {
  const ends = rows.flatMap(({ lastTokenAt }) => (lastTokenAt === null ? [] : [lastTokenAt]));
  const earliest = Math.min(...ends);
  return rows.filter(({ firstTokenAt }) => firstTokenAt !== null && firstTokenAt > earliest).length;
}

/** Share of the KV cache that long contexts fill together: past it they would wait for memory, which is another experiment. */
const MEMORY_SHARE = 0.8;

/** Several streams on long contexts: what their contexts add to a step, where one stream's adds too little to be seen. */
const deep: Experiment = {
  name: "streams on long contexts",
  async run(rig) {
    const streams = 8;
    const room = Math.floor((MEMORY_SHARE * (rig.memory ?? Number.POSITIVE_INFINITY)) / streams) - rig.output;
    const length = Math.max(Math.ceil(rig.base) + 16, Math.min(rig.maxPrompt, room));
    const ms = streams * rig.speed.first(length) + rig.output * rig.speed.gap(streams);
    const what = `${counted(streams)} on prompts of ${figure(length)} tokens`;
    const tokens = streams * (length + rig.output);
    const sent = await send(rig, { kind: "deep", level: length, what }, streamsOf(rig, streams, length), tokens, ms);
    return sent.ended === "whole" ? undefined : sent.why;
  },
};

/** A long prompt into running decodes: how far it holds them up. */
const interference: Experiment = {
  name: "a long prompt into running decodes",
  async run(rig) {
    const streams = 4;
    const length = Math.ceil(rig.base) + 16;
    for (let repetition = 0; repetition < 2; repetition++) {
      const decode = rig.output * rig.speed.gap(streams);
      const start = streams * rig.speed.first(length);
      const ms = start + decode + rig.speed.first(rig.maxPrompt);
      const long = { text: promptOf(rig, rig.maxPrompt), outputTokens: TWO, after: start + decode / 3 };
      const asks = [...streamsOf(rig, streams, length), long];
      const tokens = streams * (length + rig.output) + rig.maxPrompt + TWO;
      const what = `${counted(streams)} and a prompt of ${figure(rig.maxPrompt)} tokens`;
      const sent = await send(rig, { kind: "interference", level: rig.maxPrompt, what }, asks, tokens, ms);
      if (sent.ended !== "whole") return `ended in round ${repetition + 1} of 2: ${sent.why}`;
    }
    return undefined;
  },
};

/** The same prompt again, whole and by half: whether the engine finds what it has computed. */
const prefix: Experiment = {
  name: "prefix reuse",
  async run(rig) {
    const length = rig.maxPrompt;
    for (let repetition = 0; repetition < 2; repetition++) {
      const text = promptOf(rig, length);
      const words = text.split(" ");
      const half = `${words.slice(0, words.length >> 1).join(" ")} ${uniqueText(rig.random, words.length - (words.length >> 1))}`;
      for (const [level, again] of [
        [0, text],
        [1, text],
        [0.5, half],
      ] as const) {
        const ms = rig.speed.first(length) + TWO * rig.speed.gap(1);
        const ask = { text: again, outputTokens: TWO, after: 0 };
        const what = `a prompt of ${figure(length)} tokens`;
        const sent = await send(rig, { kind: "prefix", level, what }, [ask], length + TWO, ms);
        if (sent.ended !== "whole") return `ended in round ${repetition + 1} of 2: ${sent.why}`;
      }
    }
    return undefined;
  },
};

function streamsOf(rig: Rig, streams: number, length: number): Ask[] {
  return Array.from({ length: streams }, () => ({
    text: promptOf(rig, length),
    outputTokens: rig.output,
    after: 0,
  }));
}

function counted(streams: number): string {
  return `${figure(streams)} ${streams === 1 ? "stream" : "streams"}`;
}

/** In the order of what they are worth. */
export const EXPERIMENTS: readonly Experiment[] = [prompts, idle, ladder, prefix, interference, deep];
