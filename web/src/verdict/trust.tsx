import type { PageData } from "../../../src/report/page/types.ts";
import { counted, formatLatency, formatShare } from "../lib/format.ts";

/** Can I believe it: sample sizes, and whether the generator kept up. */
export function Trust({ data }: { readonly data: PageData }) {
  const { generator, run, total } = data.summary;
  const samples = `${counted(total.attempts, "attempt")} in ${counted(total.sessions, "session")}.`;
  if (run.simulated !== undefined)
    return (
      <p class="trust half">
        <b>Simulated on {run.simulated.stack}.</b> A model of the stack answered in virtual time; no target was loaded,
        and the figures are as good as the model. {samples}
      </p>
    );
  if (generator.limited)
    return (
      <p class="trust no">
        <b>The load generator limited the result:</b> {generator.why.join("; ")}. Figures below are partly its own.{" "}
        {samples}
      </p>
    );
  if (!run.complete)
    return (
      <p class="trust half">
        <b>The run was killed before it could end.</b> What is here is what had been written by then. {samples}
      </p>
    );
  return (
    <p class="trust">
      <b>The load generator kept up.</b> {healthWords(data)} {samples}
    </p>
  );
}

/** `start lag p99 1.2 ms, loop 31 % busy, clock error under 0.3 ms.` */
export function healthWords({ summary: { generator } }: PageData): string {
  const { startLag, loopDelay, cpu, noiseFloor, delivered } = generator;
  const parts = [
    ...(startLag.p99 === undefined ? [] : [`start lag p99 ${formatLatency(startLag.p99)}`]),
    ...(loopDelay === undefined ? [] : [`loop delay p99 ${formatLatency(loopDelay.p99)}`]),
    ...(cpu === undefined ? [] : [`loop ${formatShare(cpu.worst)} busy at worst`]),
    ...(noiseFloor === undefined ? [] : [`stamps are off by ${formatLatency(noiseFloor.p99)} (p99) at rest`]),
    ...(delivered === undefined ? [] : [`${formatShare(delivered)} of the sessions asked for were delivered`]),
  ];
  const [first] = parts;
  if (first === undefined) return "It measured no figure of its own health.";
  const sentence = parts.join(", ");
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
