import type { CallFigures, Failure, Reply, Served } from "../../stack/types.ts";
import { sendJson } from "../http/respond.ts";
import { endOf, NO_MODEL, type ReplyParts } from "./stream-reply.ts";

/** Writes an answer as one JSON body, when its last token has left. */
export class WholeReply implements Reply {
  readonly #parts: ReplyParts;
  #served: Served | undefined;

  constructor(parts: ReplyParts) {
    this.#parts = parts;
  }

  served(_at: number, served: Served): void {
    this.#served = served;
  }

  firstToken(): void {}

  tokens(): void {}

  done(at: number, figures: CallFigures): void {
    const served = this.#served;
    if (served === undefined) {
      this.#parts.refuse(NO_MODEL);
      return;
    }
    const { response, wire, writing, lateness, now } = this.#parts;
    const head = this.#parts.head(served);
    const written = writing.written(served.ask);
    const end = endOf(written, Math.min(written.pieces.length, figures.outputTokens), figures, head);
    lateness.wrote(at, now());
    sendJson(response, 200, wire.whole(head, end), this.#parts.headers(served));
    this.#parts.over(head, end);
  }

  failed(_at: number, failure: Failure): void {
    this.#parts.refuse(failure);
  }
}
