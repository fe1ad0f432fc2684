import type { Pacer, Task } from "../../load/index.ts";
import type { Kernel, Timer } from "../../twin/index.ts";

/** Tasks at exact times of a kernel. */
export class VirtualPacer implements Pacer {
  readonly #kernel: Kernel;
  readonly #timers = new Set<Timer>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  at(due: number, run: Task): void {
    const timer = this.#kernel.at(due, () => {
      this.#timers.delete(timer);
      run(due);
    });
    this.#timers.add(timer);
  }

  clear(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
