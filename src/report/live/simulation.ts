import { formatNumber } from "../../base/index.ts";
import type { SimulationFacts, SimulationProgress } from "../../run/index.ts";
import { clockText, counted, formatCount } from "../figures.ts";
import { fit, plain } from "../text.ts";
import { errorsText, highest } from "./words.ts";

/** One plain line on where a simulated run stands: virtual time, speed-up, requests. */
export function simulationLine({ run, wall }: SimulationProgress): string {
  const { phase, elapsed, planned, stage, recent, ended } = run;
  const place =
    elapsed < planned ? `${clockText(elapsed)} of ${clockText(planned)}` : `${clockText(elapsed)}, draining`;
  return [
    phase === "summarising" ? `${clockText(elapsed)} simulated, summarising` : place,
    `${speedUp(elapsed, wall)} real time`,
    plain(stage.name),
    counted(ended, "request"),
    `in flight ${formatCount(run.inFlight)}`,
    `errors ${errorsText(run)}`,
    `ttft ${highest(recent.ttft)}`,
    `response ${highest(recent.response)}`,
  ].join("  ");
}

/** `1,420 x`, virtual over wall time. */
function speedUp(virtual: number, wall: number): string {
  return `${formatNumber(wall > 0 ? virtual / wall : 0)} x`;
}

export interface SimulationView {
  update(progress: SimulationProgress): void;
  note(text: string): void;
  /** Clears the line; safe to call again. Nothing is written afterwards. */
  stop(): void;
}

export interface SimulationViewOptions {
  /** Rewrite one line in place; otherwise a new line now and then, for logs. */
  readonly interactive: boolean;
  readonly columns: () => number;
}

/** Wall ms between plain lines. */
const LINE_EVERY = 5000;
const CLEAR = "\r\u001b[K";

export function createSimulationView(
  output: { write(text: string): unknown },
  { interactive, columns }: SimulationViewOptions,
): SimulationView {
  let shown = "";
  let last = 0;
  let stopped = false;
  return {
    update(progress) {
      if (stopped) return;
      const line = simulationLine(progress);
      if (!interactive) {
        if (progress.wall - last < LINE_EVERY) return;
        last = progress.wall;
        output.write(`${line}\n`);
        return;
      }
      shown = fit(line, Math.max(1, columns() - 1));
      output.write(`${CLEAR}${shown}`);
    },
    note(text) {
      if (!stopped) output.write(`${shown === "" ? "" : CLEAR}${plain(text)}\n${shown}`);
    },
    stop() {
      if (!stopped && shown !== "") output.write(CLEAR);
      stopped = true;
    },
  };
}

/** One line on the simulating itself, under the report. */
export function simulationFacts({ virtual, wall, summarising, threads, why }: SimulationFacts): string {
  return `Simulated ${clockText(virtual)} in ${formatNumber(wall / 1000)} s of wall time, ${speedUp(virtual, wall)} real time, on ${counted(threads, "thread")} (${plain(why)}). Summarised in ${formatNumber(summarising / 1000)} s.`;
}
