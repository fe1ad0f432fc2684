import { type ChatMessage, readingTime } from "../protocols/index.ts";
import type { SessionScript, TurnScript } from "../workload/index.ts";
import type { Answered, AskEnd } from "./ask.ts";
import { Conversation } from "./conversation.ts";
import { hookSession } from "./hook-session.ts";
import { ModelLoop } from "./model-loop.ts";
import type { SessionHost } from "./session-host.ts";

/** How a session ended. */
export interface SessionEnd {
  /** When the last answer ended, or where there was none, now. */
  readonly at: number;
  readonly failed: boolean;
  /** What was said. */
  readonly said: readonly ChatMessage[];
}

export interface SessionParts {
  readonly host: SessionHost;
  readonly script: SessionScript;
  /** Asked before each turn. */
  readonly leave?: ((at: number) => boolean) | undefined;
  /** What the user said in sessions before, which this one goes on from. */
  readonly before?: readonly ChatMessage[] | undefined;
  readonly ended: (end: SessionEnd) => void;
}

/**
 * One conversation: each turn is asked when the user has read and thought, after the answer before it. A turn that fails for good ends the
 * session, as it would for a user; a turn's retries are the ones that the plan asked for.
 */
export class Session {
  readonly #host: SessionHost;
  readonly #script: SessionScript;
  readonly #leave: ((at: number) => boolean) | undefined;
  readonly #ended: (end: SessionEnd) => void;
  readonly #talk: Conversation;
  /** ms that reading a byte of an answer takes before the user thinks. */
  readonly #reading: number;
  #failed = false;
  #lastEnd: number | undefined;
  #ask: ModelLoop | undefined;
  #over = false;

  constructor({ host, script, leave, before, ended }: SessionParts) {
    this.#host = host;
    this.#script = script;
    this.#leave = leave;
    this.#ended = ended;
    const speed = host.plan.workload.personas[script.persona]?.thinkReading;
    this.#reading = speed === undefined ? 0 : readingTime(speed);
    const { system } = script;
    this.#talk = new Conversation(before ?? (system === undefined ? [] : [{ role: "system", content: system }]));
  }

  begin(scheduledAt: number, dueAt: number): void {
    this.#turn(0, scheduledAt, dueAt);
  }

  /** No further turn or retry; an answer under way goes on. */
  stop(): void {
    if (this.#ask === undefined) this.#end();
    else this.#ask.stop();
  }

  cancel(): void {
    if (this.#ask === undefined) this.#end();
    else this.#ask.cancel();
  }

  #turn(index: number, scheduledAt: number, dueAt: number): void {
    const turn = this.#script.turns[index];
    if (this.#over) return;
    if (turn === undefined || !this.#host.mayStart(scheduledAt) || this.#leave?.(scheduledAt) === true) {
      this.#end();
      return;
    }
    const prompt = this.#hooked(index, turn);
    if (prompt === undefined) {
      this.#end();
      return;
    }
    if (turn.instead !== undefined) this.#talk.rewind(turn.instead.of);
    this.#talk.mark(index);
    const asked = prompt === turn.prompt ? turn : { ...turn, prompt, content: prompt };
    const place = { script: this.#script, index, turn: asked, agent: 0 };
    this.#ask = new ModelLoop(this.#host, place, this.#talk, (end) => this.#answered(index, end));
    this.#ask.begin(scheduledAt, dueAt);
  }

  /** What is asked, as the plan's hooks have it; undefined where they end the session. */
  #hooked(index: number, turn: TurnScript): string | undefined {
    const { hooks } = this.#host;
    if (hooks === undefined) return turn.prompt;
    const whose = hookSession(this.#host, hooks, this.#script);
    const system = index === 0 ? hooks.call("beforeSession", whose)?.system : undefined;
    if (system !== undefined) this.#talk.say({ role: "system", content: system });
    const { messages } = this.#talk;
    const told = hooks.call("nextTurn", { ...whose, turn: index, prompt: turn.prompt, messages });
    return told?.end === true ? undefined : (told?.prompt ?? turn.prompt);
  }

  #answered(index: number, end: AskEnd): void {
    this.#ask = undefined;
    this.#lastEnd = end.endAt ?? this.#lastEnd;
    if (end.kind === "answered" && end.enough) {
      this.#end();
      return;
    }
    if (end.kind === "answered") {
      this.#next(index, end);
      return;
    }
    this.#failed = end.kind === "failed";
    this.#end();
  }

  #next(index: number, { endAt, text }: Answered): void {
    const next = this.#script.turns[index + 1];
    if (next === undefined) {
      this.#end();
      return;
    }
    const read = this.#reading === 0 ? 0 : this.#reading * Buffer.byteLength(text);
    const at = next.at === undefined ? endAt + read + next.think : Math.max(next.at, endAt);
    if (!this.#host.mayStart(at)) this.#end();
    else this.#host.pacer.at(at, (due) => this.#turn(index + 1, due, due));
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#host.hooks?.forget(this.#script.session);
    this.#host.client.endSession(String(this.#script.session));
    this.#ended({
      at: this.#lastEnd ?? this.#host.clock.now(),
      failed: this.#failed,
      said: this.#talk.messages,
    });
  }
}
