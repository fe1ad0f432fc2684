import type { Clock } from "../base/index.ts";
import type { ObserveEventName } from "./event-names.ts";
import { Refusal } from "./exposition/refusal.ts";
import { PartReader, type SeriesRoom } from "./mapping/reader.ts";
import type { Told } from "./settings.ts";
import { LookFailure, type Source } from "./sources/types.ts";

/** Answers in a row that are refused before a source is given up: what is no metrics page does not become one. */
const MOST_REFUSALS = 5;
/**
 * Resets within so many looks after which a source is given up: a server that begins again is away for a while, and counters that fall at
 * every other look are those of several servers behind one address, whose mixture would mean nothing.
 */
const MIXED = { resets: 5, looks: 20 } as const;
/** Events of one source, so that one that comes and goes does not fill the log. */
const MOST_EVENTS = 200;
/** Parts of one source: jobs of a Prometheus server. */
const MOST_PARTS = 100;

interface Lost {
  readonly at: number;
  readonly failed: number;
}

export interface WatchParts {
  readonly source: Source;
  readonly clock: Clock;
  /** Shared by all sources of a run. */
  readonly room: SeriesRoom;
  readonly tell: (told: Told) => void;
}

/** One source over a run: looks at it, never twice at once, and tells what came of it. A look never rejects for what a source does. */
export class Watch {
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #room: SeriesRoom;
  readonly #tell: (told: Told) => void;
  /** By part; the source's own first. */
  readonly #readers = new Map<string, PartReader>();
  readonly #own: PartReader;
  #looking: Promise<void> | undefined;
  /** Ends the last look. */
  #cut = new AbortController();
  #hasLeftOut = false;
  /** Series that were left out, by part: how many, and how many when it was last told. */
  readonly #leftOut = new Map<string, { readonly all: number; readonly told: number }>();
  #failed = 0;
  #lost: Lost | undefined;
  #why: string | undefined;
  #refusals = 0;
  #looks = 0;
  /** Numbers of the looks at which counters had fallen. */
  #resets: number[] = [];
  #isGivenUp = false;
  #events = 0;

  constructor({ source, clock, room, tell }: WatchParts) {
    this.#source = source;
    this.#clock = clock;
    this.#room = room;
    this.#tell = tell;
    this.#own = new PartReader(source.name, source.table, room);
    this.#readers.set(source.name, this.#own);
  }

  /** Resolves when the look has ended; a look that is under way is not joined by another. @param patience ms */
  async look(patience: number): Promise<void> {
    if (this.#isGivenUp) return;
    this.#looking ??= this.#lookOnce(patience).finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  /**
   * Looks once more and lets go of the source. A look that is still under way is given its time first; where that was not enough, a source
   * that does not answer is not asked again. @param patience ms
   */
  async finish(patience: number): Promise<void> {
    const under = this.#looking === undefined ? undefined : this.#cut;
    const timer = setTimeout(() => under?.abort(tooLate()), patience);
    await this.#looking;
    clearTimeout(timer);
    if (under?.signal.aborted !== true) await this.look(patience);
    await this.#source.close();
  }

  async #lookOnce(patience: number): Promise<void> {
    this.#looks++;
    const from = this.#clock.now();
    const cut = new AbortController();
    this.#cut = cut;
    const timer = setTimeout(() => cut.abort(tooLate()), patience);
    try {
      const known = [...this.#readers.values()].flatMap(({ entries }) => entries);
      const { parts, notes } = await this.#source.look(cut.signal, known);
      const at = this.#clock.now();
      this.#answered(at);
      for (const { part, samples } of parts) {
        const reader = this.#reader(part);
        if (reader === undefined) this.#leavePart(part, at);
        else this.#read(reader, part, samples, at);
      }
      for (const { name, detail } of notes) this.#event(at, name, detail);
      this.#scrape(1, at, at - from);
    } catch (error) {
      const at = this.#clock.now();
      this.#fail(error, at);
      this.#scrape(0, at, at - from);
    } finally {
      clearTimeout(timer);
    }
  }

  #read(reader: PartReader, part: string, samples: Parameters<PartReader["read"]>[0], at: number): void {
    const { points, recognised, resets, leftOut } = reader.read(samples, at);
    this.#tell({ points, events: [] });
    if (recognised.length > 0) {
      const servers = recognised.map(({ title }) => title);
      this.#event(at, "recognised", { part, servers, where: this.#source.where, series: samples.length });
    }
    if (resets.length > 0) this.#reset(part, resets, at);
    if (leftOut > 0) this.#leaveSeries(part, leftOut, at);
  }

  #reset(part: string, counters: readonly string[], at: number): void {
    this.#event(at, "reset", { part, counters });
    // Jobs of a Prometheus server begin again each for itself.
    if (part !== this.#source.name) return;
    this.#resets = [...this.#resets.filter((look) => look > this.#looks - MIXED.looks), this.#looks];
    if (this.#resets.length < MIXED.resets) return;
    this.#giveUp(at, {
      code: "several-servers",
      why: "its counters fall again and again: several servers answer at this address",
      hint: "Name each of them in observe.prometheus.",
    });
  }

  #giveUp(at: number, detail: Readonly<Record<string, unknown>>): void {
    this.#isGivenUp = true;
    this.#event(at, "given-up", detail);
  }

  #reader(part: string): PartReader | undefined {
    const known = this.#readers.get(part);
    if (known !== undefined || this.#readers.size >= MOST_PARTS) return known;
    const reader = new PartReader(part, this.#source.table, this.#room);
    this.#readers.set(part, reader);
    return reader;
  }

  /** Told when their number has doubled: a server that names new series at every scrape would fill the log. */
  #leaveSeries(part: string, more: number, at: number): void {
    const { all, told } = this.#leftOut.get(part) ?? { all: 0, told: 0 };
    const isTold = all + more >= 2 * told;
    this.#leftOut.set(part, { all: all + more, told: isTold ? all + more : told });
    if (isTold) this.#event(at, "series-left-out", { part, series: all + more });
  }

  #leavePart(part: string, at: number): void {
    if (!this.#hasLeftOut) this.#event(at, "parts-left-out", { part, most: MOST_PARTS });
    this.#hasLeftOut = true;
  }

  #answered(at: number): void {
    this.#refusals = 0;
    this.#why = undefined;
    if (this.#lost === undefined) return;
    this.#event(at, "back", { for: at - this.#lost.at, failed: this.#failed - this.#lost.failed });
    this.#lost = undefined;
  }

  #fail(error: unknown, at: number): void {
    if (!(error instanceof LookFailure || error instanceof Refusal)) throw error;
    this.#lost ??= { at, failed: this.#failed };
    this.#failed++;
    const isRefused = error instanceof Refusal;
    this.#refusals = isRefused ? this.#refusals + 1 : 0;
    if (this.#why !== error.code) {
      this.#event(at, isRefused ? "refused" : "lost", { code: error.code, why: error.message });
    }
    this.#why = error.code;
    if (this.#refusals >= MOST_REFUSALS) this.#giveUp(at, { code: error.code, refusals: this.#refusals });
  }

  #scrape(up: 0 | 1, at: number, ms: number): void {
    const labels = this.#own.labels(this.#own.server, "");
    const point = (name: string, value: number) => ({ at, name, labels, value });
    this.#tell({
      points: [point("scrape.up", up), point("scrape.ms", ms), point("scrape.failed", this.#failed)],
      events: [],
    });
  }

  #event(at: number, name: ObserveEventName, detail: Readonly<Record<string, unknown>>): void {
    if (this.#events++ >= MOST_EVENTS) return;
    this.#tell({
      points: [],
      events: [{ at, name, detail: { part: this.#source.name, where: this.#source.where, ...detail } }],
    });
  }
}

/** As a timeout of Node's own is called, so that whoever is cut off tells one like the other. */
function tooLate(): DOMException {
  return new DOMException("", "TimeoutError");
}
