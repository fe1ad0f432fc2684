import { redactor, type Warning } from "../base/index.ts";
import { type Exporter, startExport } from "../observe/index.ts";
import type { Plan } from "../plan/index.ts";
import { plimsollVersion } from "./manifest.ts";

/** Starts telling a run's figures where its plan says; undefined where it says nowhere. */
export function startRunExport(
  plan: Plan,
  run: { readonly id: string; readonly startedAt: Date },
  onWarning: (warning: Warning) => void,
): Promise<Exporter | undefined> {
  const redact = redactor(plan.secrets);
  return startExport({
    plan: plan.export,
    identity: {
      labels: { ...plan.export.labels, plan: plan.name, run: run.id },
      since: run.startedAt.getTime(),
      version: plimsollVersion(),
    },
    onWarning: ({ message, ...rest }) => onWarning({ ...rest, message: redact(message) }),
  });
}
