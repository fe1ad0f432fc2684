import { basename } from "node:path";
import { z } from "zod";
import { EXIT, PlimsollError } from "../../base/index.ts";
import { type EngineSettings, type Observations, PROBE_SCHEMA, type ProbedRequest } from "./types.ts";

const time = z.number().nullable();
const tokens = z.int().nonnegative();

const probeSchema = z.object({
  schema: z.literal(PROBE_SCHEMA),
  url: z.string(),
  at: z.string(),
  model: z.string(),
  /** From the server's metrics and properties pages. */
  settings: z.looseObject({
    dialect: z.enum(["vllm", "sglang", "llamacpp"]).exactOptional(),
    blocks: z.int().positive().exactOptional(),
    blockSize: z.int().positive().exactOptional(),
    tokenBudget: z.int().positive().exactOptional(),
    maxSeqs: z.int().positive().exactOptional(),
    maxModelLen: z.int().positive().exactOptional(),
    prefixCache: z.boolean().exactOptional(),
  }),
  incomplete: z.string().exactOptional(),
  episodes: z.array(
    z.object({
      kind: z.string(),
      /** What was varied: prompt tokens, streams. */
      level: z.number(),
      requests: z.array(
        z.object({
          sentAt: z.number(),
          firstTokenAt: time,
          lastTokenAt: time,
          inputTokens: tokens.nullable(),
          outputTokens: tokens.nullable(),
          cachedTokens: tokens.nullable(),
          stall: time,
          outcome: z.string(),
          reason: z.string().exactOptional(),
        }),
      ),
    }),
  ),
});

/** Experiments that tell step times; the others tell facts. */
const FITTED = new Set(["idle", "prompt", "ladder", "deep", "interference"]);

/** Whether a text begins as a probe's file does. */
export function isProbe(text: string): boolean {
  return text.slice(0, 200).includes(PROBE_SCHEMA);
}

/** Reads a probe's file from its text. Throws a PlimsollError (exit code 104) with every fault of it. */
export function parseProbe(
  text: string,
  file: string,
): { readonly observations: Observations; readonly settings: EngineSettings } {
  const fault = { code: "PROBE_FILE", file, hint: "Run `plimsoll twin probe` again." };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const message = `The probe's file is not whole: ${error instanceof Error ? error.message : String(error)}`;
    throw new PlimsollError({ ...fault, message }, EXIT.planInvalid, { cause: error });
  }
  const parsed = probeSchema.safeParse(json);
  if (!parsed.success)
    throw new PlimsollError(
      parsed.error.issues.map(({ path, message }) => ({ ...fault, path: path.join("."), message })),
      EXIT.planInvalid,
    );
  const { episodes, settings, incomplete } = parsed.data;
  let dropped = 0;
  const kept = episodes
    .filter(({ kind }) => FITTED.has(kind))
    .flatMap(({ kind, requests }) => {
      const whole = requests.filter(isWhole);
      // An episode that lost a request is another load than the one that was meant.
      if (whole.length < requests.length || whole.length === 0) {
        dropped++;
        return [];
      }
      const start = Math.min(...whole.map(({ sentAt }) => sentAt));
      return [
        {
          kind,
          requests: whole
            .map((one) => ({
              arrivedAt: one.sentAt - start,
              scheduledAt: Number.NaN,
              firstTokenAt: one.firstTokenAt - start,
              lastTokenAt: one.lastTokenAt - start,
              inputTokens: one.inputTokens,
              outputTokens: one.outputTokens,
              cachedTokens: one.cachedTokens ?? Number.NaN,
            }))
            .sort((a, b) => a.arrivedAt - b.arrivedAt),
        },
      ];
    });
  if (kept.length === 0)
    throw new PlimsollError(
      {
        code: "PROBE_EMPTY",
        file,
        message: "No experiment of the probe came to its end.",
        hint: "Run `plimsoll twin probe` again with a larger --budget.",
      },
      EXIT.planInvalid,
    );
  return {
    observations: {
      source: basename(file),
      episodes: kept,
      engineClock: false,
      preemptions: undefined,
      kvPeak: undefined,
      notes: [
        ...(incomplete === undefined ? [] : [`The probe is incomplete: ${incomplete}.`]),
        ...(dropped === 0 ? [] : [`${dropped} of the probe's episodes lost a request and are left out.`]),
      ],
    },
    settings: Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
  };
}

interface WholeRequest extends ProbedRequest {
  readonly firstTokenAt: number;
  readonly lastTokenAt: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

function isWhole(request: ProbedRequest): request is WholeRequest {
  const { firstTokenAt, lastTokenAt, inputTokens, outputTokens } = request;
  return (
    [firstTokenAt, lastTokenAt].every((value) => value !== null) && (inputTokens ?? 0) > 0 && (outputTokens ?? 0) > 0
  );
}
