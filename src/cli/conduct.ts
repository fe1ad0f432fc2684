import type { Summary, Verdict } from "../analyse/index.ts";
import { clockSince, deferHelperThreads, redactor, type Warning } from "../base/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Call } from "./command.ts";
import { watchInterrupts } from "./interrupts.ts";
import { writeRunPage } from "./page.ts";

export interface ConductFlags {
  readonly json: boolean;
  readonly summary: "full" | "compact";
  readonly iOwnThisTarget: boolean;
  /** Write the page. */
  readonly page: boolean;
}

/** ms between looks at the run: often enough that a screen of four frames a second is never late. */
const LOOK_EVERY = 125;

export interface Conducted {
  readonly summary: Summary;
  readonly verdict: Verdict | undefined;
}

/** Runs a plan with its progress on standard error and its summary on standard output; resolves to the summary, and to what its folder says beyond it. */
export async function conduct(
  plan: Plan,
  warnings: readonly Warning[],
  flags: ConductFlags,
  call: Call,
): Promise<Conducted> {
  const { io, quiet, color } = call;
  deferHelperThreads();
  for (const secret of plan.secrets) io.secrets.add(secret);
  const [{ run }, { loadWorkload }, report] = await Promise.all([
    import("../run/index.ts"),
    import("../workload/index.ts"),
    import("../report/index.ts"),
  ]);
  const { canRedraw, closingLine, createLiveView, renderSummary, topReasons, wantsColor } = report;
  const beforehand = [...warnings, ...report.fewSamples(plan, loadWorkload(plan), report.ANSWER_TIME)];
  const redact = redactor(plan.secrets);
  const terminal = io.errTerminal;
  const view = createLiveView(
    { write: (text) => io.err(redact(text)) },
    {
      name: plan.name,
      interactive: !quiet && canRedraw(terminal),
      color: wantsColor(terminal, color),
      columns: terminal.columns,
      rows: terminal.rows,
      clock: clockSince(0),
    },
  );
  const restore = (): void => view.stop();
  process.once("exit", restore);
  const interrupts = watchInterrupts((text) => view.note(text));
  for (const warning of beforehand) view.warn(warning);
  try {
    let verdict: Verdict | undefined;
    const summary = await run(plan, {
      ...(quiet ? {} : { onProgress: (progress) => view.update(progress), progressEvery: LOOK_EVERY }),
      onWarning: (warning) => view.warn(warning),
      onEndpoint: (url) => view.note(`The run's figures are at ${url} while it lasts.`),
      onVerdict: (said) => {
        verdict = said;
      },
      stop: interrupts.stop,
      kill: interrupts.kill,
      iOwnThisTarget: flags.iOwnThisTarget,
      calledAs: redact(`plimsoll ${calledAs(process.argv.slice(2)).join(" ")}`),
    });
    view.stop();
    io.out(
      redact(
        flags.json
          ? `${JSON.stringify(summary, null, 2)}\n`
          : renderSummary(summary, {
              width: io.outTerminal.columns(),
              color: wantsColor(io.outTerminal, color),
              mode: flags.summary,
              cwd: io.cwd,
              reasons: await topReasons(summary),
              ...(verdict === undefined ? {} : { verdict }),
            }),
      ),
    );
    if (flags.json && !quiet) io.err(redact(`${closingLine(summary)}; run folder ${summary.run.folder}\n`));
    if (flags.page && verdict !== undefined) tellPage(await writeRunPage(summary, verdict, io.cwd), flags, call);
    return { summary, verdict };
  } finally {
    view.stop();
    interrupts.close();
    process.off("exit", restore);
  }
}

/** Beside the summary, where that is for people to read; else with the progress. */
export function tellPage(line: string, flags: { readonly json: boolean }, { io, quiet }: Call): void {
  if (!flags.json) io.out(line);
  else if (!quiet) io.err(line);
}

/** Options whose values may be secrets keep only their names. */
const SECRETIVE = /^(-e|--env|--header)$/;

/** A call as it may be written down. */
export function calledAs(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    const value = SECRETIVE.test(args[index - 1] ?? "");
    if (value) return arg.replace(/([=:]).*$/s, "$1***");
    return arg.replace(/^(-e|--env=|--header=)([^=:]+[=:]).*$/s, "$1$2***").replace(/\/\/[^/@\s]+@/, "//***@");
  });
}
