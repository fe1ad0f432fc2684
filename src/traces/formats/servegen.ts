import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Fault, pushTimed, type Random, randomStream, shiftTimed } from "../../base/index.ts";
import { gammaSample, weibullUnitScale } from "../../stats/index.ts";
import { isRecord } from "../fields.ts";
import type { TraceSource } from "../parser.ts";
import type { TraceFormat, TraceRow } from "../types.ts";

const TRACE_FILE = /^(.*)-trace\.csv$/;
/** s; a client's last window lasts as long as the others. */
const WINDOW = 600;
/** Draws are the same in every run: a replay of the same clients is the same traffic. */
const SEED = 20_260_101;

export const SERVEGEN: TraceFormat = {
  name: "servegen",
  title: "ServeGen clients",
  turns: "cumulative",
  linked: false,
  dated: false,
  recognises: () => false,
  reader: () => ({ problem: "ServeGen's clients are a folder", hint: "Name the folder, or one chunk-i-trace.csv." }),
};

/** A folder of clients, or the trace file of one. */
export function isServeGen({ file, format, columns }: TraceSource): boolean {
  if (columns !== undefined || (format !== undefined && format !== SERVEGEN.name)) return false;
  return format === SERVEGEN.name || isFolder(file) || (TRACE_FILE.test(basename(file)) && hasClientRow(file));
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function hasClientRow(file: string): boolean {
  const [first = ""] = readFileSync(file, "utf8").slice(0, 1000).split("\n");
  return /^[\d.eE+-]+,[^,]*,[^,]*,(Gamma|Weibull|)?,/.test(first);
}

interface Window {
  /** s from the trace's start. */
  readonly at: number;
  /** Requests a second. */
  readonly rate: number;
  readonly pattern: string;
  readonly shape: number;
}

/** Lengths and how often each occurs, the shares added up. */
interface Lengths {
  readonly values: Float64Array;
  readonly sums: Float64Array;
}

interface LengthsAt {
  readonly at: number;
  readonly input: Lengths;
  readonly output: Lengths;
  readonly images: Lengths | undefined;
}

interface Client {
  readonly name: string;
  readonly windows: readonly Window[];
  readonly lengths: readonly LengthsAt[];
}

/**
 * Traffic composed of clients, each with windows of 600 s: as many requests as its rate says, their gaps drawn from the window's Gamma or Weibull
 * distribution (exponential where it names none) and scaled to fill it; lengths drawn from the client's own, of the window's time. As Xiang et
 * al., "ServeGen" (NSDI 2026), compose theirs. Every reading gives the same rows. A client is a tenant.
 */
export function readServeGen(
  place: string,
  each: (row: TraceRow) => boolean,
): { format: TraceFormat; faults: Fault[] } {
  const faults: Fault[] = [];
  const clients = tracesOf(place).flatMap((file) => readClient(file, faults) ?? []);
  if (clients.length === 0 && faults.length === 0) {
    faults.push({
      code: "TRACE_FORMAT",
      message: `${place} holds no clients of ServeGen`,
      file: place,
      hint: "Name a folder with files such as chunk-0-trace.csv and chunk-0-dataset.json.",
    });
  }
  const heap: { at: number; order: number; row: TraceRow; rest: Iterator<TraceRow> }[] = [];
  const next = (rest: Iterator<TraceRow>, order: number): void => {
    const step = rest.next();
    if (step.done !== true) pushTimed(heap, { at: step.value.at, order, row: step.value, rest });
  };
  for (const [order, client] of clients.entries()) next(rowsOf(client), order);
  for (let first = shiftTimed(heap); first !== undefined; first = shiftTimed(heap)) {
    if (!each(first.row)) break;
    next(first.rest, first.order);
  }
  return { format: SERVEGEN, faults };
}

function tracesOf(place: string): string[] {
  if (!isFolder(place)) return [place];
  const number = (name: string): number => Number(/(\d+)-trace\.csv$/.exec(name)?.[1] ?? 0);
  return readdirSync(place)
    .filter((name) => TRACE_FILE.test(name))
    .sort((a, b) => number(a) - number(b) || (a < b ? -1 : 1))
    .map((name) => join(place, name));
}

function readClient(file: string, faults: Fault[]): Client | undefined {
  const name = TRACE_FILE.exec(basename(file))?.[1] ?? basename(file);
  const dataset = join(dirname(file), `${name}-dataset.json`);
  const windows = readWindows(file, faults);
  const lengths = readLengths(dataset, faults);
  return lengths === undefined || lengths.length === 0 ? undefined : { name, windows, lengths };
}

function readWindows(file: string, faults: Fault[]): Window[] {
  const windows: Window[] = [];
  readFileSync(file, "utf8")
    .split("\n")
    .forEach((text, i) => {
      if (text.trim() === "") return;
      const [at, rate, , pattern = "", shape] = text.split(",").map((cell) => cell.trim());
      const window = { at: Number(at), rate: Number(rate || 0), pattern, shape: Number(shape || 0) };
      if (Number.isFinite(window.at) && window.rate >= 0 && window.shape >= 0) windows.push(window);
      else
        faults.push({
          code: "TRACE_VALUE",
          message: `${file}, line ${i + 1}: this is no window of a client`,
          file,
          line: i + 1,
          received: text.slice(0, 80),
          hint: "Write t,rate,cv,pattern,shape,scale, all but the pattern numbers.",
        });
    });
  return windows.sort((a, b) => a.at - b.at);
}

function readLengths(file: string, faults: Fault[]): LengthsAt[] | undefined {
  const fault = (message: string, hint: string): undefined => {
    faults.push({ code: "TRACE_FORMAT", message: `${file}: ${message}`, file, hint });
    return undefined;
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "no JSON";
    return fault(`it cannot be read (${why})`, "Put the client's dataset beside its trace.");
  }
  if (!isRecord(parsed)) return fault("it is no JSON object", "Put the client's dataset there.");
  const lengths = Object.entries(parsed).flatMap(([at, value]): LengthsAt[] => {
    if (!isRecord(value) || !Number.isFinite(Number(at))) return [];
    const [input, output, images] = ["input_tokens", "output_tokens", "image_num"].map((key) => lengthsIn(value[key]));
    return input === undefined || output === undefined ? [] : [{ at: Number(at), input, output, images }];
  });
  if (lengths.length === 0)
    return fault("no window has lengths of inputs and outputs", "Take the client out, or mend its dataset.");
  return lengths.sort((a, b) => a.at - b.at);
}

/** `{100: 0.5, 200: 0.5}`, written by Python; read as numbers, never run. */
function lengthsIn(value: unknown): Lengths | undefined {
  if (typeof value !== "string") return undefined;
  const pairs = [...value.matchAll(/(\d+(?:\.\d+)?)\s*:\s*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g)];
  if (pairs.length === 0) return undefined;
  const sums = new Float64Array(pairs.length);
  pairs.forEach(([, , share], i) => {
    sums[i] = (sums[i - 1] ?? 0) + Number(share);
  });
  return { values: Float64Array.from(pairs, ([, length]) => Math.round(Number(length))), sums };
}

function draw({ values, sums }: Lengths, random: Random): number {
  const goal = random.next() * (sums[sums.length - 1] ?? 0);
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > goal) high = middle;
    else low = middle + 1;
  }
  return values[low] ?? 0;
}

function* rowsOf({ name, windows, lengths }: Client): Generator<TraceRow, undefined> {
  for (const [i, { at, rate, pattern, shape }] of windows.entries()) {
    const seconds = Math.min(WINDOW, (windows[i + 1]?.at ?? Number.POSITIVE_INFINITY) - at);
    const random = randomStream(SEED, "servegen", name, at);
    const count = Math.floor(rate * seconds + random.next());
    if (count === 0) continue;
    const sums = new Float64Array(count + 1);
    let sum = 0;
    for (let k = 0; k <= count; k++) {
      sum += gap(random, pattern, shape);
      sums[k] = sum;
    }
    const drawn = lengths.findLast((window) => window.at <= at) ?? lengths[0];
    if (drawn === undefined) return;
    for (let k = 0; k < count; k++) {
      const images = drawn.images === undefined ? {} : { images: draw(drawn.images, random) };
      yield {
        at: (at + (seconds * (sums[k] ?? 0)) / sum) * 1000,
        input: draw(drawn.input, random),
        output: draw(drawn.output, random),
        ...images,
        tenant: name,
      };
    }
  }
}

/** Only its shape counts, since gaps are scaled to fill the window. */
function gap(random: Random, pattern: string, shape: number): number {
  const exponential = -Math.log(1 - random.next());
  if (pattern === "Gamma" && shape > 0) return gammaSample(random, shape);
  if (pattern === "Weibull" && shape > 0) return weibullUnitScale(shape) * exponential ** (1 / shape);
  return exponential;
}
