import type { Random } from "../../../../base/index.ts";
import { keyOf, textKey } from "../../../answers/index.ts";
import type { Prompt } from "../../../answers/types.ts";
import type { Call, Failure, PartContext, Timer } from "../../types.ts";
import { derive } from "../kit/derived-call.ts";
import { failureOf } from "../kit/failures.ts";
import { endOnly, Leg } from "../kit/leg.ts";
import { unlucky } from "../kit/luck.ts";
import type { CallStep, LoopStep, ParallelStep, Step } from "./schema.ts";

/** What the steps of one call share. */
export interface Agenda {
  readonly call: Call;
  readonly context: PartContext;
  /** The part that answers, and that thinks where a loop names none. */
  readonly to: string;
  /** Identity for the next call of a part on behalf of this call. */
  nextId(part: string): number;
  /** A step failed and the call goes on without it. */
  skipped(): void;
  /** A step's call was given up. */
  timedOut(): void;
}

/** Tokens that a step adds to the prompt; `key` identifies their content. */
export interface Addition {
  readonly tokens: number;
  readonly key: number;
}

/** A step under way. It ends once, with what it adds or with why it failed; not after it was cancelled. */
export interface Doing {
  start(): void;
  cancel(): void;
}

export interface Ending {
  done(additions: readonly Addition[]): void;
  failed(failure: Failure): void;
}

/** The gaps of a thought are not those of the answer. */
const UNHEARD = -1;

/** `index` is the step's place, for its draws. */
export function stepOf(step: Step, index: number, prompt: Prompt, agenda: Agenda, ending: Ending): Doing {
  if (unlucky(agenda.context, "pass", keyOf(agenda.call.id, index), 1 - step.share))
    return { start: () => ending.done([]), cancel: nothing };
  if ("loop" in step) return new Looping(step, prompt, agenda, ending);
  if ("parallel" in step) return new Parallel(step, index, prompt, agenda, ending);
  return new Calling(step, prompt, agenda, ending);
}

export function extended(prompt: Prompt, additions: readonly Addition[]): Prompt {
  return additions.reduce<Prompt>((so, { tokens, key }) => (tokens > 0 ? so.extend(tokens, key) : so), prompt);
}

const nothing = (): void => undefined;

/** One call of another part. */
class Calling implements Doing {
  readonly #step: CallStep;
  readonly #prompt: Prompt;
  readonly #agenda: Agenda;
  readonly #ending: Ending;
  #leg: Leg | undefined;
  #timer: Timer | undefined;

  constructor(step: CallStep, prompt: Prompt, agenda: Agenda, ending: Ending) {
    this.#step = step;
    this.#prompt = prompt;
    this.#agenda = agenda;
    this.#ending = ending;
  }

  start(): void {
    const { call, timeout, adds } = this.#step;
    const { context, nextId } = this.#agenda;
    const { kernel } = context;
    if (timeout !== undefined) {
      this.#timer = kernel.at(kernel.now + timeout, () => {
        this.#leg?.cancel();
        this.#agenda.timedOut();
        this.#fail(failureOf(context.name, 504, `${call} did not answer within ${timeout} ms`));
      });
    }
    this.#leg = new Leg(
      endOnly(
        () => {
          this.#timer?.cancel();
          this.#ending.done(adds === 0 ? [] : [{ tokens: adds, key: keyOf(this.#prompt.key, textKey(call)) }]);
        },
        (_at, failure) => this.#fail(failure),
      ),
    );
    const changes = { id: nextId(call), prompt: this.#prompt, everyToken: false, cell: UNHEARD };
    this.#leg.start(context.part(call), derive(this.#agenda.call, changes));
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#leg?.cancel();
  }

  #fail(failure: Failure): void {
    this.#timer?.cancel();
    settle(this.#step.onFailure, failure, this.#agenda, this.#ending);
  }
}

function settle(onFailure: "fail" | "skip", failure: Failure, agenda: Agenda, ending: Ending): void {
  if (onFailure === "fail") {
    ending.failed(failure);
    return;
  }
  agenda.skipped();
  ending.done([]);
}

/** Several at once; what they add keeps the order in which they are written, whichever ends first. */
class Parallel implements Doing {
  readonly #doings: readonly Doing[];
  readonly #ending: Ending;
  readonly #additions: (readonly Addition[])[];
  #open: number;

  constructor(step: ParallelStep, index: number, prompt: Prompt, agenda: Agenda, ending: Ending) {
    this.#ending = ending;
    this.#open = step.parallel.length;
    this.#additions = step.parallel.map(() => []);
    this.#doings = step.parallel.map((each, lane) =>
      stepOf(each, keyOf(index, lane + 1), prompt, agenda, {
        done: (additions) => this.#done(lane, additions),
        failed: (failure) => this.#failed(failure),
      }),
    );
  }

  start(): void {
    for (const doing of this.#doings) {
      // One that failed at once ends all.
      if (this.#open > 0) doing.start();
    }
  }

  cancel(): void {
    this.#open = 0;
    for (const doing of this.#doings) doing.cancel();
  }

  #done(lane: number, additions: readonly Addition[]): void {
    this.#additions[lane] = additions;
    this.#open--;
    if (this.#open === 0) this.#ending.done(this.#additions.flat());
  }

  #failed(failure: Failure): void {
    this.cancel();
    this.#ending.failed(failure);
  }
}

/** An agent: the model thinks, a tool works, both lengthen the prompt, and again. */
class Looping implements Doing {
  readonly #step: LoopStep;
  readonly #agenda: Agenda;
  readonly #ending: Ending;
  readonly #additions: Addition[] = [];
  readonly #turns: number;
  #prompt: Prompt;
  #turn = 0;
  #leg: Leg | undefined;
  #timer: Timer | undefined;

  constructor(step: LoopStep, prompt: Prompt, agenda: Agenda, ending: Ending) {
    this.#step = step;
    this.#prompt = prompt;
    this.#agenda = agenda;
    this.#ending = ending;
    this.#turns = turnsOf(step.loop.turns, agenda.context.random("turns", agenda.call.id));
  }

  start(): void {
    const { timeout } = this.#step;
    const { context } = this.#agenda;
    const { kernel } = context;
    if (timeout !== undefined) {
      this.#timer = kernel.at(kernel.now + timeout, () => {
        this.#leg?.cancel();
        this.#fail(failureOf(context.name, 504, `the agent was not done within ${timeout} ms`));
      });
    }
    this.#think();
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#leg?.cancel();
  }

  #think(): void {
    if (this.#turn === this.#turns) {
      this.#timer?.cancel();
      this.#ending.done(this.#additions);
      return;
    }
    this.#turn++;
    const { loop } = this.#step;
    const thinker = loop.to ?? this.#agenda.to;
    this.#ask(thinker, loop.answer, (tokens) => {
      this.#add(tokens, thinker);
      this.#work();
    });
  }

  #work(): void {
    const { tools } = this.#step.loop;
    const { context, call } = this.#agenda;
    if (tools.length === 0) {
      this.#think();
      return;
    }
    let left = context.random("tool", call.id, this.#turn).next() * tools.reduce((sum, tool) => sum + tool.weight, 0);
    const tool = tools.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    const { call: part, adds } = tool ?? { call: tools[0]?.call ?? "", adds: 0 };
    this.#ask(part, call.maxTokens, () => {
      this.#add(adds, part);
      this.#think();
    });
  }

  #ask(part: string, maxTokens: number | undefined, then: (outputTokens: number) => void): void {
    const { context, call, nextId } = this.#agenda;
    this.#leg = new Leg(
      endOnly(
        (_at, figures) => then(figures.outputTokens),
        (_at, failure) => this.#fail(failure),
      ),
    );
    const changes = { id: nextId(part), prompt: this.#prompt, maxTokens, everyToken: false, cell: UNHEARD };
    this.#leg.start(context.part(part), derive(call, changes));
  }

  #add(tokens: number, from: string): void {
    const addition = { tokens, key: keyOf(this.#prompt.key, textKey(from)) };
    this.#additions.push(addition);
    this.#prompt = extended(this.#prompt, [addition]);
  }

  #fail(failure: Failure): void {
    this.#timer?.cancel();
    settle(this.#step.onFailure, failure, this.#agenda, this.#ending);
  }
}

/** Fixed, or geometric on {1, 2, ...} by its mean. */
function turnsOf(turns: LoopStep["loop"]["turns"], random: Random): number {
  if (turns.fixed || turns.mean <= 1) return turns.mean;
  return 1 + Math.floor(Math.log(1 - random.next()) / Math.log1p(-1 / turns.mean));
}
