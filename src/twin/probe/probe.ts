import { clockSince, EXIT, monotonicMs, PlimsollError, randomStream } from "../../base/index.ts";
import { assertMayLoad } from "../../plan/index.ts";
import { PROBE_SCHEMA, type ProbeFile } from "../fit/types.ts";
import { Asker } from "./asker.ts";
import { calibrate, OUTPUT, warmUp } from "./calibrate.ts";
import { EXPERIMENTS, queuedIn } from "./experiments.ts";
import { figure, isWhole } from "./failures.ts";
import { type ListedModel, modelsOf, type Page, page, settingsOf } from "./pages.ts";
import type { Rig } from "./rig.ts";
import { Speed } from "./speed.ts";
import { type Amount, Spend } from "./spend.ts";

export interface ProbeRequest {
  /** An OpenAI-compatible server's root, or its `/v1`. */
  readonly url: string;
  readonly model?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly iOwnThisTarget: boolean;
  readonly budget: Amount;
  /** Longest prompt, tokens. */
  readonly maxPrompt: number;
  readonly seed: number;
  /** Told what is going on, one line each. */
  readonly tell: (text: string) => void;
  /** Ends it: what is open is cancelled, and the file says that it is incomplete. */
  readonly stop?: AbortSignal;
}

export interface ProbeResult {
  readonly file: ProbeFile;
  readonly spent: Amount;
}

/**
 * Runs the designed experiments against a live engine, within the budget and never beyond. An experiment that fails ends none of the others: the file's
 * notes name it. Throws a PlimsollError: exit code 122 where nothing answers, 104 where the target may not be loaded, refuses a short question, or is too slow
 * for the budget.
 */
export async function probeEngine(request: ProbeRequest): Promise<ProbeResult> {
  const root = rootOf(request.url);
  await assertMayLoad(root.href, request.iOwnThisTarget);
  const { headers } = request;
  const [models, metrics, props] = await Promise.all([
    page(new URL("v1/models", root), headers),
    page(new URL("metrics", root), headers),
    page(new URL("props", root), headers),
  ]);
  assertAnswers(root, models, [metrics, props]);
  const { id: model, context } = modelFor(root, models, request.model);
  const told = settingsOf(metrics.text, props.text);
  const clock = clockSince(monotonicMs());
  const random = randomStream(request.seed, "probe");
  const stop = request.stop ?? new AbortController().signal;
  const options = { url: new URL("v1", root).href, model, headers, clock, random, stop };
  const spend = new Spend(request.budget, () => clock.now());
  const { blocks, blockSize } = told;
  const rig: Rig = {
    asker: new Asker({ ...options, forced: true }),
    stop,
    spend,
    speed: new Speed(),
    random,
    base: 0,
    each: 1,
    maxPrompt: request.maxPrompt,
    context: told.maxModelLen ?? context,
    memory: blocks === undefined || blockSize === undefined ? undefined : blocks * blockSize,
    output: OUTPUT.least,
    episodes: [],
    notes: [],
  };
  let through = 0;
  try {
    request.tell(`Finding out how fast it is, and how long its prompts may be; at most ${lasts(spend.left)}.`);
    let warm = await warmUp(rig);
    if (warm.some(({ row }) => row.outcome === "rejected")) {
      rig.asker.close();
      rig.asker = new Asker({ ...options, forced: false });
      rig.notes.push("the server refuses ignore_eos, so that answers may end before their length");
      warm = await warmUp(rig);
    }
    if (!stop.aborted) await calibrate(rig, warm, request.budget.ms);
    for (const [i, { name, run }] of EXPERIMENTS.entries()) {
      if (stop.aborted) break;
      request.tell(
        `${i + 1} of ${EXPERIMENTS.length}: ${name}; so far ${figure(spend.usedRequests)} requests and ${figure(spend.usedTokens)} tokens, at most ${lasts(spend.left)} left.`,
      );
      const early = await run(rig);
      if (early !== undefined) rig.notes.push(`${name}: ${early}`);
      if (!stop.aborted) through++;
    }
  } finally {
    rig.asker.close();
  }
  const batch = batchOf(rig);
  const limit = batch?.limit;
  return {
    file: {
      schema: PROBE_SCHEMA,
      url: root.href,
      at: new Date().toISOString(),
      model,
      settings: {
        ...told,
        ...(rig.context === undefined ? {} : { maxModelLen: rig.context }),
        ...(limit === undefined ? {} : { maxSeqs: limit }),
      },
      ...(batch === undefined ? {} : { batch }),
      ...(stop.aborted ? { incomplete: `interrupted after ${through} of ${EXPERIMENTS.length} experiments` } : {}),
      notes: rig.notes,
      episodes: rig.episodes,
    },
    spent: { ms: clock.now(), requests: spend.usedRequests, tokens: spend.usedTokens },
  };
}

function lasts(ms: number): string {
  return `${figure(Math.max(0, ms / 1000))} s`;
}

function rootOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new PlimsollError(
      {
        code: "PROBE_URL",
        message: "The target is not an http or https URL.",
        received: text,
        hint: "Write it whole, such as http://127.0.0.1:8000.",
      },
      EXIT.planInvalid,
    );
  }
  url.pathname = `${url.pathname.replace(/\/+$/, "").replace(/\/v1(\/.*)?$/, "")}/`;
  url.search = "";
  url.hash = "";
  return url;
}

function assertAnswers(root: URL, models: Page, others: readonly Page[]): void {
  if (models.status !== undefined || others.some(({ status }) => status !== undefined)) return;
  throw new PlimsollError(
    {
      code: "TARGET_UNREACHABLE",
      message: `${root.origin} could not be reached: ${models.trouble}.`,
      hint: "Check that the server runs and that the host and port are right.",
    },
    EXIT.unreachable,
  );
}

function modelFor(root: URL, models: Page, asked: string | undefined): ListedModel {
  const listed = modelsOf(models.text);
  const found = asked === undefined ? listed[0] : listed.find(({ id }) => id === asked);
  if (found !== undefined) return found;
  if (asked !== undefined) return { id: asked, context: undefined };
  const { href } = new URL("v1/models", root);
  const why =
    models.status === undefined
      ? `could not be read: ${models.trouble}`
      : models.status === 200
        ? "lists no model"
        : `answered ${models.status} instead of a list of models`;
  throw new PlimsollError(
    { code: "PROBE_NO_MODEL", message: `${href} ${why}.`, hint: "Check the URL, or name the model with --model." },
    EXIT.planInvalid,
  );
}

/** How many sequences decoded together while others waited for a place, or that none waited up to so many. */
function batchOf({ episodes }: Rig): ProbeFile["batch"] {
  let noLimitUpTo = 0;
  for (const { kind, requests } of episodes) {
    if (kind !== "ladder" || !requests.every(isWhole)) continue;
    const queued = queuedIn(requests);
    if (queued > 0) return { limit: requests.length - queued };
    noLimitUpTo = Math.max(noLimitUpTo, requests.length);
  }
  return noLimitUpTo === 0 ? undefined : { noLimitUpTo };
}
