import type { Degradation } from "../answers/types.ts";
import { each, listed, numberAt } from "./fields.ts";
import type { PlantedPart, Weakness } from "./types.ts";

/** Calls that wait in the pool from which on answers get worse. */
const UNDER_LOAD = { waiting: "> 2" };
/** Crossed answers need no queue, only company. */
const IN_COMPANY = { running: "> 3" };
/** Of the context, what a trimmed prompt keeps. */
const CONTEXT_LEFT = 1 / 16;

interface Quality extends Pick<Weakness, "name" | "title" | "givesWay" | "shows"> {
  rule(pool: PlantedPart): Readonly<Record<string, unknown>>;
}

const worse =
  (degradation: Degradation, probability = 1) =>
  (): Readonly<Record<string, unknown>> => ({
    do: degradation,
    when: UNDER_LOAD,
    probability,
  });

const QUALITIES: readonly Quality[] = [
  {
    name: "truncation-under-load",
    title: "When the service is busy, answers break off in the middle of a sentence and look complete.",
    givesWay: "the length of answers",
    shows: "shorter answers under load than at rest, without a full stop, finish reason stop",
    rule: worse("truncated"),
  },
  {
    name: "context-trimmed-under-load",
    title: "When the service is busy, it forgets the beginning of the conversation.",
    givesWay: "the prompt: its oldest part is dropped",
    shows: "fewer prompt tokens in the usage than at rest; facts from the beginning are not recalled",
    rule: (pool) => ({
      do: "trim",
      when: UNDER_LOAD,
      tokens: Math.max(32, Math.floor(numberAt(pool, "engine", "maxModelLen") * CONTEXT_LEFT)),
    }),
  },
  {
    name: "fallback-model-under-load",
    title: "When the service is busy, a smaller model answers, and nobody is told.",
    givesWay: "the model",
    shows: "other answers to the same prompts than at rest, under the same model name",
    rule: worse("swapped-model"),
  },
  {
    name: "looping-under-load",
    title: "When the service is busy, some answers repeat one phrase until they are cut.",
    givesWay: "the text of long answers",
    shows: "few distinct phrases, answers at the cap, finish reason length",
    rule: worse("looping", 0.3),
  },
  {
    name: "broken-json-under-load",
    title: "When the service is busy, answers that programs should read are no longer valid JSON.",
    givesWay: "the form of answers",
    shows: "JSON that does not parse, under load only",
    rule: worse("malformed-json", 0.5),
  },
  {
    name: "crossed-answers",
    title: "Now and then someone is shown a piece of another person's answer.",
    givesWay: "the separation of requests that run together",
    shows: "another request's words in an answer, once several run at a time",
    rule: () => ({ do: "crossed", when: IN_COMPANY, probability: 0.1 }),
  },
];

export const ANSWER_WEAKNESSES: readonly Weakness[] = QUALITIES.map(({ rule, ...words }) => ({
  ...words,
  needs: "a pool",
  plant: (stack) => each(stack.parts("pool"), (pool) => ({ degrade: [...listed(pool, "degrade"), rule(pool)] })),
}));
