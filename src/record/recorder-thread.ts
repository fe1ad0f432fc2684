import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { redactor, yieldToOthers } from "../base/index.ts";
import { writeFault } from "./faults.ts";
import type { RecorderToWorker, WorkerToRecorder } from "./messages.ts";
import { RecorderCore } from "./recorder-core.ts";
import type { ConductorToRecorder, RecorderSettings, RecorderToConductor } from "./settings.ts";

/** The recorder's thread: owns DuckDB and the run folder's segments. Started by recorder.ts with its settings and a port a worker. */
interface Start {
  readonly settings: RecorderSettings;
  readonly ports: readonly MessagePort[];
}

type Task =
  | { readonly from: MessagePort; readonly message: WorkerToRecorder }
  | { readonly points: Extract<ConductorToRecorder, { kind: "series" }>["points"] }
  | "mark"
  | "segment";

async function main({ settings, ports }: Start, conductor: MessagePort): Promise<void> {
  const tell = (message: RecorderToConductor): void => conductor.postMessage(message);
  // Before DuckDB starts threads of its own: they inherit it.
  yieldToOthers();
  let faulty = false;
  const fail = (error: unknown): void => {
    if (!faulty) tell({ kind: "fault", fault: writeFault(error, settings.folder) });
    faulty = true;
  };
  const core = await RecorderCore.open(settings, redactor(settings.secrets), fail);

  const tasks: Task[] = [];
  let backlog = 0;
  let pumping = false;
  let closing = false;
  const open = new Set(ports);

  const take = async (task: Task): Promise<void> => {
    if (task === "segment") return core.segment();
    if (task === "mark") return tell({ kind: "reached" });
    if ("points" in task) return core.series(task.points);
    const { from, message } = task;
    if (message.kind === "gaps") return core.gaps(message);
    if (message.kind === "closed") {
      open.delete(from);
      return;
    }
    await core.samples(message);
    backlog -= message.rows;
    from.postMessage({ kind: "taken", rows: message.rows } satisfies RecorderToWorker);
  };

  const tally = (): void => {
    const { cells, warnings } = core.tally();
    if (cells.length > 0 || warnings.length > 0 || backlog > 0)
      tell({ kind: "tally", tally: { cells, warnings, backlog } });
  };
  const timers = [setInterval(tally, settings.tallyEvery), setInterval(() => add("segment"), settings.segmentEvery)];

  const finish = async (): Promise<void> => {
    for (const timer of timers) clearInterval(timer);
    await core.close();
    tally();
    tell({ kind: "closed", lost: core.lost });
    for (const port of ports) port.close();
    conductor.close();
  };

  const pump = async (): Promise<void> => {
    if (pumping) return;
    pumping = true;
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      try {
        await take(task);
      } catch (error) {
        fail(error);
      }
    }
    if (closing && open.size === 0) return finish();
    pumping = false;
  };
  const run = (): void => {
    pump().catch(fail);
  };
  const add = (task: Task): void => {
    tasks.push(task);
    run();
  };

  for (const port of ports) {
    port.on("message", (message: WorkerToRecorder) => {
      if (message.kind === "samples") backlog += message.rows;
      add({ from: port, message });
    });
    port.on("close", () => {
      open.delete(port);
      run();
    });
  }
  conductor.on("message", (message: ConductorToRecorder) => {
    if (message.kind === "series") return add({ points: message.points });
    if (message.kind === "mark") return add("mark");
    closing = true;
    run();
  });
  tell({ kind: "ready" });
}

const start = workerData as Start;
if (parentPort) await main(start, parentPort);
