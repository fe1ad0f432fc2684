import type { TraceFacts } from "../read.ts";
import type { TraceFormat, TraceRow, TurnLengths } from "../types.ts";
import { Conversations, type SessionStatistics } from "./conversations.ts";
import { type DiurnalStatistics, diurnal } from "./diurnal.ts";
import { type LengthStatistics, Lengths } from "./lengths.ts";
import { Pairs } from "./pairs.ts";
import { type RateStatistics, Rates } from "./rates.ts";
import { Reuse, type ReuseStatistics } from "./reuse.ts";
import { type TenantStatistics, Tenants } from "./tenants.ts";

/** What a trace looks like. */
export interface TraceStatistics {
  readonly format: { readonly name: string; readonly title: string };
  /** What a later turn's input counts. */
  readonly turns: TurnLengths;
  readonly requests: number;
  /** First request, as a date where the trace tells dates. */
  readonly begins?: string;
  /** ms from the first request to the last. */
  readonly length: number;
  readonly rate?: RateStatistics;
  readonly input: LengthStatistics;
  readonly output: LengthStatistics;
  /** Pearson's, of input and output. */
  readonly correlation?: number;
  readonly images?: { readonly requests: number; readonly images: number };
  readonly reuse?: ReuseStatistics;
  readonly sessions?: SessionStatistics;
  readonly tenants?: TenantStatistics;
  readonly diurnal?: DiurnalStatistics;
  /** Rate over time, in even steps, requests a second. */
  readonly rates: readonly number[];
  /** Requests by length: bounds in tokens, and how many lie between each and the next. */
  readonly histograms: { readonly input: LengthHistogram; readonly output: LengthHistogram };
}

export interface LengthHistogram {
  /** One more than counts; powers of 2 apart. */
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

const STEPS = 240;

/** Takes a trace's rows in order of time, and says what it looks like; memory grows with its seconds, conversations and block ids alone. */
export class Describing {
  readonly #rates = new Rates();
  readonly #input = new Lengths();
  readonly #output = new Lengths();
  readonly #pairs = new Pairs();
  readonly #conversations = new Conversations();
  readonly #tenants = new Tenants();
  #reuse: Reuse | undefined;
  #images = 0;
  #withImages = 0;

  add(row: TraceRow, { blockTokens }: TraceFormat): void {
    this.#rates.add(row.at);
    this.#input.add(row.input);
    this.#output.add(row.output);
    this.#pairs.add(row.input, row.output);
    if (row.session !== undefined) this.#conversations.add(row.session, row.at);
    if (row.tenant !== undefined) this.#tenants.add(row.tenant);
    if (row.images !== undefined && row.images > 0) {
      this.#images += row.images;
      this.#withImages++;
    }
    if (row.blocks !== undefined && blockTokens !== undefined) {
      this.#reuse ??= new Reuse(blockTokens);
      this.#reuse.add(row.input, row.blocks);
    }
  }

  /** Undefined where there was no row. */
  result({ format }: TraceFacts): TraceStatistics | undefined {
    const [input, output] = [this.#input.result(), this.#output.result()];
    if (format === undefined || input === undefined || output === undefined) return undefined;
    const rate = this.#rates.result();
    const correlation = this.#pairs.correlation();
    const reuse = this.#reuse?.result();
    const sessions = this.#conversations.result();
    const tenants = this.#tenants.result();
    const day = diurnal(this.#rates.bySecond, this.#rates.first, format.dated);
    return {
      format: { name: format.name, title: format.title },
      turns: format.turns,
      requests: this.#rates.requests,
      ...(format.dated ? { begins: new Date(this.#rates.first).toISOString() } : {}),
      length: this.#rates.length,
      ...(rate === undefined ? {} : { rate }),
      input,
      output,
      ...(correlation === undefined ? {} : { correlation }),
      ...(this.#images === 0 ? {} : { images: { requests: this.#withImages, images: this.#images } }),
      ...(reuse === undefined ? {} : { reuse }),
      ...(sessions === undefined ? {} : { sessions }),
      ...(tenants === undefined ? {} : { tenants }),
      ...(day === undefined ? {} : { diurnal: day }),
      rates: stepsOf(this.#rates.bySecond),
      histograms: { input: histogramOf(this.#input), output: histogramOf(this.#output) },
    };
  }
}

function stepsOf(bySecond: Uint32Array): number[] {
  const steps = Math.min(STEPS, bySecond.length);
  return Array.from({ length: steps }, (_, i) => {
    const from = Math.floor((i * bySecond.length) / steps);
    const to = Math.floor(((i + 1) * bySecond.length) / steps);
    let sum = 0;
    for (let second = from; second < to; second++) sum += bySecond[second] ?? 0;
    return sum / (to - from);
  });
}

function histogramOf(lengths: Lengths): LengthHistogram {
  const sorted = lengths.sorted();
  const least = sorted.find(([value]) => value > 0)?.[0] ?? 1;
  const most = Math.max(least, sorted.at(-1)?.[0] ?? 1);
  const first = Math.floor(Math.log2(least));
  const bounds = Array.from({ length: Math.floor(Math.log2(most)) - first + 2 }, (_, i) => 2 ** (first + i));
  const counts = bounds.slice(1).map(() => 0);
  for (const [value, count] of sorted) {
    const i = value > 0 ? Math.floor(Math.log2(value)) - first : 0;
    counts[i] = (counts[i] ?? 0) + count;
  }
  return { bounds, counts };
}
