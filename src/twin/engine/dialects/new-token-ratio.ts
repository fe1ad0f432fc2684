/** sglang's environ.py: where the share starts, how far it falls and in how many decode steps, and the steps that a retraction provides for. */
const INITIAL = 0.7;
const LEAST_FACTOR = 0.14;
const DECAY_STEPS = 600;
const RETRACT_STEPS = 20;

interface Answering {
  readonly generated: number;
  readonly request: { readonly maxTokens?: number; readonly outputTokens: number };
}

/**
 * SGLang's guess at the share of their caps that running answers will still use (new_token_ratio): it falls with each decode step that found memory, jumps
 * to what the batch has used after a retraction, and starts again when the engine is idle.
 */
export class NewTokenRatio {
  current: number;
  private readonly initial: number;
  private readonly least: number;
  private readonly decay: number;

  constructor(conservativeness: number) {
    this.initial = Math.min(INITIAL * conservativeness, 1);
    this.least = this.initial * LEAST_FACTOR;
    this.decay = (this.initial - this.least) / DECAY_STEPS;
    this.current = this.initial;
  }

  decoded(): void {
    this.current = Math.max(this.least, this.current - this.decay);
  }

  idle(): void {
    this.current = this.initial;
  }

  /** From the sequences that stay. */
  retracted(staying: readonly Answering[]): void {
    let decoded = RETRACT_STEPS * staying.length;
    let caps = 1;
    for (const { generated, request } of staying) {
      decoded += generated;
      caps += request.maxTokens ?? request.outputTokens;
    }
    this.current = Math.min(1, decoded / caps);
  }
}
