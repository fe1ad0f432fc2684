import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { EXIT, METRIC_NAMES, OUTCOME_NAMES, PlimsollError, type Redactor } from "../base/index.ts";
import { writeJsonFile } from "./json-file.ts";

export const MANIFEST_FILE = "plan.json";

const subject = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("metric"),
    metric: z.enum(METRIC_NAMES),
    aggregate: z.union([z.enum(["min", "mean", "max"]), z.object({ percentile: z.number() })]),
  }),
  z.object({ kind: z.literal("errors.rate") }),
  z.object({ kind: z.literal("outcomes"), outcome: z.enum(OUTCOME_NAMES), aggregate: z.enum(["rate", "count"]) }),
  z.object({ kind: z.literal("rates"), rate: z.enum(["asked", "started", "completed", "goodput"]) }),
  z.object({ kind: z.literal("tokens"), tokens: z.enum(["input", "cached", "output", "reasoning"]) }),
  z.object({ kind: z.literal("cost"), aggregate: z.enum(["total", "perAnswer", "perGoodAnswer"]) }),
]);

const threshold = z.object({
  expression: z.string(),
  subject,
  filters: z.object({ stage: z.string().exactOptional(), persona: z.string().exactOptional() }),
  operator: z.enum(["<", "<=", ">", ">=", "==", "!="]),
  limit: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("value"), value: z.number() }),
    z.object({ kind: z.literal("baseline"), factor: z.number() }),
  ]),
  window: z.number().exactOptional(),
  abortOnFail: z.boolean(),
  abortAfter: z.number(),
});

const prices = z.object({
  input: z.number(),
  cached: z.number(),
  output: z.number(),
  reasoning: z.number(),
  request: z.number(),
  source: z.object({ model: z.string(), date: z.string(), from: z.string() }).exactOptional(),
});

/** No target was loaded: a model of a serving stack answered, in virtual time. */
const simulated = z.looseObject({
  /** Name of the stack. */
  stack: z.string(),
  /** Two stacks of one hash are the same model. */
  hash: z.string(),
  /** Of the stack's own draws; the plan's seed is its own. */
  seed: z.int(),
  /** Planted ones, by name. */
  weaknesses: z.array(z.string()),
  /** Runs of equal decode steps passed in one jump. */
  fastForward: z.boolean(),
  threads: z.int(),
  /** In the order of the stack. */
  parts: z.array(z.looseObject({ name: z.string(), kind: z.string() })).exactOptional(),
});

/** `plan.json`: the public plan as it ran, and under `run` what the run added. Fields beyond these are kept as they are. */
export const runManifestSchema = z.looseObject({
  name: z.string(),
  seed: z.int(),
  target: z.looseObject({ protocol: z.string() }),
  workload: z.looseObject({
    personas: z.array(z.looseObject({ name: z.string() })),
    regions: z.array(z.looseObject({ name: z.string(), rtt: z.unknown().exactOptional() })).exactOptional(),
  }),
  stages: z.array(
    z.looseObject({
      name: z.string(),
      kind: z.string(),
      /** ms */
      from: z.number(),
      duration: z.number(),
      unit: z.enum(["sessions/s", "users"]),
    }),
  ),
  slo: z.array(threshold),
  prices: prices.exactOptional(),
  /** Bounds (ms) beyond which the generator is said to limit the result. */
  generator: z.looseObject({ maxStartLag: z.number(), maxLoopDelay: z.number() }).exactOptional(),
  run: z.looseObject({
    schema: z.literal("plimsoll/run/1"),
    id: z.string(),
    /** Version that made the run. */
    plimsoll: z.string(),
    startedAt: z.iso.datetime(),
    /** Of the plan: two runs of one hash asked the same. */
    hash: z.string(),
    /** Sessions that each stage asks for over its time, as the seed draws them; null in a closed stage whose users keep no rate. */
    asked: z.array(z.number().nullable()),
    workers: z.int().exactOptional(),
    calledAs: z.string().exactOptional(),
    simulated: simulated.exactOptional(),
  }),
});

export type RunManifest = z.infer<typeof runManifestSchema>;

/** Writes `plan.json`, whole or not at all. `redact`: a second net; the public plan holds no secret. */
export async function writeManifest(folder: string, manifest: RunManifest, redact?: Redactor): Promise<void> {
  await writeJsonFile(join(folder, MANIFEST_FILE), manifest, redact);
}

/** Reads and checks `plan.json`. Throws PlimsollError RUN_UNREADABLE with every fault (exit code 104). */
export async function readManifest(folder: string): Promise<RunManifest> {
  const path = join(folder, MANIFEST_FILE);
  const unreadable = (message: string, cause?: unknown): PlimsollError =>
    new PlimsollError(
      {
        code: "RUN_UNREADABLE",
        file: path,
        message,
        hint: "Give the folder of a run, or `latest` inside the folder of runs.",
      },
      EXIT.planInvalid,
      { cause },
    );
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw unreadable(`${folder} is no run folder: its ${MANIFEST_FILE} is missing or is not JSON.`, error);
  }
  const parsed = runManifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new PlimsollError(
    parsed.error.issues.map((issue) => ({
      code: "RUN_UNREADABLE",
      file: path,
      path: issue.path.join("."),
      message: `${MANIFEST_FILE}: ${issue.message}`,
    })),
    EXIT.planInvalid,
  );
}
