import { each, numberAt, specAt, written } from "./fields.ts";
import type { Changes, PlantedPart, StackView, Weakness } from "./types.ts";

/** Changes fields of every pool's engine. */
function engines(
  stack: StackView,
  change: (pool: PlantedPart) => Readonly<Record<string, unknown>>,
  fits: (pool: PlantedPart) => boolean = () => true,
): Changes | undefined {
  return each(stack.parts("pool").filter(fits), (pool) => ({
    engine: { ...written(pool, "engine"), ...change(pool) },
  }));
}

/** Of the KV blocks, what is left. */
const BLOCKS_LEFT = 0.2;
/** Of the sequences a step, what is left. */
const SEQUENCES_LEFT = 0.125;
/** Finished requests after which a leak has taken everything. */
const REQUESTS_TO_FULL = 400;

export const ENGINE_WEAKNESSES: readonly Weakness[] = [
  {
    name: "kv-too-small",
    title: "The model server has too little memory for the conversations it holds at once.",
    givesWay: "KV memory: running answers are pushed out and computed again",
    shows: "preemptions and KV use near 1; first tokens wait and gaps grow long while the batch is not full",
    needs: "a pool",
    plant: (stack) =>
      engines(stack, (pool) => ({ blocks: Math.max(1, Math.floor(numberAt(pool, "engine", "blocks") * BLOCKS_LEFT)) })),
  },
  {
    name: "batch-too-small",
    title: "The model server answers too few people at once, although it could answer more.",
    givesWay: "places in the batch: requests queue before a server that is not busy",
    shows: "a queue and late first tokens, with KV use low and gaps short",
    needs: "a pool",
    plant: (stack) =>
      engines(stack, (pool) => ({
        maxSeqs: Math.max(1, Math.floor(numberAt(pool, "engine", "maxSeqs") * SEQUENCES_LEFT)),
      })),
  },
  {
    name: "memory-leak",
    title: "The model server loses a little memory with every answer, until nothing is left.",
    givesWay: "KV memory, slowly: each finished answer keeps some blocks for ever",
    shows: "KV use that rises at steady load and does not fall at rest; later, queues that never drain",
    needs: "a pool",
    plant: (stack) =>
      engines(stack, (pool) => ({
        leak: Math.max(1, Math.ceil(numberAt(pool, "engine", "blocks") / REQUESTS_TO_FULL)),
      })),
  },
  {
    name: "prefix-cache-off",
    title: "The model server reads every conversation from its beginning again, turn after turn.",
    givesWay: "prefill compute: what was computed a turn ago is computed again",
    shows: "no cached prompt tokens; first tokens that grow with the length of the conversation",
    needs: "a pool whose engine has a prefix cache",
    plant: (stack) =>
      engines(
        stack,
        () => ({ prefixCache: false }),
        (pool) => specAt(pool, "engine", "prefixCache") === true,
      ),
  },
  {
    name: "long-prompt-blocks-decodes",
    title: "One very long question makes everyone else's answer stand still.",
    givesWay: "the step: a whole prompt is read in one go, and every running answer waits for it",
    shows: "stalls of all running answers at the moment at which a long prompt starts",
    needs: "a pool",
    plant: (stack) =>
      engines(stack, (pool) => ({
        tokenBudget: Math.max(numberAt(pool, "engine", "maxModelLen"), numberAt(pool, "engine", "tokenBudget")),
        longPrefill: 0,
      })),
  },
  {
    name: "noisy-host",
    title: "The machine is shared with others who now and then take it for themselves.",
    givesWay: "steady steps: the host holds them up",
    shows: "stalls of a few hundred ms at any load, also at rest",
    needs: "a pool",
    plant: (stack) =>
      engines(stack, () => ({ noise: { sigma: 0.3, stallProbability: 0.01, stallMin: "200ms", stallMax: "800ms" } })),
  },
];
