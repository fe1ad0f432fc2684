import { existsSync } from "node:fs";
import type { ObservedProcess } from "../../plan/index.ts";
import type { Sample } from "../exposition/types.ts";
import { map, value } from "../servers/source.ts";
import type { ServerEntry } from "../servers/types.ts";
import { type Listeners, listeners, type ProcessFigures, processFigures } from "./proc.ts";
import { type Look, LookFailure, type Source } from "./types.ts";

/** Our own samples of /proc, mapped as any server's. */
const PROCESS: ServerEntry = {
  kind: "process",
  title: "a process of this machine",
  tells: [["cpuSeconds"]],
  replica: ["pid"],
  maps: [
    map("process.cpu", value("cpuSeconds")),
    map("process.memory", value("residentBytes")),
    map("process.files", value("openFiles")),
    map("process.files.limit", value("openFilesLimit")),
  ],
};

/** A process of this machine, by pid or by the port that it listens on. Several that share a port are replicas, by pid. */
export class ProcessSource implements Source {
  readonly name: string;
  readonly where: string;
  readonly table = [PROCESS];
  readonly #process: ObservedProcess;
  readonly #root: string;
  #pids: readonly number[] = [];

  constructor(process: ObservedProcess, root = "/proc") {
    this.name = process.name;
    this.where = "pid" in process ? `pid ${process.pid}` : `port ${process.port}`;
    this.#process = process;
    this.#root = root;
  }

  async look(): Promise<Look> {
    if (!existsSync(`${this.#root}/self/stat`)) {
      throw new LookFailure("unsupported", "this system has no /proc to read process figures from");
    }
    const found = this.#find();
    const samples = [...found].flatMap(([pid, figures]) => samplesOf(found.size > 1 ? pid : undefined, figures));
    return { parts: [{ part: this.name, samples }], notes: [] };
  }

  async close(): Promise<void> {}

  #find(): ReadonlyMap<number, ProcessFigures> {
    try {
      const known = this.#figures();
      // One of several workers may have ended and another have come in its place.
      if (known.size > 0 && known.size === this.#pids.length) return known;
      const { pids, isThere } = this.#listeners();
      this.#pids = pids;
      const found = this.#figures();
      if (found.size > 0) return found;
      throw isThere
        ? new LookFailure(
            "unreadable",
            `whose ${this.where} is may be seen by its owner and root alone: name it by pid`,
          )
        : new LookFailure("gone", `there is no process (${this.where})`);
    } catch (error) {
      if (error instanceof LookFailure || !(error instanceof Error)) throw error;
      // Out of file descriptors, or a /proc that is locked up.
      throw new LookFailure(
        "unreadable",
        `/proc cannot be read (${"code" in error ? String(error.code) : error.message})`,
        error,
      );
    }
  }

  #listeners(): Listeners {
    if ("pid" in this.#process) return { pids: [this.#process.pid], isThere: false };
    return listeners(this.#process.port, this.#root);
  }

  #figures(): ReadonlyMap<number, ProcessFigures> {
    return new Map(
      this.#pids.flatMap((pid) => {
        const figures = processFigures(pid, this.#root);
        return figures === undefined ? [] : [[pid, figures] as const];
      }),
    );
  }
}

function samplesOf(pid: number | undefined, figures: ProcessFigures): Sample[] {
  const { cpuSeconds, residentBytes, openFiles, openFilesLimit } = figures;
  const labels = new Map(pid === undefined ? [] : [["pid", String(pid)]]);
  return Object.entries({ cpuSeconds, residentBytes, openFiles, openFilesLimit }).flatMap(([name, figure]) => {
    if (figure === undefined) return [];
    return [{ name, family: name, type: "unknown", part: "value", labels, value: figure } as const];
  });
}
