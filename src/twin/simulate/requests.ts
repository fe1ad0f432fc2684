import { buildStack, type Stack, type StackSpec, VirtualKernel } from "../stack/index.ts";
import type { EngineHooks } from "../stack/types.ts";
import { RequestCall, type RequestSinks, type SimulatedRequest } from "./request-call.ts";

export interface RequestsOptions {
  /** Pass runs of equal decode steps in one jump; default true. */
  readonly fastForward?: boolean;
  /** What is heard of every engine. */
  readonly engines?: Partial<Omit<EngineHooks, "fastForward">>;
}

export interface RequestsEnd {
  readonly requests: number;
  readonly failed: number;
  /** Virtual ms from the first request's clock to the last one's end. */
  readonly endAt: number;
  /** As it stands at the end. */
  readonly stack: Stack;
}

/**
 * Plays a table of requests, in the order of their times, against a stack in virtual time: no users, no texts, only lengths. They are drawn one ahead of
 * time, so that memory stays flat however many there are. Throws RangeError for a time that runs back.
 */
export function simulateRequests(
  spec: StackSpec,
  requests: Iterable<SimulatedRequest>,
  sinks: RequestSinks = {},
  { fastForward = true, engines = {} }: RequestsOptions = {},
): RequestsEnd {
  const kernel = new VirtualKernel();
  const stack = buildStack(spec, kernel, { sinks: () => ({}), ...engines, fastForward });
  const feed = new Feed(kernel, stack, requests[Symbol.iterator](), sinks);
  feed.next();
  while (!feed.over) kernel.run();
  return { requests: feed.count, failed: feed.failed, endAt: kernel.now, stack };
}

class Feed {
  count = 0;
  failed = 0;
  readonly #kernel: VirtualKernel;
  readonly #stack: Stack;
  readonly #requests: Iterator<SimulatedRequest>;
  readonly #sinks: RequestSinks;
  #open = 0;
  #drawn = false;
  #last = Number.NEGATIVE_INFINITY;

  constructor(kernel: VirtualKernel, stack: Stack, requests: Iterator<SimulatedRequest>, sinks: RequestSinks) {
    this.#kernel = kernel;
    this.#stack = stack;
    this.#requests = requests;
    this.#sinks = sinks;
  }

  get over(): boolean {
    return this.#drawn && this.#open === 0;
  }

  next(): void {
    const step = this.#requests.next();
    if (step.done === true) {
      this.#drawn = true;
      if (this.over) this.#kernel.stop();
      return;
    }
    const request = step.value;
    if (!(request.at >= this.#last)) throw new RangeError(`request ${this.count} comes before the one before it`);
    this.#last = request.at;
    this.#open++;
    const index = this.count++;
    this.#kernel.at(request.at, () => {
      this.next();
      const call = new RequestCall(index, request, this.#sinks, this.#ended);
      this.#stack.take(call, call);
    });
  }

  readonly #ended = (failed: boolean): void => {
    this.#open--;
    if (failed) this.failed++;
    if (this.over) this.#kernel.stop();
  };
}
