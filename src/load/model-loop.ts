import type { ChatMessage } from "../protocols/index.ts";
import type { AgentPlay, TurnScript } from "../workload/index.ts";
import { type Answered, Ask, type AskEnd } from "./ask.ts";
import type { AskPlace } from "./ask-place.ts";
import { Conversation } from "./conversation.ts";
import type { SessionHost } from "./session-host.ts";

type LoopPlace = Omit<AskPlace, "step">;

/** What the conversation goes on with after a model call, and when. */
interface Further {
  /** ms */
  readonly wait: number;
  readonly messages: readonly ChatMessage[];
}

/**
 * One turn: a model call, and where an agent asks, those that follow it. The model's tool calls are answered by the plan; helpers are asked at once,
 * each a loop of its own, and the agent goes on when the last has answered.
 */
export class ModelLoop {
  readonly #host: SessionHost;
  readonly #place: LoopPlace;
  readonly #play: AgentPlay | undefined;
  readonly #talk: Conversation;
  readonly #done: (end: AskEnd) => void;
  /** Model calls in all, where the loop is simulated. */
  readonly #steps: number | undefined;
  #step = 0;
  #ask: Ask | undefined;
  #helpers: readonly ModelLoop[] = [];
  #lastEnd: number | undefined;
  #stopping = false;
  #over = false;

  constructor(host: SessionHost, place: LoopPlace, talk: Conversation, done: (end: AskEnd) => void) {
    const { script, index, agent } = place;
    this.#host = host;
    this.#place = place;
    this.#play = host.workload.agents[script.persona];
    this.#steps = this.#play?.steps({ session: script.session, turn: index, agent });
    this.#talk = talk;
    this.#done = done;
  }

  begin(scheduledAt: number, dueAt: number): void {
    this.#talk.say({ role: "user", content: this.#place.turn.content });
    this.#call(scheduledAt, dueAt);
  }

  /** No further model call; answers under way go on. */
  stop(): void {
    this.#leave((each) => each.stop());
  }

  cancel(): void {
    this.#leave((each) => each.cancel());
  }

  #leave(how: (each: Ask | ModelLoop) => void): void {
    this.#stopping = true;
    if (this.#ask !== undefined) how(this.#ask);
    else if (this.#helpers.length > 0) for (const helper of this.#helpers) how(helper);
    else this.#end({ kind: "left", endAt: this.#lastEnd });
  }

  #call(scheduledAt: number, dueAt: number): void {
    if (this.#over) return;
    const place = { ...this.#place, step: this.#step };
    this.#ask = new Ask(this.#host, place, this.#talk, (end) => this.#answered(end));
    this.#ask.begin(scheduledAt, dueAt);
  }

  #answered(end: AskEnd): void {
    this.#ask = undefined;
    this.#lastEnd = end.endAt ?? this.#lastEnd;
    if (end.kind !== "answered") {
      this.#end(end);
      return;
    }
    const goesOn = !end.stopped && !end.enough && !this.#stopping && this.#step + 1 < (this.#play?.maxSteps ?? 1);
    const further = goesOn ? this.#further(end) : undefined;
    const calls = further === undefined || end.toolCalls.length === 0 ? {} : { toolCalls: end.toolCalls };
    this.#talk.say({ role: "assistant", content: end.text, ...calls });
    this.#talk.previousId = end.responseId;
    for (const message of further?.messages ?? []) this.#talk.say(message);
    const helpers = this.#step === 0 && this.#place.agent === 0 ? this.#place.turn.helpers : undefined;
    if (goesOn && helpers !== undefined) this.#fanOut(helpers, end.endAt + (further?.wait ?? 0));
    else if (further === undefined) this.#end(end);
    else this.#goOn(end.endAt + further.wait);
  }

  /** What the tools that the answer asks for give back, or what stands for them where the loop is simulated. */
  #further({ toolCalls }: Answered): Further | undefined {
    const play = this.#play;
    if (play === undefined) return undefined;
    const { script, index, agent } = this.#place;
    const at = { session: script.session, turn: index, agent, step: this.#step };
    if (toolCalls.length > 0) {
      const results = toolCalls.map((call, nth) => ({ id: call.id, ...play.answer(call, at, nth) }));
      const waits = results.map(({ wait }) => wait);
      return {
        wait: play.parallel ? Math.max(...waits) : waits.reduce((sum, wait) => sum + wait, 0),
        messages: results.map(({ id, content }) => ({ role: "tool", toolCallId: id, content })),
      };
    }
    if (this.#steps === undefined || this.#step + 1 >= this.#steps) return undefined;
    const { wait, content } = play.result(at);
    return { wait, messages: [{ role: "user", content }] };
  }

  #goOn(at: number): void {
    this.#step++;
    if (!this.#host.mayStart(at)) this.#end({ kind: "left", endAt: this.#lastEnd });
    else this.#host.pacer.at(at, (due) => this.#call(due, due));
  }

  /** Helpers begin at one time; one that fails brings nothing. */
  #fanOut(turns: readonly TurnScript[], at: number): void {
    if (!this.#host.mayStart(at)) {
      this.#end({ kind: "left", endAt: this.#lastEnd });
      return;
    }
    this.#host.pacer.at(at, (due) => {
      if (this.#over) return;
      const texts = turns.map(() => "");
      let open = turns.length;
      let last = due;
      this.#helpers = turns.map((turn, i) =>
        this.#helper(turn, i + 1, (end) => {
          if (end.kind === "answered") texts[i] = end.text;
          last = Math.max(last, end.endAt ?? last);
          if (--open === 0) this.#join(texts, last);
        }),
      );
      for (const helper of [...this.#helpers]) helper.begin(due, due);
    });
  }

  #helper(turn: TurnScript, agent: number, done: (end: AskEnd) => void): ModelLoop {
    const { script, index } = this.#place;
    const { system } = script;
    const talk = new Conversation(system === undefined ? [] : [{ role: "system", content: system }]);
    return new ModelLoop(this.#host, { script, index, turn, agent }, talk, done);
  }

  #join(texts: readonly string[], at: number): void {
    this.#helpers = [];
    this.#lastEnd = at;
    this.#talk.say({ role: "user", content: texts.map((text, i) => `${i + 1}. ${text}`).join("\n\n") });
    if (this.#stopping) this.#end({ kind: "left", endAt: at });
    else this.#goOn(at);
  }

  #end(end: AskEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#done(end);
  }
}
