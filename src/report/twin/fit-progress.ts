import { formatNumber } from "../../base/index.ts";
import type { FitProgress } from "../../twin/index.ts";
import { counted } from "../figures.ts";

export interface FitProgressOptions {
  /** The line may be written over. */
  readonly interactive: boolean;
  readonly columns: () => number;
  /** Any clock, ms. */
  readonly now: () => number;
}

/** ms between lines that stay. */
const LINE_EVERY = 5_000;

const STAGES: Readonly<Record<FitProgress["stage"], string>> = {
  search: "Searching the step times",
  intervals: "Seeking how far the data tell them",
};

/** How a fit goes: one line that is written over, or where that cannot be, a line every few seconds. */
export function createFitView(
  write: (text: string) => void,
  { interactive, columns, now }: FitProgressOptions,
): { update(progress: FitProgress): void; stop(): void } {
  let last = now();
  let isOpen = false;
  return {
    update({ stage, simulations, left }) {
      const text = `${STAGES[stage]}: ${counted(simulations, "simulation")}, at most ${formatNumber(Math.max(0, Math.ceil(left / 1000)))} s left`;
      if (interactive) {
        write(`\r\u001b[2K${text.slice(0, columns() - 1)}`);
        isOpen = true;
      } else if (now() - last >= LINE_EVERY) {
        write(`${text}\n`);
        last = now();
      }
    },
    stop() {
      if (isOpen) write("\r\u001b[2K");
      isOpen = false;
    },
  };
}
