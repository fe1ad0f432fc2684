import type { AnswerProgress, Call, CallFigures, Failure, PartContext, Reply, Served } from "../../types.ts";
import type { Leg } from "./leg.ts";
import { Run } from "./run.ts";

/** A call that a part lets another part answer: what comes back goes on to the caller, except where a kind of part has something to add. */
export abstract class Relay<P extends { readonly context: PartContext }> extends Run implements Reply {
  readonly call: Call;
  protected readonly part: P;
  protected readonly reply: Reply;
  /** When it came. */
  protected readonly from: number;
  /** The other part's call, once there is one. */
  protected leg: Leg | undefined;
  readonly #counts: { add(name: "failures"): void } | undefined;

  /** `counts` hears of a failure that is told. */
  constructor(part: P, call: Call, reply: Reply, counts?: { add(name: "failures"): void }) {
    super();
    this.part = part;
    this.call = call;
    this.reply = reply;
    this.from = part.context.kernel.now;
    this.#counts = counts;
  }

  override progress(): AnswerProgress | undefined {
    return this.leg?.progress();
  }

  served(at: number, served: Served): void {
    this.reply.served(at, served);
  }

  firstToken(at: number): void {
    this.reply.firstToken(at);
  }

  tokens(at: number, count: number): void {
    this.reply.tokens(at, count);
  }

  done(at: number, figures: CallFigures): void {
    this.end(() => this.reply.done(at, figures));
  }

  failed(at: number, failure: Failure): void {
    this.fail(at, failure);
  }

  /** Ends with a failure, the other part's or its own. */
  protected fail(at: number, failure: Failure): void {
    this.end(() => {
      this.#counts?.add("failures");
      this.reply.failed(at, failure);
    });
  }
}
