import type { Tally } from "../../record/index.ts";
import { evidenceOf, type Stretch, wordOf } from "./evidence.ts";
import { type Look, pileUp } from "./growth.ts";
import type { SearchLimit } from "./limits.ts";
import { stretchOf } from "./tally-stretch.ts";

export interface ProbeWatchOptions {
  readonly limits: readonly SearchLimit[];
  readonly personas: readonly string[];
  /** Place of the stage that counts among the plan's stages, and ms of the run at which it begins. */
  readonly stage: number;
  readonly from: number;
  /** ms of that stage that are looked at before anything is said. */
  readonly least: number;
  /** ms of that stage at most; looks are spread over it. */
  readonly most: number;
  /** Sessions come whether or not answers do, so a queue can grow without end. */
  readonly open: boolean;
  /**
   * The probe measures near the limit: only a queue without end ends it early. A stretch that is cut when it looks clear has missed the bursts that decide, or
   * saw nothing else, and would draw the limit's place to its own side.
   */
  readonly measures: boolean;
}

/**
 * Standard errors beyond which a probe is clear. Twenty looks at such a constant bound are wrong in about 2 % together (Pocock, Biometrika 64 (1977), gives
 * 2.67 for 5 % and two sides).
 */
export const CLEAR = 3;
const LOOKS = 20;
/** Attempts below which no share is looked at. */
const FEWEST = 40;

/** Why a probe may end before its time. */
export interface Clear {
  readonly word: "holds" | "breaks";
  readonly saturated: boolean;
}

/**
 * The sequential test of one probe: takes tallies as they come, and says when the probe is clear. What is doubtful goes on to its full time. A
 * queue that grows without end is clear, too: it breaks.
 */
export class ProbeWatch {
  readonly #options: ProbeWatchOptions;
  readonly #stretches: Stretch[][];
  readonly #looks: Look[] = [];
  #arrived = 0;
  #next: number;
  #clear: Clear | undefined;

  constructor(options: ProbeWatchOptions) {
    this.#options = options;
    this.#stretches = options.limits.map(() => []);
    this.#next = options.from + options.least;
  }

  get clear(): Clear | undefined {
    return this.#clear;
  }

  add(tally: Tally): void {
    const { limits, personas, stage } = this.#options;
    const cells = tally.cells.filter((cell) => cell.stage === stage);
    for (const cell of cells) this.#arrived += cell.outcomes.reduce((sum, count) => sum + count, 0);
    for (const [i, limit] of limits.entries()) {
      const { persona } = limit.threshold.filters;
      const parts = cells
        .filter((cell) => persona === undefined || personas[cell.persona] === persona)
        .map((cell) => stretchOf(limit, cell));
      const whole = {
        hits: parts.reduce((sum, part) => sum + part.hits, 0),
        n: parts.reduce((sum, part) => sum + part.n, 0),
      };
      if (whole.n > 0) this.#stretches[i]?.push(whole);
    }
  }

  /** Looks at the probe at `now` (ms of the run); why to end it, as a sentence, or undefined: let it go on. */
  enough(now: number, inFlight: number): string | undefined {
    const { limits, from, most, open, measures } = this.#options;
    if (now < from || this.#clear !== undefined) return this.#clear && wordsOf(this.#clear);
    this.#looks.push({ at: now, inFlight });
    if (now < this.#next) return undefined;
    this.#next = now + most / LOOKS;
    const growing = open ? pileUp(this.#looks, this.#arrived) : 0;
    if (growing > 0) this.#clear = { word: "breaks", saturated: true };
    else if (!measures) {
      const seen = limits.map((limit, i) => {
        const evidence = evidenceOf(limit, this.#stretches[i] ?? []);
        return evidence !== undefined && evidence.samples >= FEWEST ? evidence : undefined;
      });
      const word = wordOf(seen, CLEAR);
      if (word !== "doubtful") this.#clear = { word, saturated: false };
    }
    return this.#clear && wordsOf(this.#clear);
  }
}

function wordsOf({ word, saturated }: Clear): string {
  if (saturated) return "Requests in flight grow without end at this load: the probe has seen enough.";
  return word === "holds"
    ? "Every limit clearly holds: the probe has seen enough."
    : "A limit is clearly broken: the probe has seen enough.";
}
