import { performance } from "node:perf_hooks";
import { EXIT, type Fault, PlimsollError } from "../base/index.ts";
import type { HookForms, HookName, Hooks } from "../plan/index.ts";
import type { Board } from "./board.ts";

/**
 * Calls a plan's hooks and measures what they take, for it is the generator's own time. A hook that throws, or gives back a promise, ends the run: `failed` is told
 * once, with file and line, and no hook is called any more.
 */
export class HookRunner {
  readonly #hooks: Hooks;
  readonly #file: string;
  readonly #board: Board;
  readonly #worker: number;
  readonly #failed: (error: PlimsollError) => void;
  readonly #states = new Map<number, Record<string, unknown>>();
  #over = false;
  #slowest = 0;

  constructor(
    { hooks, file }: { readonly hooks: Hooks; readonly file: string },
    board: Board,
    worker: number,
    failed: (error: PlimsollError) => void,
  ) {
    this.#hooks = hooks;
    this.#file = file;
    this.#board = board;
    this.#worker = worker;
    this.#failed = failed;
  }

  /** What hooks of this session keep. */
  state(session: number): Record<string, unknown> {
    const state = this.#states.get(session) ?? {};
    this.#states.set(session, state);
    return state;
  }

  forget(session: number): void {
    this.#states.delete(session);
  }

  has(name: HookName): boolean {
    return this.#hooks[name] !== undefined && !this.#over;
  }

  call<N extends HookName>(name: N, given: HookForms[N]["given"]): HookForms[N]["told"] | undefined {
    const hook = this.#hooks[name];
    if (hook === undefined || this.#over) return undefined;
    const begun = performance.now();
    try {
      const told = hook(given);
      refusePromise(told);
      return told;
    } catch (error) {
      this.#over = true;
      this.#failed(new PlimsollError(this.#fault(name, error), EXIT.hookThrew));
      return undefined;
    } finally {
      this.#count(performance.now() - begun);
    }
  }

  #count(ms: number): void {
    this.#board.add(this.#worker, "hookCalls", 1);
    this.#board.add(this.#worker, "hookTime", ms);
    this.#slowest = Math.max(this.#slowest, ms);
    this.#board.set(this.#worker, "hookSlowest", this.#slowest);
  }

  #fault(name: HookName, error: unknown): Fault {
    const stack = error instanceof Error ? (error.stack ?? "") : "";
    const at = stack.indexOf(`${this.#file}:`);
    const [, line, column] = /^:(\d+):(\d+)/.exec(at < 0 ? "" : stack.slice(at + this.#file.length)) ?? [];
    return {
      code: "HOOK_THREW",
      file: this.#file,
      message: `the hook ${name} threw: ${error instanceof Error ? error.message : String(error)}`,
      hint: "Mend the hook; what it throws ends the run.",
      ...(line === undefined ? {} : { line: Number(line), column: Number(column) }),
    };
  }
}

function refusePromise(told: unknown): void {
  if (!(told instanceof Promise)) return;
  // The run ends for the promise itself; how it ends does not matter.
  told.catch(() => {});
  throw new TypeError("it gives back a promise; hooks are synchronous");
}
