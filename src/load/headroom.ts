import type { Exchange } from "../protocols/index.ts";
import type { Board, BoardField } from "./board.ts";

/** What the target's rate limit leaves, as its answers say: the least of this second and the one before. */
export class Headroom {
  readonly #requests: Least;
  readonly #tokens: Least;

  constructor(board: Board, worker: number) {
    this.#requests = new Least(board, worker, "limitRequests");
    this.#tokens = new Least(board, worker, "limitTokens");
  }

  note({ remainingRequests, remainingTokens, headersAt }: Exchange): void {
    this.#requests.note(remainingRequests, headersAt);
    this.#tokens.note(remainingTokens, headersAt);
  }
}

class Least {
  readonly #board: Board;
  readonly #worker: number;
  readonly #field: BoardField;
  #second = Number.NaN;
  #now = Number.POSITIVE_INFINITY;
  #before = Number.POSITIVE_INFINITY;

  constructor(board: Board, worker: number, field: BoardField) {
    this.#board = board;
    this.#worker = worker;
    this.#field = field;
  }

  note(left: number, at: number): void {
    if (Number.isNaN(left)) return;
    const second = Math.floor(at / 1000);
    if (second !== this.#second) {
      this.#before = second === this.#second + 1 ? this.#now : Number.POSITIVE_INFINITY;
      this.#now = Number.POSITIVE_INFINITY;
      this.#second = second;
    }
    this.#now = Math.min(this.#now, left);
    // One more than it is: a board begins with zeros, which say nothing yet.
    this.#board.set(this.#worker, this.#field, Math.min(this.#now, this.#before) + 1);
  }
}
