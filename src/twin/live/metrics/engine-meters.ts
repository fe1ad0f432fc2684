import type { Engine } from "../../engine/types.ts";
import type { EngineHooks } from "../../stack/types.ts";
import { EngineMeter } from "./engine-meter.ts";

/** The meters of all engines of a stack, by replica. A replica that starts again begins at zero, as its process would. */
export class EngineMeters {
  readonly #meters = new Map<string, EngineMeter>();
  /** A replica keeps its number through its restarts. */
  readonly #indexes = new Map<string, number>();

  readonly hooks: EngineHooks = {
    fastForward: false,
    sinks: (part, replica) => {
      const meter = this.#made(part, replica);
      return { gaps: meter.gaps, steps: meter.stepSink, firstTokens: meter.firstTokens, requests: meter.request };
    },
    started: (part, replica, engine, model) => this.#started(part, replica, engine, model),
    stopped: (part, replica) => {
      this.#meters.delete(nameOf(part, replica));
    },
  };

  /** Of the engines that take requests. */
  running(): readonly EngineMeter[] {
    return [...this.#meters.values()].filter(({ running }) => running !== undefined);
  }

  #made(part: string, replica: number): EngineMeter {
    const name = nameOf(part, replica);
    const index = this.#indexes.get(name) ?? this.#indexes.size;
    this.#indexes.set(name, index);
    const meter = new EngineMeter(name, index);
    this.#meters.set(name, meter);
    return meter;
  }

  #started(part: string, replica: number, engine: Engine, model: string): void {
    (this.#meters.get(nameOf(part, replica)) ?? this.#made(part, replica)).start(engine, model);
  }
}

function nameOf(part: string, replica: number): string {
  return `${part}/${replica}`;
}
