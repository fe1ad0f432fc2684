import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { CallFigures, Failure, Reply, Served } from "../../stack/types.ts";
import type { Lateness } from "../lateness.ts";
import type { AnswerEnd, AnswerHead, StreamWriter, Wire } from "../wire/types.ts";
import type { Preparable, Preparer } from "./prepare.ts";
import { StreamOut } from "./stream-out.ts";
import type { Writing, Written } from "./writing.ts";

/** What a reply needs of its request and of the service, whichever way it is written. */
export interface ReplyParts {
  readonly response: ServerResponse;
  readonly wire: Wire;
  readonly writing: Writing;
  readonly now: () => number;
  readonly lateness: Lateness;
  readonly preparer: Preparer;
  head(served: Served): AnswerHead;
  headers(served: Served): OutgoingHttpHeaders;
  /** Refuses with an error: the answer has not begun. */
  refuse(failure: Failure): void;
  /** The reader is too slow: it is cut, and its call cancelled. */
  tooSlow(): void;
  /** The answer is whole. */
  over(head: AnswerHead, end: AnswerEnd): void;
}

/** The entry's calls end without an answer: it leads to no model. */
export const NO_MODEL: Failure = {
  status: 501,
  code: "no_answer",
  message: "This stack gives no answers: its entry leads to no pool, external provider or cache.",
  part: "",
};

interface Begun {
  readonly head: AnswerHead;
  readonly written: Written;
  readonly writer: StreamWriter;
}

/** Writes an answer as its tokens leave: what leaves together is one write. */
export class StreamReply implements Reply, Preparable {
  readonly #parts: ReplyParts;
  readonly #out: StreamOut;
  #begun: Begun | undefined;
  #sent = 0;
  #events = 0;
  #opened = false;
  /** The last text, for as long as its step lasts: the answer's end follows, and belongs to the same write. */
  #held = "";
  /** The next token's event as it will be written, if it leaves alone; empty where it is not ready. */
  #next = "";

  constructor(parts: ReplyParts) {
    this.#parts = parts;
    this.#out = new StreamOut(parts.response, parts.tooSlow);
  }

  served(_at: number, served: Served): void {
    const { wire, writing } = this.#parts;
    const head = this.#parts.head(served);
    this.#begun = { head, written: writing.written(served.ask), writer: wire.stream(head) };
    this.#out.head(this.#parts.headers(served));
  }

  firstToken(): void {}

  tokens(at: number, count: number): void {
    const begun = this.#begun;
    if (begun === undefined) return;
    const next = this.#next;
    this.#next = "";
    if (next !== "" && count === 1 && this.#out.direct) {
      this.#sent++;
      this.#events++;
      this.#stamp(at);
      this.#out.writeReady(next);
      this.#parts.preparer.ask(this);
      return;
    }
    const { pieces } = begun.written;
    const from = this.#sent;
    this.#sent = Math.min(pieces.length, from + count);
    const text = pieces.slice(from, this.#sent).join("");
    const out =
      this.#held + this.#open(begun) + (text === "" ? "" : begun.writer.text(text, this.#sent, this.#events++));
    this.#held = "";
    if (this.#sent < pieces.length) {
      if (out !== "") this.#write(at, out);
      this.#parts.preparer.ask(this);
      return;
    }
    this.#held = out;
    queueMicrotask(() => {
      const held = this.#held;
      this.#held = "";
      if (held !== "") this.#write(at, held);
    });
  }

  /** Not for the last token, whose write holds the answer's end too, nor for one that a stop sequence leaves without text. */
  prepare(): void {
    const pieces = this.#begun?.written.pieces;
    if (this.#begun === undefined || pieces === undefined || this.#sent >= pieces.length - 1) return;
    const text = pieces[this.#sent] ?? "";
    if (text !== "") this.#next = this.#out.ready(this.#begun.writer.text(text, this.#sent + 1, this.#events));
  }

  done(at: number, figures: CallFigures): void {
    const begun = this.#begun;
    if (begun === undefined) {
      this.#parts.refuse(NO_MODEL);
      return;
    }
    const { head, written, writer } = begun;
    const opening = this.#open(begun);
    const end = endOf(written, this.#sent, figures, head);
    const out = this.#held + opening + writer.close(end, this.#events);
    this.#held = "";
    this.#stamp(at);
    this.#out.end(out);
    this.#parts.over(head, end);
  }

  failed(at: number, failure: Failure): void {
    const begun = this.#begun;
    if (begun === undefined) {
      this.#parts.refuse(failure);
      return;
    }
    const held = this.#held;
    this.#held = "";
    this.#stamp(at);
    if (failure.status === 0) {
      if (held !== "") this.#out.write(held);
      this.#out.sever();
    } else this.#out.end(held + this.#open(begun) + begun.writer.broken(failure, this.#events));
  }

  #open(begun: Begun): string {
    if (this.#opened) return "";
    this.#opened = true;
    return begun.writer.open();
  }

  #write(at: number, text: string): void {
    this.#stamp(at);
    this.#out.write(text);
  }

  #stamp(at: number): void {
    this.#parts.lateness.wrote(at, this.#parts.now());
  }
}

/** The end of an answer of which `sent` pieces have left. */
export function endOf(written: Written, sent: number, figures: CallFigures, head: AnswerHead): AnswerEnd {
  const whole = sent >= written.pieces.length;
  return {
    text: written.pieces.slice(0, sent).join(""),
    finish: whole ? written.finish : "length",
    stopSequence: whole ? written.stopSequence : undefined,
    outputTokens: sent,
    inputTokens: head.inputTokens,
    cachedTokens: figures.cachedTokens,
  };
}
