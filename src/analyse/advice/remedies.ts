import type { Remedy } from "./types.ts";

const SAME = "Run the same plan again: the time to the first token at the highest load must fall.";
const REPLICA: Remedy = {
  do: "Add a replica of {}.",
  why: "Each replica brings its own batch, memory and computing time.",
  retest: "Run the same plan with one replica more: the load line must rise by about a replica's share.",
  change: { fields: [{ path: ["replicas"], plus: 1 }] },
};
const SHORTER: Remedy = {
  do: "Cap answers (max_tokens) at what users read.",
  why: "Time, memory and money of an answer grow with its tokens.",
  retest: "Run the same plan with the cap; check that the share of capped answers stays small.",
  change: { kind: "pool", fields: [{ path: ["answers", "max"], times: 0.5 }] },
};

/** By cause, in the order in which they are worth trying where nothing is known of their gain. */
export const REMEDIES: Readonly<Record<string, readonly Remedy[]>> = {
  generator: [
    {
      do: "Give the generator more CPU, or a machine of its own.",
      why: "A late generator makes its own lateness look like the target's.",
      retest: "Run the same plan again until the generator's health is said to be sound.",
    },
  ],
  "batch-limit": [
    {
      do: "Raise the number of sequences that {} runs at once (max_num_seqs, slots), doubling it at most from one run to the next.",
      why: "Requests wait for a place while memory is free. Every answer that runs beside another makes its tokens slower, so that too many help first tokens and harm whole answers.",
      retest: `${SAME} Whole answers must not take longer; the KV cache and the time per token are next.`,
      change: { fields: [{ path: ["engine", "maxSeqs"], times: 2 }] },
      endsWaiting: true,
    },
    REPLICA,
  ],
  "kv-cache": [
    {
      do: "Give {} more KV memory: a larger share of the GPU, an 8-bit KV cache, or a smaller model.",
      why: "What does not fit waits, or is pushed out and computed again.",
      retest: "Run the same plan again: preemptions must stay at 0 at the highest load.",
      change: { fields: [{ path: ["engine", "blocks"], times: 2 }] },
    },
    REPLICA,
    {
      do: "Shorten what each request carries: trim histories, retrieve fewer passages, cap answers.",
      why: "Memory is held by tokens of prompt and answer together.",
      retest: "Run the same plan with shorter prompts: the KV cache's use must fall in proportion.",
    },
  ],
  prefill: [
    {
      do: "Let prompts share their beginnings, and turn the prefix cache of {} on.",
      why: "A beginning that is cached is not computed again.",
      retest: "Run the same plan again: the share of cached prompt tokens must rise, and first tokens come earlier.",
      change: { fields: [{ path: ["engine", "prefixCache"], to: true }] },
    },
    REPLICA,
    {
      do: "Bound the prompt tokens of one step (chunked prefill, long_prefill_token_threshold), or read prompts on servers of their own.",
      why: "Running answers stand still while a long prompt is read.",
      retest: "Run the same plan again: the p99 of gaps between tokens must fall.",
      change: { fields: [{ path: ["engine", "tokenBudget"], to: 512 }] },
    },
  ],
  decode: [
    REPLICA,
    {
      do: "Quantize the weights of {}, or use speculative decoding or more GPUs a replica.",
      why: "Each step reads the weights and the running contexts from memory.",
      retest: "Run the same plan again: the time per token at the highest load must fall.",
      change: {
        fields: [
          { path: ["engine", "costs", "c1"], times: 0.6 },
          { path: ["engine", "costs", "c2"], times: 0.6 },
        ],
      },
    },
    SHORTER,
  ],
  "cold-start": [
    {
      do: "Keep more replicas of {} warm, or scale before the load comes.",
      why: "A replica that is called for when the queue is there comes too late by its whole start.",
      retest: "Run the same ramp again with the larger minimum: no request may wait while replicas start.",
      change: { fields: [{ path: ["cold"], to: 0 }] },
    },
    {
      do: "Shorten the start of {}: cache image and weights on the node, keep compiled graphs.",
      why: "Image, weights and compilation are most of a start.",
      retest: "Measure the time from scaling to the first token, then run the same ramp again.",
    },
  ],
  "sick-replica": [
    {
      do: "Take {} out of the traffic and look at its machine: clocks, temperature, neighbours, errors of the GPU.",
      why: "It takes its share of the requests and answers them far more slowly than its peers.",
      retest: "Run the same plan without it: the tail must fall though capacity is less.",
      change: { kind: "pool", fields: [{ path: ["faults"], to: null }] },
    },
    {
      do: "Balance by requests under way in place of turns.",
      why: "A slow replica then gets less, by itself.",
      retest: "Run the same plan again: the queue at the slow replica must be no longer than its peers'.",
      change: { kind: "pool", fields: [{ path: ["balancer"], to: "least-outstanding" }] },
    },
  ],
  imbalance: [
    {
      do: "Balance by requests under way, and loosen what ties sessions to {}.",
      why: "It has a queue while its peers have room.",
      retest: "Run the same plan again: queues must be equally long on all of them.",
      change: { kind: "pool", fields: [{ path: ["balancer"], to: "least-outstanding" }] },
    },
  ],
  memory: [
    {
      do: "Find what {} keeps of each request after its end; until then restart it before it is full.",
      why: "Memory grows with the requests served, not with those under way.",
      retest: "Run a soak of several hours at constant load: memory must reach a plateau.",
      change: { fields: [{ path: ["engine", "leak"], to: 0 }] },
    },
  ],
  "context-growth": [
    {
      do: "Bound what a turn carries: summarise or trim the history, retrieve fewer passages.",
      why: "Each turn pays for all turns before it.",
      retest: "Run the same conversations again: input tokens must stay level from turn to turn.",
    },
    {
      do: "Keep conversations on the replica that has read them (prefix-aware or session routing), with the prefix cache on.",
      why: "A history that is cached costs memory, not computing.",
      retest: "Run the same plan again: the share of cached prompt tokens must rise with the turns.",
      change: { kind: "pool", fields: [{ path: ["engine", "prefixCache"], to: true }] },
    },
  ],
  "output-length": [SHORTER],
  pauses: [
    {
      do: "Give the engine's host to it alone: no neighbours on its cores, no CPU limit, no swapping.",
      why: "All answers stand still together while the host does something else.",
      retest: "Run the same plan again: no gap may be beyond ten times the usual one.",
      change: { kind: "pool", fields: [{ path: ["engine", "noise", "stallProbability"], to: 0 }] },
    },
  ],
  "rate-limit": [
    {
      do: "Ask for a higher quota at {}, and keep a second provider or model to fall back to.",
      why: "Requests beyond the quota fail at once, whatever else has room.",
      retest: "Run the same plan again: no attempt may end with 429.",
      change: {
        fields: [
          { path: ["requestsPerMinute"], times: 2 },
          { path: ["limits", "requestsPerMinute"], times: 2 },
        ],
      },
    },
    {
      do: "Send again after Retry-After with jitter, and queue in front of the limit.",
      why: "A burst beyond the quota is then late in place of lost.",
      retest: "Run the same plan again: errors must fall, and the wait must stay within the limit of the first token.",
    },
  ],
  connections: [
    {
      do: "Raise the number of requests or connections that {} lets in at once.",
      why: "They wait at the door while what stands behind has room.",
      retest: `${SAME} Watch what stands behind: it is next.`,
      change: { fields: [{ path: ["concurrency"], times: 3 }] },
      endsWaiting: true,
    },
  ],
  gateway: [
    {
      do: "Give {} more CPU or a second instance, and leave out what it does on each request (logging of bodies, checks).",
      why: "Its own time on a request grows with the load.",
      retest: SAME,
      change: { fields: [{ path: ["time"], times: 0.5 }] },
    },
  ],
  network: [
    {
      do: "Keep connections open between requests, and look at the way between users and service (TLS, proxies, regions).",
      why: "Time passes before the first server sees the request.",
      retest: "Run the same plan from a second place: if it differs, it is the way.",
    },
  ],
  application: [
    {
      do: "Run more processes of {}, or move its computing off the event loop.",
      why: "Work that is ready waits for a core while the model has room.",
      retest: SAME,
      change: { fields: [{ path: ["cores"], times: 2 }] },
      endsWaiting: true,
    },
  ],
  dependency: [
    {
      do: "Give {} more servers (query nodes, workers, replicas), or ask it less: cache what is asked again.",
      why: "Every request waits for it before the model may begin.",
      retest: `${SAME} The time at {} must not grow with the load.`,
      change: { fields: [{ path: ["servers"], times: 2 }] },
      endsWaiting: true,
    },
    {
      do: "Make a query of {} cheaper: fewer hits, a smaller search, batches.",
      why: "Its time at low load is part of every first token.",
      retest: "Run the same plan again: its time at low load must fall.",
      change: {
        fields: [
          { path: ["batch"], to: 32 },
          { path: ["topK"], times: 0.5 },
        ],
      },
    },
  ],
  cache: [
    {
      do: "Let one request fill an entry of {} while the others wait for it, and let entries expire at different times.",
      why: "When entries vanish together, everyone asks what stands behind for the same.",
      retest: "Empty the cache during a run: what stands behind must see one request an entry.",
      change: { fields: [{ path: ["singleFlight"], to: true }] },
    },
    {
      do: "Give {} room for more entries.",
      why: "What is pushed out is asked for again.",
      retest: "Run the same plan again: the share of misses must stay level.",
      change: { fields: [{ path: ["entries"], times: 10 }] },
    },
  ],
  retries: [
    {
      do: "Bound retries of {} by a budget (a tenth of the requests), with backoff and jitter, and stop the work of tries that were given up.",
      why: "Each try is new work for what is already late.",
      retest: "Run the same peak again: latency must come back by itself when the load goes.",
      change: {
        fields: [
          { path: ["retries"], to: null },
          { path: ["timeout"], to: null },
        ],
      },
    },
  ],
  queueing: [
    {
      do: "Observe the servers behind the target: its metrics pages in the plan's observe section.",
      why: "From outside, waiting for a batch, for memory and for a dependency look the same.",
      retest: "Run the same plan again with them: the queue shows itself by name.",
    },
  ],
  failures: [
    {
      do: "Read the reasons of the failed attempts (plimsoll query RUN), and observe the servers behind the target.",
      why: "What fails is told by its status and by the server that sent it.",
      retest: "Run the same plan again with them observed.",
    },
  ],
};
