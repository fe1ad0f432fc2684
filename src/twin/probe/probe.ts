import { clockSince, EXIT, monotonicMs, PlimsollError, randomStream } from "../../base/index.ts";
import { assertMayLoad } from "../../plan/index.ts";
import { median } from "../../stats/index.ts";
import { PROBE_SCHEMA, type ProbeFile } from "../fit/types.ts";
import { type Asked, Asker } from "./asker.ts";
import { type Bench, EXPERIMENTS, first, queuedIn } from "./experiments.ts";
import { modelsOf, page, settingsOf } from "./pages.ts";
import { Speed } from "./speed.ts";
import { Spend } from "./spend.ts";
import { uniqueText } from "./words.ts";

export interface ProbeRequest {
  /** An OpenAI-compatible server's root, or its `/v1`. */
  readonly url: string;
  readonly model?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly iOwnThisTarget: boolean;
  /** What the probe may spend: ms, requests, tokens in and out together. */
  readonly budget: { readonly ms: number; readonly requests: number; readonly tokens: number };
  /** Longest prompt, tokens. */
  readonly maxPrompt: number;
  readonly seed: number;
  /** Told what is going on, one line each. */
  readonly tell: (text: string) => void;
}

export interface ProbeResult {
  readonly file: ProbeFile;
  /** What the probe did not get to, one sentence each. */
  readonly cut: readonly string[];
  readonly spent: { readonly ms: number; readonly requests: number; readonly tokens: number };
}

/** Words of the two first questions; their difference tells how many tokens a word has. */
const WARM_UP = [8, 24] as const;
/** Share of the budget that one request of the largest kind may take; a slower engine gets shorter ones. */
const LARGEST_SHARE = 0.04;
const OUTPUT = { least: 8, most: 128 };

/**
 * Runs the designed experiments against a live engine, within the budget and never beyond. Throws a PlimsollError: exit code 122 where nothing answers,
 * 104 where the target may not be loaded, refuses, or is too slow for the budget.
 */
export async function probeEngine(request: ProbeRequest): Promise<ProbeResult> {
  const root = rootOf(request.url);
  await assertMayLoad(root.href, request.iOwnThisTarget);
  const { headers } = request;
  const [models, metrics, props] = await Promise.all(
    ["v1/models", "metrics", "props"].map((name) => page(new URL(name, root), headers)),
  );
  const model = request.model ?? modelsOf(models)[0];
  if (model === undefined) {
    throw new PlimsollError(
      {
        code: "PROBE_NO_MODEL",
        message: `${new URL("v1/models", root).href} lists no model.`,
        hint: "Check the URL, or name the model with --model.",
      },
      models === undefined ? EXIT.unreachable : EXIT.planInvalid,
    );
  }
  const settings = settingsOf(metrics, props);
  const clock = clockSince(monotonicMs());
  const random = randomStream(request.seed, "probe");
  const options = { url: new URL("v1", root).href, model, headers, clock, random };
  const spend = new Spend(request.budget, () => clock.now());
  const bench: Bench = {
    asker: new Asker({ ...options, forced: true }),
    spend,
    speed: new Speed(),
    random,
    base: 0,
    each: 1,
    maxPrompt: request.maxPrompt,
    output: OUTPUT.least,
    episodes: [],
    cut: [],
    tell: request.tell,
  };
  try {
    let warm = await warmUp(bench);
    if (warm.some(({ row }) => row.outcome === "rejected")) {
      bench.asker.close();
      bench.asker = new Asker({ ...options, forced: false });
      bench.cut.push("the server refuses ignore_eos, so that answers may end before their length");
      warm = await warmUp(bench);
    }
    calibrate(bench, warm, request, settings.maxModelLen);
    for (const experiment of EXPERIMENTS) {
      request.tell(`${experiment.name} …`);
      await experiment.run(bench);
    }
  } finally {
    bench.asker.close();
  }
  return {
    file: {
      schema: PROBE_SCHEMA,
      url: root.href,
      at: new Date().toISOString(),
      model,
      settings: { ...settings, ...batchLimit(bench) },
      episodes: bench.episodes,
    },
    cut: bench.cut,
    spent: { ms: clock.now(), requests: spend.usedRequests, tokens: spend.usedTokens },
  };
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

/** A short and a less short question, one after the other; the first of all pays what only a first one pays, and is asked twice. */
async function warmUp(bench: Bench): Promise<Asked[]> {
  const { spend, asker } = bench;
  const asked: Asked[] = [];
  for (const words of [WARM_UP[0], ...WARM_UP]) {
    if (!spend.allows(1, 4 * words + OUTPUT.least, 0)) break;
    const text = uniqueText(bench.random, words);
    const [one] = await asker.episode([{ text, outputTokens: OUTPUT.least, after: 0 }], spend.until);
    spend.take(1, (one?.row.inputTokens ?? words) + (one?.row.outputTokens ?? 0));
    if (one === undefined) break;
    asked.push(one);
    if (one.row.outcome === "rejected") break;
  }
  return asked;
}

/** Learns tokens a word and the engine's speed, and cuts the experiments to what the budget carries. */
function calibrate(bench: Bench, warm: readonly Asked[], request: ProbeRequest, context: number | undefined): void {
  const [, short, long] = warm;
  const [few, many] = [short?.row.inputTokens, long?.row.inputTokens];
  const bad = warm.find(({ row }) => row.outcome !== "complete" && row.outcome !== "capped");
  if (bad !== undefined && bad.row.outcome !== "cancelled") {
    const { outcome, reason } = bad.row;
    throw new PlimsollError(
      {
        code: "PROBE_REFUSED",
        message: `A short question ended as ${outcome}${reason === undefined ? "" : ` (${reason})`}.`,
        hint: "Check URL, model and key: plimsoll quick tells what speaks there.",
      },
      outcome === "refused" ? EXIT.unreachable : EXIT.planInvalid,
    );
  }
  if (short === undefined || long === undefined || bad !== undefined) {
    throw new PlimsollError(
      {
        code: "PROBE_TOO_SLOW",
        message: `${warm.length} short questions took the whole budget of ${Math.round(request.budget.ms / 1000)} s.`,
        hint: "Give a larger --budget.",
      },
      EXIT.planInvalid,
    );
  }
  if (few === null || few === undefined || many === null || many === undefined) {
    throw new PlimsollError(
      {
        code: "PROBE_NO_USAGE",
        message: "The server does not report its token counts (usage).",
        hint: "Probe a server that honours stream_options.include_usage.",
      },
      EXIT.planInvalid,
    );
  }
  const { speed, spend } = bench;
  bench.each = Math.max(0.25, (many - few) / (WARM_UP[1] - WARM_UP[0]));
  bench.base = Math.max(0, few - bench.each * WARM_UP[0]);
  for (const one of [short, long]) speed.sawFirst(one.row.inputTokens ?? 1, first(one));
  const gap = median([...short.gaps, ...long.gaps]);
  speed.sawGap(1, gap);
  const largest = LARGEST_SHARE * request.budget.ms;
  bench.output = Math.round(Math.min(OUTPUT.most, Math.max(OUTPUT.least, largest / gap)));
  let longest = Math.min(request.maxPrompt, (context ?? Number.POSITIVE_INFINITY) - bench.output - 8);
  while (longest > many && speed.first(longest) > largest) longest = Math.round(longest / 2);
  if (longest < request.maxPrompt)
    bench.cut.push(
      `prompts are at most ${longest} tokens long, so that one takes no more than ${Math.round(LARGEST_SHARE * 100)} % of the budget`,
    );
  bench.maxPrompt = Math.max(many, longest);
  const least = 3 * speed.first(many) + 3 * bench.output * gap;
  if (!spend.allows(6, 6 * (many + bench.output), least)) {
    throw new PlimsollError(
      {
        code: "PROBE_TOO_SLOW",
        message: `The least that tells anything would take about ${Math.ceil(least / 1000)} s more; ${Math.max(0, Math.floor(spend.left / 1000))} s are left.`,
        hint: "Give a larger --budget.",
      },
      EXIT.planInvalid,
    );
  }
}

/** Sequences that decoded together where others waited for a place. */
function batchLimit({ episodes }: Bench): { readonly maxSeqs?: number } {
  for (const { kind, requests } of episodes) {
    if (kind !== "ladder") continue;
    const queued = queuedIn(requests);
    if (queued > 0) return { maxSeqs: requests.length - queued };
  }
  return {};
}
