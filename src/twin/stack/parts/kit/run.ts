import type { AnswerProgress, Flight } from "../../types.ts";

/** A call inside a part. Ends once, whichever of an end and its caller's leaving comes first, and frees what it holds before anyone hears of it. */
export abstract class Run implements Flight {
  #over = false;

  get over(): boolean {
    return this.#over;
  }

  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.release();
    this.left();
  }

  /** Of the call that answers, where one does. */
  progress(): AnswerProgress | undefined {
    return undefined;
  }

  /** Frees everything, then tells; nothing when the run is over already. */
  protected end(tell: () => void): void {
    if (this.#over) return;
    this.#over = true;
    this.release();
    tell();
  }

  /** Gives back every place, timer and call that the run holds. */
  protected abstract release(): void;

  /** The caller left. */
  protected left(): void {}
}
