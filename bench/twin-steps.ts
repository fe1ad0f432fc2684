import { spawnSync } from "node:child_process";
import { z } from "zod";
import { benchArgs } from "./lib/args.ts";
import { compiledScript } from "./lib/compiled.ts";
import { CORES, pinned, pinSelf } from "./lib/pin.ts";
import { bench, finish, mustBe } from "./lib/results.ts";
import { median } from "./lib/rounds.ts";
import { printTable } from "./lib/table.ts";
import type { TwinLoad, TwinRun } from "./lib/twin-load.ts";

/** How many steps of the twin's engine core in a second of one core's CPU, and does a long simulation hold its memory? */
const BATCH = 64;
const measuredSchema = z.object({
  looks: z.array(z.object({ seconds: z.number(), heap: z.number(), resident: z.number() })),
  finished: z.number(),
  preemptions: z.number(),
  running: z.number(),
  hits: z.number().nullable(),
});
type Measured = z.infer<typeof measuredSchema>;

const CHAT: TwinLoad = {
  batch: BATCH,
  prompt: 500,
  answer: 250,
  prefixCache: false,
  fastForward: false,
  noise: false,
  gaps: false,
};
const LONG = { ...CHAT, answer: 4000 };
const LOADS: readonly { readonly name: string; readonly load: TwinLoad }[] = [
  { name: "chat", load: CHAT },
  { name: "chat, noise and gaps", load: { ...CHAT, noise: true, gaps: true } },
  { name: "chat, prefix cache", load: { ...CHAT, prefixCache: true } },
  { name: "long answers", load: LONG },
  { name: "long answers, prefix cache", load: { ...LONG, prefixCache: true } },
  { name: "chat, jumps", load: { ...CHAT, fastForward: true } },
  { name: "long answers, jumps", load: { ...LONG, fastForward: true } },
  { name: "long answers, jumps, noise and gaps", load: { ...LONG, fastForward: true, noise: true, gaps: true } },
];

function measure(run: TwinRun): Measured {
  const [file, ...words] = pinned(CORES.client, [
    process.execPath,
    "--expose-gc",
    compiledScript("twin-client"),
    JSON.stringify(run),
  ]);
  const ended = spawnSync(file, words, { encoding: "utf8" });
  mustBe(ended.status === 0, `the client failed:\n${ended.stderr}`);
  const measured = measuredSchema.parse(JSON.parse(ended.stdout));
  mustBe(measured.running === run.load.batch, `a batch of ${measured.running}, not ${run.load.batch}`);
  mustBe(measured.preemptions === 0, `${measured.preemptions} preemptions in a load without shortage`);
  return measured;
}

const secondsOf = ({ looks }: Measured): number => looks.reduce((sum, { seconds }) => sum + seconds, 0);

await bench(async () => {
  const args = benchArgs({ rounds: 3 });
  const steps = args.quick ? 200_000 : 2_000_000;
  const long = args.quick ? 1_000_000 : 16_000_000;
  console.log(`Engine steps in a second of CPU at batch ${BATCH}, kept full. ${pinSelf()}.`);
  const rates = new Map<string, number[]>(LOADS.map(({ name }) => [name, []]));
  const requests = new Map<string, number>();
  const run = (load: TwinLoad): TwinRun => ({ load, warm: steps / 10, steps, parts: 1 });
  for (let round = 0; round < args.rounds; round++)
    for (const { name, load } of round % 2 === 0 ? LOADS : LOADS.toReversed()) {
      const measured = measure(run(load));
      rates.get(name)?.push(steps / secondsOf(measured) / 1e6);
      requests.set(name, measured.finished / steps);
    }
  const rate = (name: string): number => median(rates.get(name) ?? []);
  printTable(
    ["load", "million steps/s", "least", "most", "answers ended a step"],
    LOADS.map(({ name }) => {
      const all = rates.get(name) ?? [];
      return [name, rate(name), Math.min(...all), Math.max(...all), requests.get(name)];
    }),
  );

  const parts = 8;
  const { looks } = measure({
    load: { ...CHAT, prefixCache: true, noise: true },
    warm: long / parts,
    steps: long,
    parts,
  });
  printTable(
    ["million steps so far", "heap MB", "resident MB"],
    looks.map(({ heap, resident }, i) => [((i + 2) * long) / parts / 1e6, heap, resident]),
  );
  const first = looks[0];
  const last = looks.at(-1);
  finish("twin-steps", args, { rates: Object.fromEntries(rates), looks }, [
    { what: "million steps/s, chat, no jumps", limit: 1, sense: "at least", measured: rate("chat") },
    {
      what: "million steps/s, chat with prefix cache",
      limit: 1,
      sense: "at least",
      measured: rate("chat, prefix cache"),
    },
    { what: "million steps/s, long answers", limit: 1, sense: "at least", measured: rate("long answers") },
    {
      what: "MB of heap that the second to last part of a long run adds",
      limit: 1,
      sense: "at most",
      measured: first === undefined || last === undefined ? undefined : last.heap - first.heap,
    },
  ]);
});
