import type { Found, FoundProbe } from "../../analyse/index.ts";
import { formatNumber } from "../../base/index.ts";
import type { ProbeBegun, Progress } from "../../run/index.ts";
import { clockText, counted, formatCount } from "../figures.ts";
import { fit, plain } from "../text.ts";
import { loadText } from "./words.ts";

export interface FindView {
  begin(probe: ProbeBegun): void;
  update(progress: Progress): void;
  end(probe: FoundProbe, found: Found): void;
  note(text: string): void;
  /** Clears the line under way; nothing is written afterwards. */
  stop(): void;
}

export interface FindViewOptions {
  /** One line that is rewritten while a probe runs. */
  readonly interactive: boolean;
  readonly columns: () => number;
}

const CLEAR = "\r\u001b[K";

/** One line a probe, written when it has ended; on a terminal the one under way is rewritten in place. */
export function createFindView(
  output: { write(text: string): unknown },
  { interactive, columns }: FindViewOptions,
): FindView {
  let begun: ProbeBegun | undefined;
  let open = false;
  let stopped = false;
  const wipe = (): string => {
    const text = open ? CLEAR : "";
    open = false;
    return text;
  };
  return {
    begin(probe) {
      begun = probe;
    },
    update({ elapsed, planned, ended, inFlight, stage }) {
      if (stopped || !interactive || begun === undefined) return;
      const line = [
        `${head(begun)}  ${clockText(elapsed)} of at most ${clockText(planned)}`,
        stage.name,
        counted(ended, "request"),
        `in flight ${formatCount(inFlight)}`,
      ].join("  ");
      output.write(`${CLEAR}${fit(line, Math.max(1, columns() - 1))}`);
      open = true;
    },
    end(probe, { answer }) {
      if (stopped || begun === undefined) return;
      const so =
        answer.kind === "crossed"
          ? `  so far ${formatNumber(answer.load.value)} (${formatNumber(answer.load.low)} to ${formatNumber(answer.load.high)})`
          : "";
      output.write(`${wipe()}${head(begun)}  ${probe.word}${probe.ended === "full" ? "" : `, ${probe.ended}`}${so}\n`);
    },
    note(text) {
      if (!stopped) output.write(`${wipe()}${plain(text)}\n`);
    },
    stop() {
      if (!stopped) output.write(wipe());
      stopped = true;
    },
  };
}

function head({ number, of, load, unit, why }: ProbeBegun): string {
  return `probe ${number} of at most ${of}  ${loadText(load, unit)}  ${why}`;
}
