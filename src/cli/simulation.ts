import { join } from "node:path";
import type { Summary } from "../analyse/index.ts";
import { deferHelperThreads, redactor, type Warning } from "../base/index.ts";
import type { Plan } from "../plan/index.ts";
import type { StackSpec } from "../twin/index.ts";
import type { Call } from "./command.ts";
import { calledAs, tellPage } from "./conduct.ts";
import { watchInterrupts } from "./interrupts.ts";
import { writeRunPage } from "./page.ts";

/** Wall ms that the simulation itself took at most for its advice to be tried, too: each piece of advice takes as long again. */
const TRIED_WITHIN = 15_000;

export interface SimulationFlags {
  readonly json: boolean;
  readonly summary: "full" | "compact";
  readonly weakness: readonly string[];
  readonly fastForward: boolean;
  /** The run folder stays. */
  readonly folder: boolean;
  /** Write the page. */
  readonly page: boolean;
}

/** Simulates a plan with its progress on standard error and its summary on standard output; resolves to the summary. */
export async function conductSimulation(
  plan: Plan,
  stack: StackSpec,
  warnings: readonly Warning[],
  flags: SimulationFlags,
  call: Call,
): Promise<Summary> {
  const { io, quiet, color } = call;
  deferHelperThreads();
  for (const secret of plan.secrets) io.secrets.add(secret);
  const [{ simulate, simulatedGains }, { writeJsonFile }, report, { WEAKNESSES: weaknesses }] = await Promise.all([
    import("../run/index.ts"),
    import("../record/index.ts"),
    import("../report/index.ts"),
    import("../twin/index.ts"),
  ]);
  const redact = redactor(plan.secrets);
  const terminal = io.errTerminal;
  const view = report.createSimulationView(
    { write: (text: string) => io.err(redact(text)) },
    { interactive: !quiet && report.canRedraw(terminal), columns: terminal.columns },
  );
  const interrupts = watchInterrupts((text) => view.note(text));
  const warn = ({ message, hint }: Warning): void =>
    view.note(`warning: ${message}${hint === undefined ? "" : ` ${hint}`}`);
  for (const warning of warnings) warn(warning);
  try {
    const {
      summary,
      verdict: seen,
      facts,
    } = await simulate(plan, stack, {
      ...(quiet ? {} : { onProgress: (progress) => view.update(progress) }),
      onWarning: warn,
      stop: interrupts.stop,
      kill: interrupts.kill,
      fastForward: flags.fastForward,
      weaknesses: flags.weakness,
      calledAs: redact(`plimsoll ${calledAs(process.argv.slice(2)).join(" ")}`),
    });
    const isTried = flags.folder && summary.run.complete && facts.wall <= TRIED_WITHIN;
    const verdict = isTried ? await simulatedGains(seen, plan, stack, summary) : seen;
    if (verdict !== seen) await writeJsonFile(join(summary.run.folder, "findings.json"), verdict, redact);
    view.stop();
    const line = report.simulationFacts(facts);
    io.out(
      redact(
        flags.json
          ? `${JSON.stringify(summary, null, 2)}\n`
          : `${report.renderSummary(summary, {
              width: io.outTerminal.columns(),
              color: report.wantsColor(io.outTerminal, color),
              mode: flags.summary,
              cwd: io.cwd,
              weaknesses,
              reasons: await report.topReasons(summary),
              verdict,
              folder: flags.folder,
            })}${line}\n`,
      ),
    );
    if (flags.json && !quiet) io.err(redact(`${report.closingLine(summary)}; ${line}\n`));
    if (flags.folder && flags.page) tellPage(await writeRunPage(summary, verdict, io.cwd), flags, call);
    return summary;
  } finally {
    view.stop();
    interrupts.close();
  }
}
