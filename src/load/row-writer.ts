import type { MessagePort } from "node:worker_threads";
import { OUTCOME_NAMES, randomStream } from "../base/index.ts";
import type { Plan } from "../plan/index.ts";
import { type Exchange, messageText, newExchange, resetExchange, type TurnRequest } from "../protocols/index.ts";
import { GapCells, type RecorderToWorker, RowTally, SampleBlock, type Tally } from "../record/index.ts";
import { type Move, userOf } from "../workload/index.ts";
import type { AskPlace } from "./ask-place.ts";
import type { Board } from "./board.ts";
import { Headroom } from "./headroom.ts";

/** ms after which rows go to the recorder though their block is not full. */
const FLUSH_EVERY = 250;
/** Exchanges kept for reuse. */
const POOL = 4096;

export interface AttemptContext {
  readonly request: TurnRequest;
  readonly place: AskPlace;
  readonly move: Move | undefined;
  readonly stage: number;
  readonly scheduledAt: number;
  readonly dueAt: number;
  readonly inFlight: number;
}

interface RowWriterParts {
  readonly plan: Plan;
  readonly worker: number;
  readonly board: Board;
  readonly recorder: MessagePort;
  /** Count the rows here, too, for {@link RowWriter.takeTally}. */
  readonly tally?: boolean;
}

/** Turns ended exchanges into rows, and hands full (or aged) blocks to the recorder. */
export class RowWriter {
  readonly #plan: Plan;
  readonly #worker: number;
  readonly #board: Board;
  readonly #recorder: MessagePort;
  readonly #block: SampleBlock;
  readonly #gaps: GapCells;
  readonly #headroom: Headroom;
  readonly #pool: Exchange[] = [];
  /** Codes of the plan's own names, by index; taken first, since a run with very many distinct texts runs out of codes. */
  readonly #stages: readonly number[];
  readonly #personas: readonly number[];
  readonly #outcomes: ReadonlyMap<string, number>;
  readonly #server: number;
  readonly #tally: RowTally | undefined;
  /** Rows of the open block that the tally has. */
  #tallied = 0;
  #flushedAt = 0;
  #unacknowledged = 0;

  constructor(parts: RowWriterParts) {
    this.#plan = parts.plan;
    this.#worker = parts.worker;
    this.#board = parts.board;
    this.#recorder = parts.recorder;
    this.#headroom = new Headroom(parts.board, parts.worker);
    this.#block = new SampleBlock(parts.worker);
    const { dictionary } = this.#block;
    this.#stages = parts.plan.stages.map(({ name }) => dictionary.code(name));
    this.#personas = parts.plan.workload.personas.map(({ name }) => dictionary.code(name));
    this.#outcomes = new Map(OUTCOME_NAMES.map((name) => [name, dictionary.code(name)]));
    this.#server = dictionary.code("server");
    this.#tally = parts.tally === true ? new RowTally(parts.plan, dictionary) : undefined;
    this.#gaps = new GapCells(parts.worker, parts.plan.workload.personas.length);
    this.#recorder.on("message", (message: RecorderToWorker) => {
      this.#unacknowledged -= message.rows;
      this.#board.set(this.#worker, "recordBacklog", this.#unacknowledged);
    });
    // The recorder's answers must not keep the thread alive once its work is done.
    this.#recorder.unref();
  }

  /** Rows that the recorder has not acknowledged. */
  get backlog(): number {
    return this.#unacknowledged;
  }

  /** A clean exchange whose gaps go to the cell of this stage and persona. */
  claim(stage: number, persona: number, session: number, turn: number): Exchange {
    const exchange = this.#pool.pop() ?? newExchange();
    exchange.gaps = this.#gaps.sink(stage, persona);
    if (this.#sampled("gaps", session, turn)) exchange.gapLog = [];
    return exchange;
  }

  release(exchange: Exchange): void {
    resetExchange(exchange);
    if (this.#pool.length < POOL) this.#pool.push(exchange);
  }

  write(x: Exchange, context: AttemptContext): void {
    const block = this.#block;
    const row = block.row();
    const c = block.columns;
    const code = block.dictionary;
    const { request, place } = context;
    const { turn } = place;
    const { session, persona } = place.script;
    c.session[row] = session;
    c.user[row] = userOf(session);
    c.move[row] = code.code(context.move);
    c.turn[row] = request.turn;
    c.agent[row] = place.agent;
    c.step[row] = place.step;
    c.attempt[row] = request.attempt;
    c.persona[row] = this.#personas[persona] ?? -1;
    c.tenant[row] = code.code(request.tenant);
    c.region[row] = code.code(request.region);
    c.stage[row] = this.#stages[context.stage] ?? -1;
    c.prompt[row] = code.code(turn.promptId);
    c.scheduledAt[row] = context.scheduledAt;
    c.dueAt[row] = context.dueAt;
    c.startedAt[row] = x.startedAt;
    c.dialledAt[row] = x.dialledAt;
    c.connectedAt[row] = x.connectedAt;
    c.sentAt[row] = x.sentAt;
    c.firstByteAt[row] = x.firstByteAt;
    c.headersAt[row] = x.headersAt;
    c.firstTokenAt[row] = x.firstTokenAt;
    c.firstAnswerAt[row] = x.firstAnswerAt;
    c.lastTokenAt[row] = x.lastTokenAt;
    c.endAt[row] = x.endAt;
    c.stall[row] = x.stall;
    c.stallCount[row] = x.stallCount;
    c.rebuffer[row] = x.reader?.rebuffer ?? Number.NaN;
    c.events[row] = x.events;
    c.sharedEvents[row] = x.sharedEvents;
    c.outcome[row] = this.#outcomes.get(x.outcome ?? "") ?? -1;
    c.reason[row] = code.code(x.reason);
    c.status[row] = x.status;
    c.finishReason[row] = code.code(x.finishReason);
    c.inputTokens[row] = x.inputTokens;
    c.cachedTokens[row] = x.cachedTokens;
    c.outputTokens[row] = x.outputTokens;
    c.reasoningTokens[row] = x.reasoningTokens;
    const counted = x.inputTokens >= 0 || x.outputTokens >= 0;
    c.tokenSource[row] = counted ? this.#server : -1;
    c.bytesIn[row] = x.bytesIn;
    c.bytesOut[row] = x.bytesOut;
    c.reconnects[row] = x.reconnects;
    c.inFlight[row] = context.inFlight;
    c.model[row] = code.code(x.model);
    c.fingerprint[row] = code.code(x.fingerprint);
    c.replica[row] = code.code(x.replica);
    c.textHash[row] = x.textHash;
    c.textLength[row] = x.text.length;
    c.traceId[row] = (BigInt(request.traceId[2]) << 32n) | BigInt(request.traceId[3]);
    if (x.gapLog !== undefined && x.gapLog.length > 0) block.gapLog(row, x.gapLog);
    const keep = this.#sampled("texts", session, request.turn);
    if (keep || (!counted && x.text !== "")) {
      const prompt = request.messages.map(messageText).join("\n");
      block.text({ row, answer: x.text, prompt, keep, count: !counted && x.text !== "" });
    }
    this.#show(x);
    if (block.full) this.#flush();
  }

  /** Hands over what has waited long enough. */
  tick(now: number): void {
    if (now - this.#flushedAt < FLUSH_EVERY) return;
    this.#flushedAt = now;
    this.#flush();
    this.flushGaps(Math.floor(now / 1000));
  }

  /** Hands over the gaps of every second before this one. */
  flushGaps(before: number): void {
    for (const { message, transfer } of this.#gaps.flush(before)) {
      this.#tally?.addGaps(message);
      this.#recorder.postMessage(message, transfer);
    }
  }

  /** What the rows since the last call count; nothing where no tally was asked for. Gaps count once they are flushed. */
  takeTally(): Tally | undefined {
    this.#count();
    return this.#tally?.take();
  }

  /** The last rows and gaps, then the end. */
  close(): void {
    this.#flush();
    this.flushGaps(Number.POSITIVE_INFINITY);
    this.#recorder.postMessage({ kind: "closed", worker: this.#worker });
  }

  #flush(): void {
    if (this.#block.rows === 0) return;
    this.#count();
    this.#tallied = 0;
    const { message, transfer } = this.#block.take();
    this.#unacknowledged += message.rows;
    this.#recorder.postMessage(message, transfer);
  }

  #count(): void {
    this.#tally?.add(this.#block.columns, this.#tallied, this.#block.rows);
    this.#tallied = this.#block.rows;
  }

  #show(x: Exchange): void {
    const board = this.#board;
    const worker = this.#worker;
    board.add(worker, "contentEvents", x.events);
    board.add(worker, "sharedEvents", x.sharedEvents);
    board.add(worker, "bytesIn", x.bytesIn);
    board.add(worker, "bytesOut", x.bytesOut);
    board.add(worker, "reconnects", x.reconnects);
    this.#headroom.note(x);
  }

  /** Whether the seed picks this turn for keeping `what`. */
  #sampled(what: "texts" | "gaps", session: number, turn: number): boolean {
    const share = this.#plan.generator[what];
    return share > 0 && (share >= 1 || randomStream(this.#plan.seed, what, session, turn).next() < share);
  }
}
