import type { Summary } from "../../analyse/index.ts";
import { formatLatency, formatShare } from "../figures.ts";
import { plain, wrap } from "../text.ts";
import type { Section } from "./section.ts";

function health({ startLag, loopDelay, cpu, noiseFloor, delivered }: Summary["generator"]): string[] {
  const facts: string[] = [];
  if (startLag.p99 !== undefined) facts.push(`start lag p99 ${formatLatency(startLag.p99)}`);
  else if (startLag.max !== undefined)
    facts.push(`start lag at most ${formatLatency(startLag.max)} (n = ${startLag.n})`);
  if (loopDelay !== undefined) facts.push(`loop delay p99 ${formatLatency(loopDelay.p99)}`);
  if (cpu !== undefined)
    facts.push(`loop ${formatShare(cpu.mean)} busy, ${formatShare(cpu.worst)} in its worst second`);
  if (noiseFloor !== undefined) facts.push(`clock error p99 ${formatLatency(noiseFloor.p99)}`);
  if (delivered !== undefined && delivered < 0.9995)
    facts.push(`${formatShare(delivered)} of the asked sessions started`);
  return facts;
}

const NEXT =
  "Use a machine with more cores or fewer neighbours, or ask for a smaller load; where such lateness is acceptable, raise generator.maxStartLag or generator.maxLoopDelay.";

const SIMULATED =
  "Simulated: a model of the stack answered in virtual time. No target was loaded and no generator was measured; the figures are as good as the model.";

/** The generator judges itself in every summary: whether the figures are the application's or its own. */
export const generator: Section = ({ generator: self, total, run }, { width, paint }) => {
  if (total.attempts === 0) return [];
  if (run.simulated !== undefined) return wrap(SIMULATED, width, "  ", "");
  const facts = health(self).join(", ");
  if (self.limited) {
    const why = self.why.length > 0 ? `: ${self.why.map(plain).join("; ")}` : "";
    const text = `The load generator limited this run${why}. These figures mix its own lateness with the application's. ${NEXT}`;
    return [
      ...wrap(text, width, "  ", "").map((line) => paint(line, "yellow")),
      ...(facts === "" ? [] : wrap(`Measured: ${facts}.`, width, "  ", "")),
    ];
  }
  const text = `The load generator kept up${facts === "" ? "" : `: ${facts}`}. These figures are the application's.`;
  return wrap(text, width, "  ", "");
};
