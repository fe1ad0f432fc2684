/**
 * Probes llama.cpp's server, fits its engine, predicts loads that were not fitted and measures the same loads with `run`.
 *
 *   PLIMSOLL_LLAMA_SERVER=/path/to/llama-server PLIMSOLL_LLAMA_MODEL=/path/to/model.gguf npx jiti bench/twin-llama.ts
 *
 * The server gets a core of its own (taskset), one thread, and 8 slots. Nothing else may run on the machine meanwhile. About eight minutes.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { resolvePlan } from "../src/plan/index.ts";
import { run } from "../src/run/index.ts";
import {
  compare,
  type Episode,
  type FitResult,
  fitEngine,
  type Measure,
  probeEngine,
  readEvidence,
} from "../src/twin/index.ts";
import { CORES, pinned, pinSelf } from "./lib/pin.ts";

const server = process.env.PLIMSOLL_LLAMA_SERVER;
const model = process.env.PLIMSOLL_LLAMA_MODEL;
const LOADS = [0.6, 0.9];
const PROBE_MS = 100_000;
const RUN_S = 60;
const OUTPUT = 24;

if (server === undefined || model === undefined) {
  process.stdout.write("Set PLIMSOLL_LLAMA_SERVER and PLIMSOLL_LLAMA_MODEL; nothing was measured.\n");
} else await main(server, model);

async function main(binary: string, weights: string): Promise<void> {
  // The engine has core 1 to itself: the client's threads, which inherit this, stay on core 0.
  pinSelf();
  const port = await freePort();
  const args = [
    "-m",
    weights,
    "--parallel",
    "8",
    "-c",
    "16384",
    "-t",
    "1",
    "-tb",
    "1",
    "--metrics",
    "--port",
    String(port),
  ];
  const [command, ...rest] = pinned(CORES.client, [binary, ...args, "--host", "127.0.0.1"]);
  const child = spawn(command, rest, { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-llama-"));
  try {
    await ready(url);
    const load = loadavg()[0] ?? Number.NaN;
    process.stdout.write(`machine: ${cpus().length} cores, load average ${load.toFixed(1)} before the probe\n`);
    await quiet(url, "before the probe");
    const probed = await probeEngine({
      url,
      headers: {},
      iOwnThisTarget: false,
      budget: { ms: PROBE_MS, requests: 300, tokens: 100_000 },
      maxPrompt: 192,
      seed: Date.now() % 2 ** 31,
      tell: () => undefined,
    });
    const file = join(folder, "probe.json");
    writeFileSync(file, JSON.stringify(probed.file));
    const { observations, settings } = await readEvidence({ runs: [file] });
    const fitted = fitEngine(observations, settings, {
      seed: 1,
      holdout: 0,
      budgetMs: 60_000,
      now: () => performance.now(),
    });
    process.stdout.write(
      `${JSON.stringify(fitted.engine.costs)}\nprobe: ${JSON.stringify(probed.spent)} ${probed.file.notes.join("; ")}\n`,
    );
    const capacity = capacityOf(fitted);
    process.stdout.write(`capacity by the model: ${capacity.toFixed(2)} requests/s of 48 tokens in, ${OUTPUT} out\n\n`);
    for (const share of LOADS) {
      await quiet(url, "before the load");
      report(share, await measured(url, probed.file.model, share * capacity, folder, fitted));
    }
    await quiet(url, "at the end");
  } finally {
    child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Requests a second when 64 come at once, by the fitted model. */
function capacityOf(fitted: FitResult): number {
  const requests = Array.from({ length: 64 }, () => ({
    arrivedAt: 0,
    scheduledAt: Number.NaN,
    firstTokenAt: 1,
    lastTokenAt: 1e7,
    inputTokens: 48,
    outputTokens: OUTPUT,
    cachedTokens: 24,
  }));
  const [model] = compare(fitted, [{ kind: "run", requests }]).predicted;
  return 64_000 / Math.max(...(model?.lastTokenAt ?? []));
}

async function measured(
  url: string,
  name: string,
  rate: number,
  folder: string,
  fitted: FitResult,
): Promise<readonly Measure[]> {
  const { plan } = resolvePlan({
    name: "llama",
    target: { url: `${url}/v1`, protocol: "openai-chat", model: name, parameters: { ignore_eos: true } },
    workload: {
      personas: [{ name: "user", prompts: { synthetic: { tokens: 20 } }, turns: 1, maxTokens: OUTPUT }],
      arrivals: { process: "poisson" },
    },
    stages: [{ steady: `${RUN_S}s`, at: `${rate.toFixed(3)}/s` }],
    runs: join(folder, "runs"),
  });
  let path = "";
  await run(plan, { onFolder: (at) => (path = at) });
  const { observations } = await readEvidence({ runs: [path] });
  const episodes: readonly Episode[] = observations.episodes;
  return compare(fitted, episodes).measures;
}

function report(share: number, list: readonly Measure[]): void {
  process.stdout.write(
    `Poisson at ${share * 100} % of capacity\n| figure | n | measured | predicted | off |\n| --- | --- | --- | --- | --- |\n`,
  );
  for (const { name, n, measured: seen, predicted } of list)
    process.stdout.write(
      `| ${name} | ${n} | ${seen.toFixed(1)} | ${predicted.toFixed(1)} | ${((predicted / seen - 1) * 100).toFixed(1)} % |\n`,
    );
  process.stdout.write("\n");
}

/** One short answer, three times: where these differ from one stretch to the next, something else had the machine and the table means nothing. */
async function quiet(url: string, when: string): Promise<void> {
  const took: number[] = [];
  for (let k = 0; k < 3; k++) {
    const from = performance.now();
    const answer = await fetch(`${url}/completion`, {
      method: "POST",
      body: JSON.stringify({ prompt: `${from} tell me a story`, n_predict: 32, ignore_eos: true }),
    });
    await answer.text();
    took.push(performance.now() - from);
  }
  process.stdout.write(`${when}, 32 tokens alone take ${took.map((ms) => Math.round(ms)).join(", ")} ms\n\n`);
}

async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    const ok = await fetch(`${url}/health`).then(
      (answer) => answer.ok,
      () => false, // not listening yet
    );
    if (ok) return;
    await sleep(500);
  }
  throw new Error("llama-server did not start within a minute");
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
