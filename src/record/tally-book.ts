import { type MetricName, OUTCOME_NAMES, OUTCOMES } from "../base/index.ts";
import { BUCKETS, bucketOf, toSparse } from "../stats/index.ts";
import { codeIndex } from "./code-map.ts";
import type { ColumnArrays } from "./columns.ts";
import type { Dictionary } from "./dictionary.ts";
import { type Figure, partOf } from "./figures.ts";
import { type AnswerLimit, keeps } from "./limits.ts";
import type { TallyCell, WorkerToRecorder } from "./messages.ts";

export interface TallyScope {
  readonly stages: readonly string[];
  readonly personas: readonly string[];
  readonly figures: readonly Figure[];
  readonly limits: readonly AnswerLimit[];
  /** The one whose codes the rows hold. */
  readonly dictionary: Dictionary;
}

type GapCell = Extract<WorkerToRecorder, { kind: "gaps" }>["cells"][number];

interface Check {
  /** Index of the limit's figure. */
  readonly figure: number;
  readonly limit: AnswerLimit;
}

interface OpenCell {
  readonly stage: number;
  readonly persona: number;
  readonly checks: readonly Check[];
  touched: boolean;
  sessions: number;
  outcomes: number[];
  good: number;
  input: number;
  cached: number;
  output: number;
  reasoning: number;
  cost: number;
  /** By figure. */
  readonly counts: Uint32Array[];
  readonly gaps: Uint32Array;
}

/** Counts what the recorder takes in, per stage and persona, until the conductor is told. */
export class TallyBook {
  readonly #scope: TallyScope;
  /** Index into the plan's stages, its personas or OUTCOMES of a row's codes; -1 for a name that is not in the list. */
  readonly #stageOf: (code: number) => number;
  readonly #personaOf: (code: number) => number;
  readonly #outcomeOf: (code: number) => number;
  readonly #cells = new Map<number, OpenCell>();
  #unknown = 0;

  constructor(scope: TallyScope) {
    const { dictionary, stages, personas } = scope;
    this.#scope = scope;
    this.#stageOf = codeIndex(dictionary, stages);
    this.#personaOf = codeIndex(dictionary, personas);
    this.#outcomeOf = codeIndex(dictionary, OUTCOME_NAMES);
  }

  /** Rows that named a stage, persona or outcome that the plan does not know; they are in no cell. */
  get unknown(): number {
    return this.#unknown;
  }

  /** Counts the rows `from` to `to` (exclusive). */
  add(columns: ColumnArrays, from: number, to: number): void {
    const { figures } = this.#scope;
    const values = figures.map((figure) => figure.value(columns));
    const waits = figures.map((figure) => figure.wait?.(columns));
    for (let row = from; row < to; row++) {
      const stage = this.#stageOf(columns.stage[row] ?? -1);
      const persona = this.#personaOf(columns.persona[row] ?? -1);
      const outcome = this.#outcomeOf(columns.outcome[row] ?? -1);
      const entry = OUTCOMES[outcome];
      if (stage < 0 || persona < 0 || entry === undefined) {
        this.#unknown++;
        continue;
      }
      const cell = this.#cell(stage, persona);
      cell.outcomes[outcome] = (cell.outcomes[outcome] ?? 0) + 1;
      if (isFirst(columns, row)) cell.sessions++;
      for (let i = 0; i < figures.length; i++) {
        const figure = figures[i];
        const counts = cell.counts[i];
        if (figure === undefined || counts === undefined) continue;
        const value = values[i]?.(row) ?? Number.NaN;
        const part = partOf(figure, value, entry);
        if (part === "value") count(counts, value);
        else if (part === "wait") count(counts, waits[i]?.(row) ?? Number.NaN);
      }
      if (
        entry.answered &&
        cell.checks.every((check) => keeps(check.limit, values[check.figure]?.(row) ?? Number.NaN))
      ) {
        cell.good++;
      }
      cell.input += Math.max(0, columns.inputTokens[row] ?? 0);
      cell.cached += Math.max(0, columns.cachedTokens[row] ?? 0);
      cell.output += Math.max(0, columns.outputTokens[row] ?? 0);
      cell.reasoning += Math.max(0, columns.reasoningTokens[row] ?? 0);
      const cost = columns.cost[row] ?? Number.NaN;
      if (!Number.isNaN(cost)) cell.cost += cost;
    }
  }

  addGaps(cells: readonly GapCell[]): void {
    for (const { stage, persona, buckets, counts } of cells) {
      const { gaps } = this.#cell(stage, persona);
      buckets.forEach((bucket, i) => {
        gaps[bucket] = (gaps[bucket] ?? 0) + (counts[i] ?? 0);
      });
    }
  }

  /** The deltas since the last call. A cell that saw nothing is dropped: its histograms are worth more than its reuse. */
  take(): readonly TallyCell[] {
    const taken: TallyCell[] = [];
    for (const [key, cell] of this.#cells) {
      if (!cell.touched) {
        this.#cells.delete(key);
        continue;
      }
      taken.push(this.#close(cell));
    }
    return taken;
  }

  #cell(stage: number, persona: number): OpenCell {
    const key = stage * this.#scope.personas.length + persona;
    const known = this.#cells.get(key);
    if (known) {
      known.touched = true;
      return known;
    }
    const { figures, limits, stages, personas } = this.#scope;
    const checks = limits.flatMap((limit): Check[] => {
      const figure = figures.findIndex((candidate) => candidate.name === limit.metric);
      const here =
        (limit.stage ?? stages[stage]) === stages[stage] && (limit.persona ?? personas[persona]) === personas[persona];
      return figure >= 0 && here ? [{ figure, limit }] : [];
    });
    const cell: OpenCell = {
      stage,
      persona,
      checks,
      touched: true,
      ...ZERO,
      outcomes: OUTCOMES.map(() => 0),
      counts: figures.map(() => new Uint32Array(BUCKETS)),
      gaps: new Uint32Array(BUCKETS),
    };
    this.#cells.set(key, cell);
    return cell;
  }

  #close(cell: OpenCell): TallyCell {
    const metrics: Partial<Record<MetricName, ReturnType<typeof toSparse>>> = {};
    const close = (name: MetricName, counts: Uint32Array | undefined): void => {
      if (counts === undefined) return;
      const sparse = toSparse(counts);
      if (sparse.buckets.length > 0) metrics[name] = sparse;
      counts.fill(0);
    };
    this.#scope.figures.forEach((figure, i) => {
      close(figure.name, cell.counts[i]);
    });
    close("itl", cell.gaps);
    const { stage, persona, sessions, outcomes, good, input, cached, output, reasoning, cost } = cell;
    Object.assign(cell, ZERO, { outcomes: OUTCOMES.map(() => 0), touched: false });
    return { stage, persona, sessions, outcomes, good, tokens: { input, cached, output, reasoning }, cost, metrics };
  }
}

/** The attempt that a session begins with. */
function isFirst({ turn, attempt, agent, step }: ColumnArrays, row: number): boolean {
  return turn[row] === 0 && attempt[row] === 0 && (agent[row] ?? 0) <= 0 && (step[row] ?? 0) <= 0;
}

const ZERO = { sessions: 0, good: 0, input: 0, cached: 0, output: 0, reasoning: 0, cost: 0 };

function count(counts: Uint32Array, ms: number): void {
  if (Number.isNaN(ms)) return;
  const bucket = bucketOf(ms);
  counts[bucket] = (counts[bucket] ?? 0) + 1;
}
